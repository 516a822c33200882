import type { Report, ReportedCause } from '../schema.ts';
import { ENDINGS } from './endings.ts';
import { reportOn } from './stories.ts';

/** A failed run in which everything that comes from outside is this text. */
export function hostileReport(text: string): Report {
  const cause: ReportedCause = {
    code: text,
    sentence: text,
    where: { file: text, line: 1 },
    evidence: text.split('\n'),
  };
  const report = failed();
  const other = { ...cause, sentence: `${text} too`, where: { service: text } };
  return {
    ...report,
    recipe: text,
    source: text,
    base: text,
    cause,
    previous: { tag: text, sha: report.head },
    pull: { forge: text, owner: text, repository: text, number: 3, requester: text },
    level: { reached: 1, name: text, of: 8, stopsAt: { level: 2, name: text, reason: text } },
    stages: report.stages.map((stage) => ({
      ...stage,
      note: text,
      checks: stage.checks.map((check, index) => ({
        ...check,
        title: text,
        note: text,
        outcome: index === 0 ? 'pass' : 'fail',
        cause: index === 0 ? null : index === 1 ? cause : other,
      })),
    })),
    findings: [
      { code: text, severity: 'error', file: text, line: 1, sentence: `${text} again`, remedy: text },
    ],
    seeds: report.seeds.map((seed) => ({ ...seed, seed: text, place: text, state: 'changed', what: text })),
    adjustments: [{ service: text, what: text, reason: text }],
    residue: [{ kind: 'volume', name: text }],
    unexplained: [{ kind: 'network', name: text }],
    troubles: [text],
    reproduce: text,
  };
}

/** The same as a refusal, which tells other things. */
export function hostileRefusal(text: string): Report {
  return {
    ...hostileReport(text),
    outcome: 'refused',
    refusals: [true, false].map((added) => ({
      ...{ code: text, sentence: `${text} indeed`, remedy: text, file: text, line: 1, service: text },
      ...{ feature: text, approvable: true, requirement: 27, added },
    })),
  };
}

function failed(): Report {
  const story = ENDINGS['volume-renamed'];
  if (story === undefined) throw new Error('there is no such story');
  return reportOn(story);
}
