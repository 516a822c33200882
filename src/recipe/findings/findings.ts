import { asSeatrialError, type SeatrialError } from '../../shared/errors.ts';
import { oneLine } from '../../shared/text.ts';
import type { Finding, Severity } from '../finding.ts';
import type { Recipe } from '../recipe.ts';
import { backupLabelFindings, lostBackup } from './backup-labels.ts';
import { composeFormatFindings } from './compose-format.ts';
import { basicFindings, composeSetFindings } from './compose-set.ts';
import { configFindings, configVersionFindings, exportFindings } from './config-versions.ts';
import { credentialFindings } from './credentials.ts';
import { hookFindings } from './hooks.ts';
import { imageFindings, imageStepFindings } from './image-findings.ts';
import { interpolationFindings, typedFieldFindings } from './interpolation.ts';
import { mountFindings } from './mounts.ts';
import { routingFindings } from './routing.ts';
import { secretFindings } from './secret-findings.ts';
import { serviceFindings } from './service-findings.ts';
import { startScriptFindings } from './start-scripts.ts';
import { templateFindings } from './templates.ts';
import { variableFindings } from './variables.ts';
import { type KnownRelease, versionFindings } from './version-findings.ts';
import { type View, viewsOf } from './view.ts';
import { volumeStepFindings } from './volumes.ts';

export interface Compared {
  readonly head: Recipe;
  /** What the head is compared with; undefined where it is the first of its kind. */
  readonly base: Recipe | undefined;
  /** Reachable from where the change branched off, newest first. */
  readonly releases: readonly KnownRelease[];
}

/** What is looked for in each way to deploy the recipe. */
const ALONE: readonly ((view: View) => readonly Finding[])[] = [
  composeFormatFindings,
  typedFieldFindings,
  interpolationFindings,
  configFindings,
  secretFindings,
  templateFindings,
  backupLabelFindings,
  hookFindings,
  mountFindings,
  imageFindings,
  serviceFindings,
  startScriptFindings,
  routingFindings,
  credentialFindings,
];

/** All that can be known of a change from its files: worst first, then by place. Never throws. */
export function findingsOf({ head, base, releases }: Compared): readonly Finding[] {
  return told(() => {
    const [now, ...overlays] = viewsOf(head);
    const before = base === undefined ? undefined : viewsOf(base);
    const own = [
      ...head.findings,
      ...basicFindings(now),
      ...exportFindings(head),
      ...lostBackup(now, before?.[0]),
      ...versionFindings(now, before?.[0], releases),
      ...[now, ...overlays].flatMap((view) => [
        ...ALONE.flatMap((find) => find(view)),
        ...composeSetFindings(view, before?.[0]),
      ]),
    ];
    return inOrder([...own, ...(before === undefined ? [] : stepFindings(now, overlays, before))]);
  });
}

/** What an operator meets who comes from the base. */
function stepFindings(
  now: View,
  overlays: readonly View[],
  [before, ...overlaysBefore]: readonly [View, ...View[]],
): Finding[] {
  const pairs = overlays.flatMap((view) => {
    const old = overlaysBefore.find(({ overlay }) => overlay?.path === view.overlay?.path);
    return old === undefined ? [] : [{ view, old }];
  });
  return [{ view: now, old: before }, ...pairs].flatMap(({ view, old }) => [
    ...configVersionFindings(view, old),
    ...imageStepFindings(view, old),
    ...volumeStepFindings(view, old),
    ...(view.overlay === undefined ? variableFindings(view, old) : []),
  ]);
}

/** A recipe that cannot be read is a finding too. */
export function unreadable(error: SeatrialError): Finding {
  const { file, line } = error.facts;
  return {
    code: error.code,
    severity: 'error',
    file: typeof file === 'string' ? file : undefined,
    line: typeof line === 'number' ? line : undefined,
    sentence: oneLine(error.message),
    remedy: error.remedy ?? 'Correct the file.',
  };
}

const RANK: Readonly<Record<Severity, number>> = { refusal: 0, error: 1, warning: 2, note: 3 };

/** Worst first, then by file and line; what is found in several views is told once, as the worst. */
export function inOrder(findings: readonly Finding[]): readonly Finding[] {
  const sorted = [...findings].sort(
    (a, b) =>
      RANK[a.severity] - RANK[b.severity] ||
      compare(a.file ?? '', b.file ?? '') ||
      (a.line ?? 0) - (b.line ?? 0) ||
      compare(a.code, b.code),
  );
  const seen = new Set<string>();
  return sorted.filter(({ code, file, line, sentence }) => {
    const key = line === undefined ? `${code} ${file} ${sentence}` : `${code} ${file} ${line}`;
    return seen.has(key) ? false : seen.add(key) !== undefined;
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A fault of ours in here must not keep anything from being tested. */
function told(find: () => readonly Finding[]): readonly Finding[] {
  try {
    return find();
  } catch (error) {
    return [
      {
        code: 'unexpected',
        severity: 'note',
        file: undefined,
        line: undefined,
        sentence: `Seatrial could not look for findings: ${oneLine(asSeatrialError(error).message)}.`,
        remedy: 'This is a fault of Seatrial: please report it.',
      },
    ];
  }
}
