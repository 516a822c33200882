import type { CommitSha, RunId, StackName } from '../../shared/brand.ts';
import type { StackFile } from '../document.ts';
import type { StackInput } from '../inputs.ts';

/** A change of ours to what the recipe says, and why. */
export interface Adjustment {
  /** Undefined where it concerns the whole stack. */
  readonly service: string | undefined;
  readonly what: string;
  readonly reason: string;
}

/** What adjustments depend on. */
export interface AppPlace {
  readonly run: RunId;
  readonly app: string;
  readonly controller: string;
  /** Seconds since the epoch, fixed for the run. */
  readonly expires: number;
  readonly stack: StackName;
  readonly sha: CommitSha;
  /** The network in the place of `proxy`: the app's own, or the operator's under the name that it has here. */
  readonly network: string;
  /** Set where the operator's router serves the apps, by their labels as they are. */
  readonly operatorsRouter?: true;
  /** Undefined where nothing is injected. */
  readonly trust?: TrustFiles;
  readonly nodeId: string;
  readonly ipvs: boolean;
}

/** A place with what is known once the stack is merged. */
export interface AppScene extends AppPlace {
  /** The app's whole environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** Files of this machine with what apps trust. */
export interface TrustFiles {
  /** PEM. */
  readonly bundle: StackInput;
  /** For Java. */
  readonly javaStore: StackInput;
}

/** Changes the document in place and says what was changed; nothing to change gives an empty list. */
export type Adjust = (file: StackFile, place: AppScene) => readonly Adjustment[];
