import type { Cause, CheckResult } from '../journal/check.ts';
import type { RunEvent } from '../journal/event.ts';
import type { Finding } from '../recipe/finding.ts';

/** Which findings explain a cause that a stage came upon, the likelier ones first. */
const EXPLAINED_BY: Readonly<Record<string, readonly string[]>> = {
  B25: ['B25'],
  'deploy-refused': ['B25', 'B26', 'B27', 'B28', 'B29', 'B31', 'B65', 'B57'],
  'stack-config': [
    'B38',
    'B40',
    'B41',
    'B37',
    'undeclared-config',
    'undeclared-secret',
    'undeclared-network',
    'undeclared-volume',
    'config-file-missing',
    'B26',
    'B27',
    'B28',
    'image-unset',
    'B65',
  ],
  B48: ['B48', 'image-unset', 'B47'],
  'exits-at-start': ['B49', 'B50', 'B53', 'B52', 'B51', 'B76', 'B44', 'B56'],
  'never-healthy': ['B49', 'B50', 'B53', 'B52', 'B56', 'B76', 'B40'],
  'never-ready': ['B57', 'B56', 'B49', 'B50', 'B52', 'B53'],
  'task-rejected': ['B73', 'B42', 'B46', 'B76'],
  B73: ['B73'],
  'no-suitable-node': ['B57'],
  'update-paused': ['B49', 'B50', 'B53', 'B52', 'B56', 'B57', 'B42', 'B73', 'B46', 'B76'],
  'update-rolled-back': ['B49', 'B50', 'B53', 'B52', 'B56', 'B57', 'B42', 'B73', 'B46', 'B76'],
  'no-answer': ['B70', 'B71', 'B90', 'B41', 'variable-in-key'],
  'bad-host': ['B90', 'B41', 'variable-in-key'],
  B54: ['B54'],
  B55: ['B55'],
  'volume-dropped': ['B54', 'volume-dropped'],
  'seed-lost': ['B54', 'B55', 'volume-dropped'],
  B01: ['B01'],
  B11: ['B11'],
  B20: ['B01', 'B09', 'B20'],
  'hook-failed': ['B11', 'B14', 'B40', 'B05'],
  'backup-empty': ['B01', 'B06', 'B05', 'B07', 'B08', 'B09'],
  'restore-lost': ['B03', 'B06', 'B05', 'B07', 'B08', 'B09', 'B04'],
};

/**
 * A check that failed for what a finding had told already names that finding: its code, its
 * sentence and its place, with the evidence that the stage has for it. How the check ended stays.
 */
export function namedBy(event: RunEvent, findings: readonly Finding[]): RunEvent {
  if (event.type !== 'check' || event.check.outcome !== 'fail') return event;
  const { check } = event;
  const finding = check.cause === undefined ? undefined : explanation(check.cause, findings);
  return finding === undefined ? event : { ...event, check: renamed(check, finding) };
}

function explanation(cause: Cause, findings: readonly Finding[]): Finding | undefined {
  for (const code of EXPLAINED_BY[cause.code] ?? []) {
    const found = findings.filter(
      (finding) => finding.code === code && (finding.severity === 'error' || finding.severity === 'warning'),
    );
    // Docker's words about a file that it cannot read name keys, not what we call the fault.
    const fits =
      cause.code === 'stack-config' && found.length === 1
        ? found
        : found.filter((finding) => isAbout(cause, finding));
    if (fits[0] !== undefined) return fits[0];
  }
  return undefined;
}

/**
 * Of several objects the one that the stage names; words in back quotes are names. Where the
 * stage names none, a finding fits only if it names none either, or has the very same code.
 */
function isAbout(cause: Cause, finding: Finding): boolean {
  const names = [...finding.sentence.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
  const said = [cause.sentence, ...cause.evidence].join('\n');
  const service = cause.where !== undefined && 'service' in cause.where ? cause.where.service : undefined;
  if (service !== undefined && /\bservice\b|\bDatabase\b/.test(finding.sentence))
    return names.includes(service);
  if (cause.where !== undefined && 'file' in cause.where && cause.where.file === finding.file) return true;
  return names.length === 0 || names.some((name) => name.length > 1 && said.includes(name));
}

function renamed(check: CheckResult, { code, sentence, file, line }: Finding): CheckResult {
  const { cause } = check;
  if (cause === undefined) return check;
  const place = file === undefined || line === undefined ? cause.where : { file, line };
  return {
    ...check,
    cause: {
      code,
      sentence,
      ...(place === undefined ? {} : { where: place }),
      // What the stage saw is the proof of what the finding claims.
      evidence: cause.evidence.includes(cause.sentence)
        ? cause.evidence
        : [cause.sentence, ...cause.evidence],
    },
  };
}
