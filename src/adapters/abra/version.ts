/** Minor versions of abra 0 whose behaviour this adapter was written for. */
const KNOWN = { from: 10, to: 13 };

/** What has to be said about a version of which less is known; undefined where nothing has. */
export function versionNote(text: string): string | undefined {
  const [, major, minor] = /^abra version (\d+)\.(\d+)\./m.exec(text) ?? [];
  if (major === undefined || minor === undefined) return 'this is not how abra names its version';
  if (Number(major) === 0 && Number(minor) >= KNOWN.from && Number(minor) <= KNOWN.to) return undefined;
  return `nothing is known of this version; 0.${KNOWN.from} to 0.${KNOWN.to} are what the deployer was written for`;
}
