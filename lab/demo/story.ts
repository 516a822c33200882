import type { ChangeName } from '../custom-html/changes.ts';

/** How one pull request of the demo has to end. */
export interface Ending {
  readonly change: ChangeName;
  readonly outcome: 'success' | 'failure';
  readonly stage: 'install' | 'upgrade' | 'backup-restore' | null;
  readonly code: string | null;
}

/** The story that the demo tells, in the order of its pull requests. */
export const STORY: readonly Ending[] = [
  { change: 'good', outcome: 'success', stage: null, code: null },
  { change: 'backup-label', outcome: 'failure', stage: 'backup-restore', code: 'B01' },
  { change: 'volume-renamed', outcome: 'failure', stage: 'upgrade', code: 'B54' },
  { change: 'broken-image', outcome: 'failure', stage: 'install', code: 'exits-at-start' },
];
