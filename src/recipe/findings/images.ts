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

/** Repository, tag and digest of an image reference. */
export function splitImage(image: string): {
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
} {
  const [name = '', digest] = image.split('@');
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1);
  return colon < 0
    ? { repository: name, tag: undefined, digest }
    : { repository: name.slice(0, colon), tag: name.slice(colon + 1), digest };
}
