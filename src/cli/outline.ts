import type { PlannedApp } from '../plan/plan.ts';
import { withOverlays } from '../recipe/overlays.ts';
import type { Prepared } from '../run/prepare.ts';
import { environmentOf } from '../stack/environment.ts';

/** What a planned app will be called and be made of, as far as the files tell. */
export interface AppOutline {
  readonly role: PlannedApp['role'];
  readonly stack: string;
  readonly domain: string;
  /** Compose files in merge order. */
  readonly compose: readonly string[];
  /** By compose key; values are made when the run begins. */
  readonly secrets: readonly { readonly key: string; readonly from: 'generated' | 'suite' | 'nobody' }[];
}

export function outlineOf({ head, suite }: Prepared, { role, stack, domain }: PlannedApp): AppOutline {
  const { values } = environmentOf({ recipe: head, settings: suite.env, domain, stack });
  const recipe = withOverlays(head, values['COMPOSE_FILE'] ?? 'compose.yml');
  const wanted = recipe.secrets.filter(({ external, mountedBy }) => external && mountedBy.length > 0);
  return {
    ...{ role, stack, domain, compose: recipe.compose.map(({ path }) => path) },
    secrets: wanted.map(({ key, generate }) => ({
      key,
      from: suite.secrets[key] !== undefined ? 'suite' : generate ? 'generated' : 'nobody',
    })),
  };
}
