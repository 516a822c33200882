import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSwarmLeases } from '../../src/adapters/swarm-leases/leases.ts';
import { STICKY_MARKER } from '../../src/report/comment.ts';
import type { RunId } from '../../src/shared/brand.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { until } from '../../src/shared/wait.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { type ServedForge, serveForge } from '../support/forge.ts';
import { customHtmlIn, leftOf } from '../support/house.ts';
import { newTestRun, openTestLab, type TestLab } from '../support/lab.ts';
import { firstLook, runThat, type Seatrial, seatrial, start, storeIn } from '../support/seatrial.ts';

let lab: TestLab | undefined;
const at = <T>(thing: T | undefined): T => thing ?? expect.fail('it is not there yet');
beforeAll(async () => {
  lab = await openTestLab();
});
afterAll(async () => lab?.close());

describe('a run whose process is killed', () => {
  test('is taken away by labels alone, and a run of somebody else that lives is left alone', async () => {
    const directory = temporaryDirectory();
    const { run, child, stateDir } = await begunRun(directory);
    child.child.kill('SIGKILL');
    expect(await child.ended).toMatchObject({ code: null, signal: 'SIGKILL' });
    expect((await leftOf(at(lab), run)).length).toBeGreaterThan(3);
    rmSync(stateDir, { recursive: true });

    const { engine } = at(lab);
    const signal = AbortSignal.timeout(100_000);
    const other = newTestRun();
    const volume = `seatrial-${other}-alive`;
    const leases = createSwarmLeases(engine, systemClock);
    const lease = await leases.acquire(
      { run: other, controller: 'another', min: 1, want: 1, cap: 50 },
      signal,
    );
    try {
      await engine.createVolume(volume, { 'seatrial.run': other, 'seatrial.app': 'live' }, signal);
      const reaped = await seatrial(['reap', '--state-dir', join(directory, 'elsewhere')]);
      expect(reaped.code).toBe(0);
      expect(reaped.out).toContain(`${run}: taken away`);
      expect(reaped.out).toContain(`${other}: lives, left alone`);
      expect(await leftOf(at(lab), run)).toEqual([]);
      expect((await engine.volumes({ 'seatrial.run': other }, signal)).map(({ name }) => name)).toEqual([
        volume,
      ]);
      expect(lease?.lost.aborted).toBe(false);
      expect((await leases.holders(signal)).map((holder) => holder.run)).not.toContain(run);
    } finally {
      await engine.removeVolume(volume, signal);
      await lease?.release(signal);
    }
  });

  test('is taken away by the next start of the same state directory, which ends it as an error', async () => {
    const { run, child, stateDir } = await begunRun(temporaryDirectory());
    child.child.kill('SIGKILL');
    await child.ended;
    const reaped = await seatrial(['reap', '--state-dir', stateDir, '--json']);
    expect(reaped.code).toBe(0);
    expect(JSON.parse(reaped.out).reaped).toContainEqual({ run, residue: [] });
    expect(await leftOf(at(lab), run)).toEqual([]);
    const store = storeIn(stateDir);
    expect(store.get(run)?.verdict).toMatchObject({ outcome: 'error', cause: { code: 'interrupted' } });
    expect(store.openLedgerRows()).toEqual([]);
  });
});

test('a run that is interrupted at the terminal ends with 130, says so and leaves nothing', async () => {
  const { run, child, stateDir } = await begunRun(temporaryDirectory());
  child.child.kill('SIGINT');
  const { code, out } = await child.ended;
  expect(code).toBe(130);
  expect(out).toContain('Stopped by SIGINT');
  expect(await leftOf(at(lab), run)).toEqual([]);
  const store = storeIn(stateDir);
  expect(store.get(run)?.verdict).toMatchObject({ outcome: 'cancelled', residue: [] });
  expect(store.openLedgerRows()).toEqual([]);
});

