/** A string that only its parser can make, so that one kind of text cannot stand in for another. */
export type Brand<Name extends string> = string & { readonly __brand: Name };

/** A full commit id: 40 lower-case hex digits. A branch name, tag or short id is none. */
export type CommitSha = Brand<'CommitSha'>;
/** Identifier of a run: short, sortable by time, safe in DNS labels and Docker names. */
export type RunId = Brand<'RunId'>;
/** Name of a Swarm stack of ours: at most 24 characters, so that `_<secret>_v1` fits into Swarm's 64. */
export type StackName = Brand<'StackName'>;

const COMMIT_SHA = /^[0-9a-f]{40}$/;
const RUN_ID = /^[0-9a-z]{9}$/;
const STACK_NAME = /^[a-z][a-z0-9-]{0,22}[a-z0-9]$/;

/** Returns undefined for anything but 40 hex digits (upper case is folded). */
export function parseCommitSha(text: string): CommitSha | undefined {
  const folded = text.trim().toLowerCase();
  return COMMIT_SHA.test(folded) ? (folded as CommitSha) : undefined;
}

export function parseRunId(text: string): RunId | undefined {
  return RUN_ID.test(text) ? (text as RunId) : undefined;
}

export function parseStackName(text: string): StackName | undefined {
  return STACK_NAME.test(text) ? (text as StackName) : undefined;
}
