import { SeatrialError } from '../../shared/errors.ts';
import { counted } from '../../shared/text.ts';
import { identity } from './difference.ts';
import type { PolicyFinding } from './finding.ts';

/**
 * The error with which a stack is refused: the first refusal is its code, sentence and place,
 * all of them are its evidence. `added` are those that the base does not ask for.
 */
export function refusalOf(
  refused: readonly [PolicyFinding, ...PolicyFinding[]],
  added: readonly PolicyFinding[],
): SeatrialError {
  const news = new Set(added.map(identity));
  const [first, ...others] = refused.toSorted(
    (one, other) => Number(news.has(identity(other))) - Number(news.has(identity(one))),
  );
  const chosen = first ?? refused[0];
  const more = others.length === 0 ? '' : ` ${counted(others.length, 'more refusal')}: see the evidence.`;
  return new SeatrialError({
    kind: 'recipe',
    code: chosen.code,
    sentence: `${chosen.sentence}${news.has(identity(chosen)) ? ' This pull request adds it.' : ''}${more}`,
    remedy: chosen.remedy,
    facts: {
      ...{ file: chosen.file, line: chosen.line, service: chosen.service, requirement: chosen.requirement },
      evidence: [chosen, ...others].flatMap((finding) => lines(finding, news.has(identity(finding)))),
    },
  });
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
    `${place}${sentence}${added ? ' This pull request adds it.' : ''}`,
    `  instead: ${remedy}`,
    `  feature \`${feature}\`${whose}, requirement ${requirement}; ${approvable ? 'an operator may allow it' : 'nobody can allow it'}`,
  ];
}
