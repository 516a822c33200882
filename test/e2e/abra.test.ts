import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ReportSchema } from '../../src/report/schema.ts';
import { parseRunId } from '../../src/shared/brand.ts';
import { abraStandIn } from '../support/abra.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { customHtmlIn, leftOf } from '../support/house.ts';
import { openTestLab, type TestLab } from '../support/lab.ts';
import { seatrial } from '../support/seatrial.ts';

let opened: TestLab | undefined;
const lab = () => opened ?? expect.fail('the lab is not open');
beforeAll(async () => {
  opened = await openTestLab();
});
afterAll(async () => opened?.close());

test('a whole run through the abra command ends as it does without, and leaves nothing', async () => {
  const directory = temporaryDirectory();
  const recipe = await customHtmlIn(lab(), directory);
  const state = join(directory, 'state');
  const source = ['--source', recipe.directory, '--head', recipe.pullRequests.good.head, '--base', 'main'];
  const { code, out, err } = await seatrial(
    ['run', 'custom-html', ...source, '--max-tests', '20', '--state-dir', state, '--json'],
    { env: { SEATRIAL_DEPLOYER: 'abra', SEATRIAL_ABRA: abraStandIn(directory, lab().cli) } },
  );
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
  const report = ReportSchema.parse(JSON.parse(out));
  expect(report).toMatchObject({ outcome: 'success', level: { reached: 3 }, residue: [], troubles: [] });
  // Limits of processes are younger than the version of the recipe's files.
  expect(report.adjustments).toContainEqual({
    service: 'app',
    what: '`deploy.resources.limits.pids` left as the recipe has it',
    reason: 'the deployer merges the compose files itself, and one more file cannot change this',
  });
  const checks = report.stages.flatMap((stage) => stage.checks.map((check) => check.outcome));
  expect(new Set(checks)).toEqual(new Set(['pass']));
  const journal = readFileSync(join(state, 'runs', report.run, 'journal.jsonl'), 'utf8');
  expect(journal).toContain('"deployer":"abra version 0.13.0-beta-06a57de"');
  expect(readdirSync(join(state, 'abra'))).toEqual([]);
  expect(await leftOf(lab(), parseRunId(report.run) ?? expect.fail('no run'))).toEqual([]);
});

describe('the doctor, where abra is to deploy,', () => {
  test('says which one is there', async () => {
    expect(await abraIn(abraStandIn(temporaryDirectory(), lab().cli))).toEqual({
      ...{ what: 'abra', state: 'good', detail: 'abra version 0.13.0-beta-06a57de' },
    });
  });

  test('notes a version that nothing is known of', async () => {
    const program = join(temporaryDirectory(), 'newer');
    writeFileSync(program, '#!/bin/sh\necho abra version 0.99.0\n', { mode: 0o755 });
    expect(await abraIn(program)).toMatchObject({
      state: 'note',
      detail: expect.stringMatching(/^abra version 0\.99\.0: nothing is known/),
    });
  });

  test('misses one that is not there, with a remedy', async () => {
    expect(await abraIn('/no/such/abra')).toMatchObject({
      state: 'missing',
      detail: expect.stringContaining('/no/such/abra'),
      remedy: expect.stringContaining('[deployer]'),
    });
  });

  async function abraIn(program: string): Promise<{ readonly what: string } | undefined> {
    const env = {
      ...{ SEATRIAL_DEPLOYER: 'abra', SEATRIAL_ABRA: program },
      SEATRIAL_STATE_DIR: temporaryDirectory(),
    };
    const found: { readonly what: string }[] = JSON.parse(
      (await seatrial(['doctor', '--json'], { env })).out,
    );
    return found.find(({ what }) => what === 'abra');
  }
});
