import { splitImage } from '../../ports/image-name.ts';
import { type DatabaseKind, databaseImage } from '../database-image.ts';

/** The database server in an image, with the numbers of its version. */
export interface DatabaseVersion {
  readonly kind: DatabaseKind;
  readonly repository: string;
  /** Empty where the tag tells none. */
  readonly version: readonly number[];
  readonly upgradesItself: boolean;
}

export function databaseOf(image: string): DatabaseVersion | undefined {
  const known = databaseImage(image);
  if (known === undefined) return undefined;
  const { kind, upgradesItself, version } = known;
  return {
    ...{ kind, upgradesItself },
    repository: splitImage(image).repository,
    version: version === undefined ? [] : version.split('.').map(Number),
  };
}
