import { parse } from 'yaml';
import type { App } from './app.ts';
import { docker } from './docker.ts';
import { fatal } from './fatal.ts';

export interface Compose {
  services: Record<string, ComposeService>;
  readonly secrets?: Record<string, { readonly name?: string; readonly external?: boolean } | null>;
}

export interface ComposeService {
  environment?: Record<string, string | number | boolean | null> | null;
  readonly secrets?: readonly { readonly source: string }[];
  deploy?: { labels?: Record<string, string> | null } | null;
}

export interface ComposeSecret {
  readonly key: string;
  /** On the swarm. */
  readonly name: string;
  readonly version: string;
  readonly modifiers: Readonly<Record<string, string>>;
}

/** Loads the app's compose files twice, as abra does: once with every variable left as it is. */
export function loadCompose(app: App): {
  readonly compose: Compose;
  readonly secrets: readonly ComposeSecret[];
} {
  const files = (app.env['COMPOSE_FILE'] ?? 'compose.yml')
    .split(':')
    .flatMap((file) => ['-c', `${app.directory}/${file}`]);
  const raw: Compose = parse(docker(['stack', 'config', '--skip-interpolation', ...files]));
  const compose: Compose = parse(docker(['stack', 'config', ...files], { env: { ...app.env } }));
  return { compose, secrets: secretsOf(app, raw, compose) };
}

/** Only what a service mounts counts. */
function secretsOf(app: App, raw: Compose, compose: Compose): ComposeSecret[] {
  const mounted = new Set(
    Object.values(compose.services).flatMap(({ secrets }) => (secrets ?? []).map(({ source }) => source)),
  );
  return Object.entries(compose.secrets ?? {})
    .filter(([key]) => mounted.has(key))
    .map(([key, entry]) => {
      const name = entry?.name ?? key;
      if (name.endsWith('_')) fatal(`missing version for secret? (${key})`);
      if (name.length > 64) fatal(`secret name ${name} is ${name.length} characters long, 64 is the limit`);
      const text = raw.secrets?.[key]?.name ?? '';
      const line = app.lines.find((one) => text.includes(one.key) && one.key.startsWith('SECRET_'));
      return { key, name, version: name.slice(name.lastIndexOf('_') + 1), modifiers: line?.modifiers ?? {} };
    });
}
