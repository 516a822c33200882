import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordedEvent } from '../journal/event.ts';
import { plain } from '../shared/text.ts';
import type { Report, ReportedCause } from './schema.ts';
import { placeOf } from './words.ts';

/**
 * Writes a run's `report.json`, its journal as one event a line, and the evidence of each
 * check that did not pass into the run's own directory. The report comes last and at once:
 * whoever sees it sees all.
 */
export async function writeEvidence(
  directory: string,
  report: Report,
  events: readonly RecordedEvent[],
): Promise<void> {
  await mkdir(join(directory, 'evidence'), { recursive: true });
  for (const { name, text } of evidenceFiles(report)) await put(join(directory, 'evidence', name), text);
  await put(join(directory, 'journal.jsonl'), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  await put(join(directory, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
}

interface EvidenceFile {
  readonly name: string;
  readonly text: string;
}

function evidenceFiles({ stages }: Report): readonly EvidenceFile[] {
  return stages.flatMap(({ stage, checks }) =>
    checks.flatMap(({ id, cause }) =>
      cause === null ? [] : [{ name: `${fileName(`${stage}-${id}`)}.txt`, text: evidenceText(cause) }],
    ),
  );
}

/** What is made of a slug is one already; of anything else nothing may leave the directory. */
function fileName(text: string): string {
  return text.replace(/[^A-Za-z0-9_-]/g, '-').slice(0, 100);
}

function evidenceText(cause: ReportedCause): string {
  const place = placeOf(cause);
  const lines = [
    `${cause.code}: ${cause.sentence}`,
    ...(place === undefined ? [] : [place]),
    '',
    ...cause.evidence,
  ];
  return `${lines.map(plain).join('\n')}\n`;
}

async function put(path: string, text: string): Promise<void> {
  await writeFile(`${path}.part`, text);
  await rename(`${path}.part`, path);
}
