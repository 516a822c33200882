import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeEvidence } from './evidence.ts';
import { ReportSchema } from './schema.ts';
import { ENDINGS } from './testing/endings.ts';
import { hostileReport } from './testing/hostile-report.ts';
import { reportOn, type Story } from './testing/stories.ts';

test('a run leaves its report, its journal and the evidence of what did not pass', async () => {
  await using place = await directory();
  const run = ending('exits-at-start');
  const report = reportOn(run);
  await writeEvidence(place.path, report, run.events);
  expect((await readdir(place.path, { recursive: true })).sort()).toEqual([
    'evidence',
    'evidence/install-deploys.txt',
    'evidence/upgrade-upgrades.txt',
    'journal.jsonl',
    'report.json',
  ]);
  expect(ReportSchema.parse(JSON.parse(await readFile(join(place.path, 'report.json'), 'utf8')))).toEqual(
    report,
  );
  const journal = (await readFile(join(place.path, 'journal.jsonl'), 'utf8')).trimEnd().split('\n');
  expect(journal.map((line) => JSON.parse(line).seq)).toEqual(run.events.map(({ seq }) => seq));
});

test('evidence names its cause and place before its lines', async () => {
  await using place = await directory();
  const run = ending('backup-label');
  await writeEvidence(place.path, reportOn(run), run.events);
  const lines = (await readFile(join(place.path, 'evidence', 'backup-restore-configured.txt'), 'utf8')).split(
    '\n',
  );
  expect(lines[0]).toMatch(/^B01: The backup label/);
  expect(lines[1]).toBe('compose.yml:23');
  expect(lines.at(-2)).toBe('compose.yml line 23: backupbot.backup=true');
});

test('no name of a check leads out of the directory', async () => {
  await using place = await directory();
  const report = hostileReport('x');
  const stages = report.stages.map((stage) => ({
    ...stage,
    checks: stage.checks.map((check) => ({ ...check, id: '../../../escape' })),
  }));
  await writeEvidence(place.path, { ...report, stages }, []);
  expect(await readdir(join(place.path, 'evidence'))).toContain('upgrade----------escape.txt');
});

async function directory() {
  const path = await mkdtemp(join(tmpdir(), 'seatrial-evidence-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

function ending(name: string): Story {
  const run = ENDINGS[name];
  if (run === undefined) throw new Error(`there is no story ${name}`);
  return run;
}
