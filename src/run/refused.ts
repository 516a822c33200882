import type { RunEvent } from '../journal/event.ts';
import { isSeatrialError } from '../shared/errors.ts';
import { refusedBy, refusedWith } from '../stack/policy/refusal.ts';

/** The event with which a recipe is refused; undefined for an error that refuses nothing. */
export function refusedEvent(error: unknown): Extract<RunEvent, { type: 'refused' }> | undefined {
  if (!isSeatrialError(error) || refusedBy(error) === undefined) return undefined;
  const { code, message: sentence, remedy, facts } = error;
  const { file, line, service, evidence } = facts;
  const where =
    typeof file === 'string' && typeof line === 'number'
      ? { where: { file, line } }
      : typeof service === 'string'
        ? { where: { service } }
        : {};
  const shown = Array.isArray(evidence) ? evidence.map(String) : remedy === undefined ? [] : [remedy];
  return {
    type: 'refused',
    cause: { code, sentence, evidence: shown, ...where },
    refusals: refusedWith(error),
  };
}
