/**
 * Orders release names `<recipe version>+<app version>` as abra orders them: the recipe's part
 * as a semantic version, on a tie the app's part by runs of digits and letters.
 * Names without `+` are no releases.
 */
export function compareReleases(a: string, b: string): number {
  const [recipeA = '', appA = ''] = parts(a);
  const [recipeB = '', appB = ''] = parts(b);
  return compareRecipeVersions(recipeA, recipeB) || compareRuns(appA, appB);
}

export function isRelease(name: string): boolean {
  return /^v?\d+(\.\d+)*(-[0-9A-Za-z.-]+)?\+.+$/.test(name);
}

function parts(release: string): [string, string] {
  const plus = release.indexOf('+');
  return plus < 0 ? [release, ''] : [release.slice(0, plus), release.slice(plus + 1)];
}

function compareRecipeVersions(a: string, b: string): number {
  const [coreA = '', ...preA] = a.replace(/^v/, '').split('-');
  const [coreB = '', ...preB] = b.replace(/^v/, '').split('-');
  const core = compareRuns(coreA, coreB);
  if (core !== 0) return core;
  // A pre-release stands before the release that it leads to.
  if (preA.length === 0 || preB.length === 0) return preB.length - preA.length;
  return compareRuns(preA.join('-'), preB.join('-'));
}

function compareRuns(a: string, b: string): number {
  const runsA = a.match(/\d+|\D+/g) ?? [];
  const runsB = b.match(/\d+|\D+/g) ?? [];
  for (let index = 0; index < Math.max(runsA.length, runsB.length); index += 1) {
    const [runA, runB] = [runsA[index], runsB[index]];
    if (runA === runB) continue;
    if (runA === undefined) return -1;
    if (runB === undefined) return 1;
    if (DIGITS.test(runA) && DIGITS.test(runB)) {
      const difference = BigInt(runA) - BigInt(runB);
      if (difference !== 0n) return difference < 0n ? -1 : 1;
      continue;
    }
    return runA < runB ? -1 : 1;
  }
  return 0;
}

const DIGITS = /^\d+$/;
