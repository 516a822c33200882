import { approvalsText } from '../config/approvals.ts';
import { counted, oneLine } from '../shared/text.ts';
import type { Refusal } from '../stack/policy/refusal.ts';
import { faultLines } from './fault-lines.ts';
import { arrowed, type Paint } from './paint.ts';
import type { Report, ReportedRefusal } from './schema.ts';

const MOST = 20;
/** Characters of a feature and its service that are offered for a policy file; cut, it would allow nothing. */
const LONGEST_FEATURE = 200;

/** All that the policy refuses, by what the change adds and what was there before, and what an operator could write. */
export function refusalsView(report: Report, rows: number): object {
  const { recipe, refusals } = report;
  if (refusals.length === 0) return {};
  const shown = [...refusals.filter(isAdded), ...refusals.filter((refusal) => !isAdded(refusal))];
  const told = shown.slice(0, Math.min(MOST, rows));
  const compared = refusals.some(({ added }) => added !== null);
  const open = told.filter(
    ({ approvable, feature, service }) =>
      approvable && feature.length + (service ?? '').length <= LONGEST_FEATURE,
  );
  return {
    refused: refusalSentence(refusals),
    groups: [
      { title: 'This pull request adds', refusals: told.filter(isAdded) },
      {
        title: compared ? 'Was there before' : 'What it asks for',
        refusals: told.filter((refusal) => !isAdded(refusal)),
      },
    ]
      .filter((group) => group.refusals.length > 0)
      .map((group) => ({ ...group, refusals: group.refusals.map(refusalRow) })),
    moreRefusals: shown.length - told.length,
    allowing:
      open.length === 0
        ? ''
        : `How an operator allows ${open.length === shown.length ? 'this' : `${open.length} of these`}`,
    policyFile: `policies/${recipe}.toml`,
    policy: approvalsText(
      open.map(({ feature, service }) => ({ feature, service: service ?? undefined, reason: '' })),
    ),
  };
}

function refusalRow({ file, line, ...rest }: ReportedRefusal): object {
  return { ...rest, place: placed(file, line) };
}

/** File and line as code, for a sentence of Markdown; empty where there is none. */
export function placed(file: string | null, line: number | null): string {
  return file === null ? '' : `\`${line === null ? file : `${file}:${line}`}\``;
}

/** What a refused change asks for, in one sentence: how much, and how much of it is new. */
export function refusalSentence(refusals: readonly ReportedRefusal[]): string {
  const things = `${counted(refusals.length, 'thing')} that the policy does not allow`;
  const added = refusals.filter(isAdded).length;
  if (refusals.every((refusal) => refusal.added === null)) return `The recipe asks for ${things}.`;
  if (added === refusals.length) return `This change makes the recipe ask for ${things}.`;
  if (added === 0) return `The recipe asks for ${things}, as it did before this change.`;
  return `The recipe asks for ${things}; this change adds ${added} of them.`;
}

/** What the change adds is what a maintainer has to decide on. */
function isAdded({ added }: ReportedRefusal): boolean {
  return added === true;
}

/** In the order of the files, so that a reader walks through each file once. */
export function byPlace(one: ReportedRefusal, other: ReportedRefusal): number {
  const name = (one.file ?? '').localeCompare(other.file ?? '', 'en');
  return name === 0 ? (one.line ?? 0) - (other.line ?? 0) : name;
}

/** A refusal as reports have it. */
export function refusalOf({ file, line, service, added, ...rest }: Refusal): ReportedRefusal {
  const absent = { file: file ?? null, line: line ?? null, service: service ?? null, added: added ?? null };
  return { ...rest, ...absent };
}

/** Refusals for a terminal, each as compilers tell faults, with what to write instead and who can allow it. */
export function refusalLines(
  refusals: readonly ReportedRefusal[],
  paint: Paint,
  width: number,
): readonly string[] {
  return refusals.flatMap(({ code, sentence, remedy, file, line, added, ...rest }) => {
    const place = [file, line].filter((part) => part !== null).join(':');
    const isNew = added === true ? ' (new)' : '';
    return [
      ...faultLines({ place, severity: 'refusal', code: `${code}${isNew}`, sentence, remedy }, paint, width),
      ...arrowed(leaveFor(rest), width),
    ];
  });
}

/** Whether and how an operator can allow it, as the keys of a policy file. */
function leaveFor({
  approvable,
  feature,
  service,
}: Pick<ReportedRefusal, 'approvable' | 'feature' | 'service'>): string {
  if (!approvable) return 'Nobody can allow it.';
  const whose = service === null ? '' : `, service = ${JSON.stringify(oneLine(service))}`;
  return `An operator can allow it: feature = ${JSON.stringify(oneLine(feature))}${whose}`;
}
