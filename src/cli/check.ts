import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { readApprovals } from '../config/approvals.ts';
import type { Finding, Severity } from '../recipe/finding.ts';
import { fetchRepository } from '../recipe/git.ts';
import { faultLines } from '../report/fault-lines.ts';
import { type Paint, painter } from '../report/paint.ts';
import { byPlace, refusalLines, refusalOf } from '../report/refusals.ts';
import { type Against, type Looked, lookAt } from '../run/comparison.ts';
import { parseCommitSha } from '../shared/brand.ts';
import { SeatrialError } from '../shared/errors.ts';
import { counted, list } from '../shared/text.ts';
import type { TestRequest } from '../trigger/request.ts';
import { EXIT, ending } from './exit-codes.ts';
import { type CommonFlags, settingFlags } from './flags.ts';
import type { Parts, Streams } from './parts.ts';
import { type RequestFlags, requestOf, takeSource } from './request.ts';

export function addCheck(program: Command, parts: Parts): void {
  takeSource(
    program
      .command('check')
      .description('says what can be known from the files of a recipe and its base alone, without Docker'),
  )
    .addHelpText(
      'after',
      `
Examples:
  seatrial check custom-html --source ./custom-html
  seatrial check custom-html --source ./custom-html --head my-change --base main
  seatrial check custom-html --source https://git.example.org/recipes/custom-html.git --json

Ends with 0 when nothing is worse than a warning, 1 when something will fail,
5 when something is refused, 2 for bad input.`,
    )
    .action(
      ending(parts, async (recipe: string, _options: unknown, command: Command) => {
        const flags = command.optsWithGlobals<CommonFlags & RequestFlags>();
        const { environment, signal, streams } = parts;
        const request = await requestOf(recipe, flags, environment, Date.now(), signal);
        const looked = await look(parts, request, flags);
        streams.out(flags.json === true ? json(request, looked) : text(request, looked, streams));
        return exitCode(looked.findings);
      }),
    );
}

async function look(parts: Parts, request: TestRequest, flags: CommonFlags): Promise<Looked> {
  const directory = await mkdtemp(join(tmpdir(), 'seatrial-check-'));
  try {
    const { source, head, refs, recipe } = request;
    const { signal, environment } = parts;
    const { path } = environment;
    const { policy: settings } = parts.settings(settingFlags(flags));
    const policy = { settings, approvals: await readApprovals(settings.directory, recipe) };
    const base = parseCommitSha(request.base);
    if (base === undefined) throw noCommit(request.base);
    const commits = [head, base];
    const repository = await fetchRepository({ source, directory, path, commits, refs, signal });
    return await lookAt({ repository, recipe, head, base, policy, signal });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function noCommit(base: string): SeatrialError {
  return new SeatrialError({
    kind: 'internal',
    code: 'unexpected',
    sentence: `The base ${base} was not made a commit.`,
  });
}

function exitCode(findings: readonly Finding[]): number {
  const has = (severity: Severity) => findings.some((finding) => finding.severity === severity);
  if (has('refusal')) return EXIT.refused;
  return has('error') ? EXIT.failure : EXIT.success;
}

function json({ recipe, head }: TestRequest, { against, findings, refusals }: Looked): string {
  const told = findings.map(({ code, severity, file, line, sentence, remedy }) => ({
    ...{ code, severity },
    ...{ file: file ?? null, line: line ?? null },
    ...{ sentence, remedy },
  }));
  const base = against?.sha ?? null;
  const result = {
    ...{ recipe, head, base, against: against ?? null },
    ...{ findings: told, refusals: refusals.map(refusalOf) },
  };
  return `${JSON.stringify(result, null, 2)}\n`;
}

const GROUPS: readonly Severity[] = ['refusal', 'error', 'warning', 'note'];

function text({ recipe, head }: TestRequest, looked: Looked, streams: Streams): string {
  const { against, findings } = looked;
  const paint = painter(streams.color);
  const width = streams.columns ?? Number.POSITIVE_INFINITY;
  const refusals = looked.refusals.map(refusalOf).toSorted(byPlace);
  // What attacks its reader is refused without the policy's having been asked.
  const listed = refusals.length === 0 ? findings : findings.filter(({ severity }) => severity !== 'refusal');
  const groups = GROUPS.map((severity) => listed.filter((finding) => finding.severity === severity));
  const blocks = [
    refusalLines(refusals, paint, width),
    ...groups.map((group) => group.flatMap((finding) => lines(finding, paint, width))),
  ].filter((block) => block.length > 0);
  const counts = GROUPS.flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [counted(count, severity)];
  });
  const added = refusals.filter((refusal) => refusal.added === true).length;
  const news = added === 0 ? '' : ` This change adds ${added === 1 ? 'one refusal' : `${added} refusals`}.`;
  const summary = counts.length === 0 ? 'Nothing found.' : `${list(counts)}.${news}`;
  return `${[
    `${paint('bold', recipe)} at ${head.slice(0, 10)}, ${comparedWith(against)}`,
    ...blocks.map((block) => block.join('\n')),
    summary,
  ].join('\n\n')}\n`;
}

function lines({ code, severity, file, line, sentence, remedy }: Finding, paint: Paint, width: number) {
  const place = [file, line].filter((part) => part !== undefined).join(':');
  return faultLines({ place, severity, code, sentence, remedy }, paint, width);
}

function comparedWith(against: Against | undefined): string {
  if (against === undefined) return 'compared with nothing: there is no commit or release before it';
  return against.kind === 'base'
    ? `compared with ${against.name}, from which it branched off`
    : `which is its own base, compared with the release before it, ${against.name}`;
}
