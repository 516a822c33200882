import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '../../src/ports/engine.ts';
import { tearDown } from '../../src/run/teardown.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { createCorner, newTestRun, openTestLab, type TestLab } from '../support/lab.ts';

const signal = AbortSignal.timeout(120_000);
const NO_LEDGER = { intend: () => undefined, gone: () => undefined, open: () => [] };
let lab: TestLab;

beforeAll(async () => {
  lab = await openTestLab();
});
afterAll(() => lab.close());

test('one thing that cannot be removed is named, and does not keep the others of its kind', async () => {
  const { engine, deployer } = lab;
  const run = newTestRun();
  const corner = createCorner();
  const labels = { ...corner.labels, 'seatrial.run': run };
  const stubborn = corner.name('a-stubborn');
  for (const name of [stubborn, corner.name('b'), corner.name('c')])
    await engine.createConfig(name, labels, 'x', signal);
  const [kept] = await engine.configs({ ...labels, 'seatrial.run': run }, signal);
  const reluctant: Engine = {
    ...engine,
    async removeConfig(id, stop) {
      if (id === kept?.id) throw new Error('this one stays');
      await engine.removeConfig(id, stop);
    },
  };
  try {
    const { residue, troubles } = await tearDown({
      run,
      engine: reluctant,
      deployer,
      ledger: NO_LEDGER,
      work: temporaryDirectory(),
      signal,
    });
    expect(residue).toEqual([{ kind: 'config', name: kept?.name }]);
    expect(troubles).toEqual(['this one stays']);
    const again = await tearDown({
      run,
      engine,
      deployer,
      ledger: NO_LEDGER,
      work: temporaryDirectory(),
      signal,
    });
    expect(again).toEqual({ residue: [], troubles: [] });
  } finally {
    await corner.clear(engine);
  }
});
