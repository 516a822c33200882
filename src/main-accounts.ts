import { createGiteaForge } from './adapters/gitea/gitea-forge.ts';
import type { Environment } from './config/environment.ts';
import type { Settings } from './config/settings.ts';
import type { RegistryAccess } from './ports/registry.ts';
import type { WatchedForge } from './serve/options.ts';
import { SeatrialError } from './shared/errors.ts';
import type { Redactor } from './shared/redact.ts';

/** Where secrets of our own come from, and who hides them from then on. */
export interface OwnSecrets {
  readonly environment: Environment;
  readonly redactor: Redactor;
}

/** The forges of the configuration. Throws `input` error `no-token` where the variable of one is not set. */
export function watchedForges({ forges }: Settings, secrets: OwnSecrets): readonly WatchedForge[] {
  return forges.map(({ name, url, tokenVariable, repositories, interval }) => {
    const token = secretIn(secrets, tokenVariable, { code: 'no-token', what: `the token for ${url}` });
    return { forge: createGiteaForge({ name, url, token }), repositories, interval };
  });
}

/** How images are had. Throws `input` error `no-password` where the variable of a login is not set. */
export function registryAccess({ registry }: Settings, secrets: OwnSecrets): RegistryAccess {
  const { mirror, pullDeadline, imageBudget } = registry;
  const logins = registry.credentials.map(({ host, username, passwordVariable }) => {
    const what = `the password of ${username} at ${host}`;
    const password = secretIn(secrets, passwordVariable, { code: 'no-password', what });
    return { host, username, password };
  });
  return { logins, mirror, pullDeadline, imageBudget };
}

function secretIn(
  { environment, redactor }: OwnSecrets,
  variable: string,
  { code, what }: { readonly code: string; readonly what: string },
): string {
  const value = environment.variable(variable);
  if (value === undefined || value === '') {
    throw new SeatrialError({
      ...{ kind: 'input', code },
      sentence: `The variable ${variable}, which should hold ${what}, is not set.`,
      remedy: `Set ${variable} in the environment of this command.`,
    });
  }
  redactor.register(value);
  return value;
}
