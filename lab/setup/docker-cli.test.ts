import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type TestContext, testContext, troubleOf, writeProgram } from '../testing/context.ts';
import { findCli } from './docker-cli.ts';
import { exists, readMachine } from './machine.ts';

const machine = await readMachine();
const elsewhere = { debian: false, codename: '', root: false, systemd: false };
const keyring = await exists('/usr/share/keyrings/debian-archive-keyring.gpg');

describe('the docker client', () => {
  let context: TestContext;
  beforeEach(async () => {
    context = await testContext();
  });
  afterEach(() => context.remove());

  test('is the newest one on PATH, wherever on PATH it stands', async () => {
    const on = await withClients(context, [
      'Docker version 23.0.6, build ef23cbc',
      'Docker version 28.2.2, build e6534b4',
      'Docker version 26.1.5+dfsg1, build a72d7cd',
    ]);
    expect(await findCli(on, elsewhere)).toEqual({
      path: join(context.directory, '1', 'docker'),
      version: '28.2.2',
    });
  });

  test('is the first of several with the same version', async () => {
    const on = await withClients(context, [
      'Docker version 28.2.2, build a',
      'Docker version 28.2.2, build b',
    ]);
    expect((await findCli(on, elsewhere)).path).toBe(join(context.directory, '0', 'docker'));
  });

  test('is not another program that calls itself docker', async () => {
    const on = await withClients(context, ['podman version 99.3.1', 'Docker version 24.0.7, build afdd53b']);
    expect((await findCli(on, elsewhere)).version).toBe('24.0.7');
  });

  test('is missed with a remedy where there is only an old one and no Debian to get a newer one from', async () => {
    const on = await withClients(context, ['Docker version 20.10.24+dfsg1, build 297e128']);
    const error = await troubleOf(findCli(on, elsewhere));
    expect(error.code).toBe('no-docker-cli');
    expect(error.message).toContain('20.10.24');
    expect(error.remedy).toContain('PATH');
  });

  test('is missed with a remedy where there is none at all', async () => {
    const error = await troubleOf(findCli(await withClients(context, []), elsewhere));
    expect(error.message).toContain('There is no docker client on PATH');
  });

  test.runIf(machine.debian && keyring)(
    "is Debian's newer one, unpacked into the cache, where only an old one is there; fetched once",
    { timeout: 120_000 },
    async () => {
      const on = await withClients(context, ['Docker version 20.10.24+dfsg1, build 297e128']);
      const cli = await findCli(on, machine);
      expect(cli.path.startsWith(context.environment.cacheDir)).toBe(true);
      expect(Number.parseInt(cli.version, 10)).toBeGreaterThanOrEqual(23);
      expect(context.lines.some((line) => line.startsWith('Fetching docker-cli'))).toBe(true);
      context.lines.splice(0);
      expect(await findCli(on, machine)).toEqual(cli);
      expect(context.lines).toEqual([]);
      // Half an unpacked one is as good as none.
      await rm(cli.path);
      expect(await findCli(on, machine)).toEqual(cli);
    },
  );
});

/** A context whose PATH has one directory a client, in this order. */
async function withClients(context: TestContext, versions: readonly string[]): Promise<TestContext> {
  const directories = versions.map((_, index) => join(context.directory, String(index)));
  for (const [index, directory] of directories.entries()) {
    await mkdir(directory);
    await writeProgram(join(directory, 'docker'), versions[index] ?? '');
  }
  return {
    ...context,
    environment: { ...context.environment, path: ['/nowhere', ...directories].join(':') },
  };
}
