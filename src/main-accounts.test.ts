import { expect, test } from 'vitest';
import { thrownBy } from '../test/support/errors.ts';
import { readEnvironment } from './config/environment.ts';
import { readSettings } from './config/settings.ts';
import { registryAccess, watchedForges } from './main-accounts.ts';
import { createRedactor } from './shared/redact.ts';

const settings = {
  ...readSettings(readEnvironment(), {}),
  forges: [
    {
      ...{ name: 'forge', url: 'http://forge.example', tokenVariable: 'OUR_TOKEN' },
      ...{ repositories: [{ owner: 'recipes', name: 'x' }], interval: 1000 },
    },
  ],
  registry: {
    ...{ mirror: undefined, pullDeadline: 1, imageBudget: 1 },
    credentials: [{ host: 'r.example', username: 'u', passwordVariable: 'OUR_PASSWORD' }],
  },
};

test('tokens and passwords come from their variables, and no output has them from then on', () => {
  const secrets = secretsOf({ OUR_TOKEN: 'token-of-ours', OUR_PASSWORD: 'password-of-ours' });
  expect(watchedForges(settings, secrets)).toMatchObject([{ interval: 1000 }]);
  expect(registryAccess(settings, secrets).logins).toEqual([
    { host: 'r.example', username: 'u', password: 'password-of-ours' },
  ]);
  const said = secrets.redactor.redact('token-of-ours and password-of-ours');
  expect(said).toBe('[redacted] and [redacted]');
});

test.each([{}, { OUR_TOKEN: '', OUR_PASSWORD: '' }])(
  'one that is not there is told by its variable: %j',
  async (variables) => {
    const secrets = secretsOf(variables);
    const token = await thrownBy(() => watchedForges(settings, secrets));
    expect(token).toMatchObject({ kind: 'input', code: 'no-token' });
    expect(token.message).toContain(
      'OUR_TOKEN, which should hold the token for http://forge.example, is not set',
    );
    const password = await thrownBy(() => registryAccess(settings, secrets));
    expect(password).toMatchObject({ kind: 'input', code: 'no-password' });
    expect(password.remedy).toContain('OUR_PASSWORD');
  },
);

function secretsOf(variables: Readonly<Record<string, string>>) {
  const environment = { ...readEnvironment(), variable: (name: string) => variables[name] };
  return { environment, redactor: createRedactor() };
}
