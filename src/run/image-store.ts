import type { RunId } from '../shared/brand.ts';

/** An image that was not on the engine before we pulled it. */
export interface PulledImage {
  /** The engine's own. */
  readonly id: string;
  /** Under which we pulled it. */
  readonly name: string;
  /** Milliseconds since the epoch at which a run needed it last. */
  readonly usedAt: number;
}

/** What is remembered of images, for each engine by its id; kept by the database. */
export interface ImageStore {
  /** A run needs images of these names from now on until it is over. Said before they are looked for. */
  hold(engine: string, run: RunId, names: readonly string[]): void;
  /** An image came with a pull of ours, or one that had come so is used again. */
  used(engine: string, image: PulledImage): void;
  /** Those we pulled, least recently used first. */
  pulled(engine: string): readonly PulledImage[];
  /** Whether a run that is not over needs an image of this name. */
  isHeld(engine: string, name: string): boolean;
  forget(engine: string, id: string): void;
}
