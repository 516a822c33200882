import type { Approval } from '../../config/approvals.ts';
import type { PolicyFinding } from './finding.ts';

/** What an operator allows this recipe becomes a note that quotes the reason; some things nobody can allow. */
export function approved(
  findings: readonly PolicyFinding[],
  approvals: readonly Approval[],
): readonly PolicyFinding[] {
  return findings.map((finding) => {
    if (finding.severity !== 'refusal' || !finding.approvable) return finding;
    const approval = approvals.find(
      ({ feature, service }) => feature === finding.feature && service === finding.service,
    );
    if (approval === undefined) return finding;
    return {
      ...finding,
      severity: 'note',
      sentence: `${finding.sentence} The operator allows it: ${approval.reason}`,
      remedy: 'Nothing to do.',
    };
  });
}
