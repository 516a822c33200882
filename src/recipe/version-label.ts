import type { ComposeFile, PlacedLabel } from './compose.ts';
import { fillIn } from './interpolate.ts';
import { type Env, lastByKey, type Place } from './written.ts';

/** A label with which a recipe says what version it is. */
export interface VersionLabel extends Place {
  readonly service: string;
  /**
   * `recipe`: `coop-cloud.<stack>.version` with the recipe's version;
   * `service`: the form of 2021, `coop-cloud.<stack>.<service>.version` with a tag and a digest.
   */
  readonly form: 'recipe' | 'service';
  readonly value: string;
  readonly place: PlacedLabel['place'];
}

/** All version labels of the compose files; of one key and service the later file's. */
export function versionLabelsOf(compose: readonly ComposeFile[], env: Env): readonly VersionLabel[] {
  const labels = compose.flatMap((file) => file.labels).filter((label) => VERSION_KEY.test(label.key));
  return lastByKey(labels, (label) => `${label.service} ${label.place} ${label.key}`).map(
    ({ service, key, value, place, file, line }) => ({
      ...{ service, place, file, line },
      form: VERSION_KEY.exec(key)?.[1] === undefined ? 'recipe' : 'service',
      value: fillIn(value, env),
    }),
  );
}

/** The one that says the recipe's version: on `app` rather than elsewhere, in `deploy.labels` rather than not. */
export function recipeVersionLabel(labels: readonly VersionLabel[]): VersionLabel | undefined {
  const rank = (label: VersionLabel) =>
    (label.service === 'app' ? 0 : 2) + (label.place === 'deploy.labels' ? 0 : 1);
  return labels.filter((label) => label.form === 'recipe').sort((a, b) => rank(a) - rank(b))[0];
}

const VERSION_KEY = /^coop-cloud\.[^.]+(\.[^.]+)?\.version$/;
