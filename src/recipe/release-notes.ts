import type { RepositoryFile } from './repository-file.ts';
import { compareReleases, isRelease } from './versions.ts';

/** What operators are told when they upgrade to a release. */
export interface ReleaseNote {
  /** A release, or `next` for the one to come. */
  readonly version: string;
  readonly file: string;
  readonly text: string;
}

/** The files below `release/` that abra shows: named after a release, or `next`, which comes last. */
export function releaseNotesOf(files: readonly RepositoryFile[]): readonly ReleaseNote[] {
  return (
    files
      .flatMap(({ path, content }): ReleaseNote[] => {
        const [, version] = /^release\/([^/]+)$/.exec(path) ?? [];
        if (version === undefined || !(version === 'next' || isRelease(version))) return [];
        return [{ version, file: path, text: content.toString('utf8') }];
      })
      // `next` stands behind all numbers.
      .sort((a, b) => compareReleases(a.version, b.version))
  );
}
