import { SeatrialError } from '../../shared/errors.ts';
import { counted } from '../../shared/text.ts';
import { identity, policyDifference } from './difference.ts';
import type { PolicyFinding } from './finding.ts';

/** One thing that a recipe asks for and does not get. */
export interface Refusal {
  readonly code: string;
  readonly sentence: string;
  readonly remedy: string;
  readonly file: string | undefined;
  /** From 1. */
  readonly line: number | undefined;
  readonly service: string | undefined;
  /** As an approval names it. */
  readonly feature: string;
  readonly approvable: boolean;
  /** Number of the requirement of the threat model that it keeps. */
  readonly requirement: number;
  /** Whether the change asks for it and its base does not; undefined where there is no base. */
  readonly added: boolean | undefined;
}

/**
 * Throws where anything is refused: the first refusal gives code, sentence and place, all of
 * them are its evidence. What the base does not ask for comes first and is said to be new;
 * without a base nothing is.
 */
export function refuse(findings: readonly PolicyFinding[], base?: readonly PolicyFinding[]): void {
  const refused = refusalsOf(findings, base);
  const [first, ...others] = refused;
  if (first === undefined) return;
  const more = others.length === 0 ? '' : ` ${counted(others.length, 'more refusal')}: see the evidence.`;
  const error = new SeatrialError({
    kind: 'recipe',
    code: first.code,
    sentence: `${first.sentence}${first.added === true ? NEW : ''}${more}`,
    remedy: first.remedy,
    facts: {
      ...{ file: first.file, line: first.line, service: first.service, requirement: first.requirement },
      evidence: refused.flatMap(lines),
    },
  });
  TOLD.set(error, refused);
  throw error;
}

const NEW = ' This pull request adds it.';
const TOLD = new WeakMap<SeatrialError, readonly Refusal[]>();

/** All that an error of `refuse` refuses; empty for every other error. */
export function refusedWith(error: SeatrialError): readonly Refusal[] {
  return TOLD.get(error) ?? [];
}

/** What keeps a stack from being deployed, with what the change adds before what was there already. */
export function refusalsOf(
  findings: readonly PolicyFinding[],
  base: readonly PolicyFinding[] | undefined,
): readonly Refusal[] {
  const refused = refusals(findings);
  const news = new Set(base === undefined ? [] : policyDifference(base, refused).map(identity));
  return refused
    .map((finding) => asRefusal(finding, base === undefined ? undefined : news.has(identity(finding))))
    .toSorted((one, other) => Number(other.added === true) - Number(one.added === true));
}

/** Those that keep a stack from being deployed. */
export function refusals(findings: readonly PolicyFinding[]): readonly PolicyFinding[] {
  return findings.filter(({ severity }) => severity === 'refusal');
}

/** Requirement of the threat model by which this error refuses a recipe; undefined for all other errors. */
export function refusedBy(error: SeatrialError): number | undefined {
  const { requirement } = error.facts;
  return error.kind === 'recipe' && typeof requirement === 'number' ? requirement : undefined;
}

function asRefusal(finding: PolicyFinding, added: boolean | undefined): Refusal {
  const { code, sentence, remedy, file, line, service, feature, approvable, requirement } = finding;
  return { code, sentence, remedy, file, line, service, feature, approvable, requirement, added };
}

function lines(refusal: Refusal): readonly string[] {
  const { file, line, feature, service, sentence, remedy, requirement, approvable, added } = refusal;
  const place = file === undefined ? '' : `${file}${line === undefined ? '' : `:${line}`}: `;
  const whose = service === undefined ? '' : ` of service ${service}`;
  return [
    `${place}${sentence}${added === true ? NEW : ''}`,
    `  instead: ${remedy}`,
    `  feature \`${feature}\`${whose}, requirement ${requirement}; ${approvable ? 'an operator may allow it' : 'nobody can allow it'}`,
  ];
}