describe('a daemon that is killed in the middle of a run', () => {
  test('carries it out once more when it is started again, and there is one comment', async () => {
    const served = await serveForge(at(lab), temporaryDirectory());
    const pull = await crashed(served);
    const again = start(['serve', ...served.args], { env: served.env });
    const state = await overallState(served, pull);
    expect(state, again.said()).toBe('success');
    await stopped(again);
    const { runs, stickies } = await remains(served, pull);
    expect(runs.map(({ verdict }) => verdict?.outcome)).toEqual(['success', undefined]);
    expect(stickies).toHaveLength(1);
    expect(stickies[0]?.body).toContain(runs[0]?.id);
    await nothingLeft(runs.map(({ id }) => id));
    await served.world.forge.close();
  });

  test('twice does not begin it a third time: it ends as an error, with one comment', async () => {
    const served = await serveForge(at(lab), temporaryDirectory());
    const pull = await crashed(served);
    await crashed(served, pull);
    const last = start(['serve', ...served.args], { env: served.env });
    expect(await overallState(served, pull), last.said()).toBe('error');
    await stopped(last);
    const { runs, stickies } = await remains(served, pull);
    expect(runs.map(({ verdict }) => verdict?.outcome)).toEqual(['error', undefined]);
    expect(runs[0]?.verdict?.cause?.code).toBe('interrupted');
    expect(stickies).toHaveLength(1);
    await nothingLeft(runs.map(({ id }) => id));
    await served.world.forge.close();
  });
});

interface Begun {
  readonly run: RunId;
  readonly child: Seatrial;
  readonly stateDir: string;
}

/** `seatrial run` in another process, as soon as its first stage has begun and something is deployed. */
async function begunRun(directory: string): Promise<Begun> {
  const recipe = await customHtmlIn(at(lab), directory);
  const stateDir = join(directory, 'state');
  const flags = ['--source', recipe.directory, '--head', 'good', '--base', 'main'];
  const child = start(['run', 'custom-html', ...flags, '--state-dir', stateDir, '--max-tests', '20']);
  const run = await runThat(stateDir, 'stage-started');
  await deployed(run);
  return { run, child, stateDir };
}

/** Starts the daemon, lets it begin the run of the first pull request and kills it. */
async function crashed(served: ServedForge, begun?: number): Promise<number> {
  const stateDir = stateOf(served);
  const before =
    begun === undefined
      ? []
      : storeIn(stateDir)
          .list(9)
          .map(({ id }) => id);
  const daemon = start(['serve', ...served.args], { env: served.env });
  const pull = begun ?? served.world.pulls[0]?.number ?? expect.fail('no pull request');
  if (begun === undefined) {
    await firstLook(stateDir);
    served.world.ask(pull, '!testme');
  }
  const run = await runThat(stateDir, 'stage-started', before);
  await deployed(run);
  daemon.child.kill('SIGKILL');
  await daemon.ended;
  expect((await leftOf(at(lab), run)).length).toBeGreaterThan(3);
  return pull;
}

async function deployed(run: RunId): Promise<void> {
  const signal = AbortSignal.timeout(60_000);
  const { engine } = at(lab);
  await until({ name: 'a deployed stack', deadline: 50_000, every: 100, signal }, async () =>
    (await engine.services({ 'seatrial.run': run }, signal)).length > 0
      ? { done: true, value: undefined }
      : { done: false, missing: 'a service' },
  );
}

/** State of the run's own status on the commit, once it does not wait any more. */
async function overallState({ world, forge }: ServedForge, pull: number): Promise<string> {
  const signal = AbortSignal.timeout(180_000);
  const { headSha } = await forge.pullRequest(world.repository, pull, signal);
  return await until(
    { name: 'the verdict on the forge', deadline: 170_000, every: 250, signal },
    async () => {
      const all = await forge.statuses(world.repository, headSha, signal);
      const own = all.find(({ context }) => context === `seatrial/${world.repository.name}`);
      const over =
        own !== undefined && own.state !== 'pending' && all.every(({ state }) => state !== 'pending');
      return over
        ? { done: true, value: own.state }
        : { done: false, missing: own?.description ?? 'a status' };
    },
  );
}

async function stopped(daemon: Seatrial): Promise<void> {
  daemon.child.kill('SIGTERM');
  const { code, err } = await daemon.ended;
  expect(code, err).toBe(143);
}

async function remains(served: ServedForge, pull: number) {
  const { world, forge } = served;
  const comments = await forge.commentsOf(world.repository, pull, AbortSignal.timeout(20_000));
  const stickies = comments.filter(({ body }) => body.includes(STICKY_MARKER));
  return { stickies, runs: storeIn(stateOf(served)).list(9) };
}

async function nothingLeft(runs: readonly RunId[]): Promise<void> {
  for (const run of runs) expect(await leftOf(at(lab), run)).toEqual([]);
}

function stateOf({ args }: ServedForge): string {
  return args[args.indexOf('--state-dir') + 1] ?? expect.fail('no state directory');
}
