import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Docker } from '../setup/docker.ts';
import { findCli } from '../setup/docker-cli.ts';
import { startEngine } from '../setup/engine-start.ts';
import { exists, onPath, readMachine } from '../setup/machine.ts';
import { type TestContext, testContext, troubleOf } from '../testing/context.ts';
import { type PrivateEngine, privateEngine } from '../testing/private-engine.ts';
import { makeBase } from './base.ts';

const machine = await readMachine();
const able = machine.root && (await onPath('dockerd', '/usr/sbin:/usr/bin:/usr/local/bin'));
const elsewhere = { debian: false, codename: '', root: true, systemd: false };

/** On an engine of the test's own, which has no network and so no public registry. */
describe.runIf(able)('the base image', { timeout: 90_000 }, () => {
  let context: TestContext;
  let engine: PrivateEngine;
  let client: Docker;
  beforeAll(async () => {
    context = await testContext();
    engine = await privateEngine();
    await startEngine(context, engine, 30_000);
    client = { ...context, cli: await findCli(context, machine), host: `unix://${engine.socket}` };
  }, 60_000);
  afterAll(async () => {
    await engine.destroy();
    await context.remove();
  }, 60_000);

  test('is missed with a remedy where there is neither Debian nor a public registry', async () => {
    const error = await troubleOf(makeBase(context, client, elsewhere));
    expect(error.code).toBe('no-base-image');
    expect(error.message).toContain('debian:bookworm-slim');
    expect(error.remedy).toContain('as root on Debian');
  });

  test.runIf(machine.debian)(
    'is looked for in a public registry where Debian could not make it',
    async () => {
      await writeFile(
        join(context.directory, 'mmdebstrap'),
        '#!/bin/sh\necho no mirror today >&2; exit 25\n',
      );
      await chmod(join(context.directory, 'mmdebstrap'), 0o755);
      const path = `${context.directory}:${context.environment.path}`;
      const failing = { ...context, environment: { ...context.environment, path } };
      const error = await troubleOf(makeBase(failing, client, machine));
      expect(error.code).toBe('no-base-image');
      expect(context.lines.join('\n')).toMatch(/That did not work: .*no mirror today/);
      expect(await exists(join(context.environment.cacheDir, 'base.tar'))).toBe(false);
    },
  );
});
