import type { Engine } from '../../src/ports/engine.ts';
import type { Corner } from '../support/lab.ts';

export interface EngineWorld {
  readonly engine: Engine;
  /** With sh, curl and tail in it. */
  readonly image: string;
  /** A tag that its registry does not have. */
  readonly missingImage: string;
  /** One where nobody answers. */
  readonly unreachable: Engine;
  close(): Promise<void>;
}

export type EngineStage = () => EngineWorld & { readonly corner: Corner };

/** Milliseconds. */
export const DEADLINE = 60_000;

export function soon(): AbortSignal {
  return AbortSignal.timeout(DEADLINE);
}
