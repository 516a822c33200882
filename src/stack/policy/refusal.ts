import { SeatrialError } from '../../shared/errors.ts';
import { counted } from '../../shared/text.ts';
import { identity, policyDifference } from './difference.ts';
import type { PolicyFinding } from './finding.ts';

/**
 * Throws where anything is refused: the first refusal gives code, sentence and place, all of
 * them are its evidence. What the base does not ask for comes first and is said to be new;
 * without a base nothing is.
 */
export function refuse(findings: readonly PolicyFinding[], base?: readonly PolicyFinding[]): void {
  const refused = refusals(findings);
  const news = new Set(base === undefined ? [] : policyDifference(base, refused).map(identity));
  const isNew = (finding: PolicyFinding) => news.has(identity(finding));
  const [first, ...others] = refused.toSorted((one, other) => Number(isNew(other)) - Number(isNew(one)));
  if (first === undefined) return;
  const more = others.length === 0 ? '' : ` ${counted(others.length, 'more refusal')}: see the evidence.`;
  throw new SeatrialError({
    kind: 'recipe',
    code: first.code,
    sentence: `${first.sentence}${isNew(first) ? NEW : ''}${more}`,
    remedy: first.remedy,
    facts: {
      ...{ file: first.file, line: first.line, service: first.service, requirement: first.requirement },
      evidence: [first, ...others].flatMap((finding) => lines(finding, isNew(finding))),
    },
  });
}

const NEW = ' This pull request adds it.';

/** Those that keep a stack from being deployed. */
export function refusals(findings: readonly PolicyFinding[]): readonly PolicyFinding[] {
  return findings.filter(({ severity }) => severity === 'refusal');
}

/** Requirement of the threat model by which this error refuses a recipe; undefined for all other errors. */
export function refusedBy(error: SeatrialError): number | undefined {
  const { requirement } = error.facts;
  return error.kind === 'recipe' && typeof requirement === 'number' ? requirement : undefined;
}

function lines(finding: PolicyFinding, added: boolean): readonly string[] {
  const { file, line, feature, service, sentence, remedy, requirement, approvable } = finding;
  const place = file === undefined ? '' : `${file}${line === undefined ? '' : `:${line}`}: `;
  const whose = service === undefined ? '' : ` of service ${service}`;
  return [
    `${place}${sentence}${added ? NEW : ''}`,
    `  instead: ${remedy}`,
    `  feature \`${feature}\`${whose}, requirement ${requirement}; ${approvable ? 'an operator may allow it' : 'nobody can allow it'}`,
  ];
}
