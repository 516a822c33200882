import type { FileSeed } from '../integrity/seed.ts';
import type { Cause } from '../journal/check.ts';
import { SeatrialError } from '../shared/errors.ts';
import { counted, list } from '../shared/text.ts';
import type { Stack } from '../stack/stack.ts';
import { answersAsItself } from './answer.ts';
import { CheckFault, check, fail, type StageContext } from './context.ts';
import { installHealthy, settle, upgradeHealthy } from './deploy.ts';
import { runsTheCommit } from './identity.ts';
import { intact, plantAll, type SeedCheck, seedsFor, verifyAll } from './seeds.ts';

/** An operator who runs the previous release, with data, takes the change in place. */
export async function upgrade(context: StageContext): Promise<void> {
  const previous = previousOf(context);
  const release = previous.recipe.version ?? previous.place.sha.slice(0, 10);
  await installHealthy(context, {
    id: 'previous',
    title: `the previous release ${release} deploys`,
    stack: previous,
    blame: 'error',
  });
  const seeds = seedsFor(context, previous, 'upgrade');
  await check(context, 'seeded', 'it takes data and gives it back', () =>
    seedPrevious(context, previous, seeds),
  );
  await upgradeHealthy(context, {
    id: 'upgrades',
    title: 'the change deploys over it and every service becomes healthy',
    stack: context.head,
    blame: 'fail',
  });
  await runsTheCommit(context, context.head, 'it did move: what runs is the commit under test');
  await check(context, 'data-survives', 'the data is still there', () =>
    dataSurvives(context, previous, seeds),
  );
  await answersAsItself(context, context.head);
}

/** The upgrade is over when Swarm has stopped watching it; until then it may still be taken back. */
export async function upgradeSettles(context: StageContext): Promise<void> {
  await settle(context, {
    id: 'settles',
    title: 'Swarm finishes the update and it stays healthy',
    stack: context.head,
    blame: 'fail',
  });
}

function previousOf(context: StageContext): Stack {
  if (context.previous !== undefined) return context.previous;
  throw new SeatrialError({
    kind: 'internal',
    code: 'no-previous',
    sentence: 'An upgrade was planned without a previous release.',
  });
}

async function seedPrevious(
  context: StageContext,
  previous: Stack,
  seeds: readonly FileSeed[],
): Promise<string> {
  await plantAll(context, previous, seeds);
  const lost = (await verifyAll(context, previous, seeds, 'planted')).filter((seen) => !intact(seen));
  if (lost.length > 0) throw new CheckFault('error', notPlanted(lost));
  return seeds.length === 0
    ? 'the release keeps no data in volumes'
    : `${counted(seeds.length, 'seed')} in ${list(seeds.map((seed) => seed.volume))}`;
}

export function notPlanted(lost: readonly SeedCheck[]): Cause {
  const volumes = list(lost.map(({ seed }) => `\`${seed.volume}\``));
  return {
    code: 'seed-not-planted',
    sentence: `What was planted in volume ${volumes} could not be read back at once, so nothing can be proven with it.`,
    evidence: evidenceOf(lost),
  };
}

async function dataSurvives(
  context: StageContext,
  previous: Stack,
  seeds: readonly FileSeed[],
): Promise<string> {
  const kept = seeds.filter((seed) => context.head.services.some((service) => service.name === seed.service));
  const seen = await verifyAll(context, context.head, kept, 'after the upgrade');
  const lost = seen.filter((one) => !intact(one));
  const [first] = lost;
  if (first !== undefined) fail(whyLost(context.head, previous, first.seed, lost));
  return `${seen.length} of ${seeds.length} seeds intact`;
}

/** Names why a seed is not where the app had it, from what both releases mount. */
function whyLost(head: Stack, previous: Stack, seed: FileSeed, lost: readonly SeedCheck[]): Cause {
  const service = head.services.find(({ name }) => name === seed.service);
  const there = service?.mounts.find((mount) => mount.target === seed.target);
  const elsewhere = service?.mounts.find((mount) => mount.volume === seed.volume);
  const release = previous.recipe.version ?? 'the previous release';
  const evidence = evidenceOf(lost);
  if (there !== undefined && there.volume !== seed.volume && elsewhere === undefined) {
    return {
      code: 'B54',
      sentence: `Service \`${seed.service}\` now mounts volume \`${there.volume}\` at ${seed.target}, where ${release} mounts \`${seed.volume}\`: the new one is empty, and the data is still in the old one, which nothing mounts any more.`,
      where: volumeLine(head, there.volume) ?? { service: seed.service },
      evidence,
    };
  }
  if (elsewhere !== undefined && elsewhere.target !== seed.target) {
    return {
      code: 'B55',
      sentence: `Service \`${seed.service}\` now mounts volume \`${seed.volume}\` at ${elsewhere.target} instead of ${seed.target}: the app no longer finds its data where it had it.`,
      where: volumeLine(head, seed.volume) ?? { service: seed.service },
      evidence,
    };
  }
  if (elsewhere === undefined) {
    return {
      code: 'volume-dropped',
      sentence: `Service \`${seed.service}\` no longer mounts volume \`${seed.volume}\`, which ${release} mounts at ${seed.target}: its data is out of the app's reach.`,
      where: { service: seed.service },
      evidence,
    };
  }
  return {
    code: 'seed-lost',
    sentence: `What was planted in volume \`${seed.volume}\` before the upgrade is ${lost[0] === undefined ? 'gone' : describe(lost[0])} after it.`,
    where: { service: seed.service },
    evidence,
  };
}

function volumeLine(stack: Stack, volume: string): { file: string; line: number } | undefined {
  for (const file of stack.recipe.compose) {
    const line = file.volumeLines[volume];
    if (line !== undefined) return { file: file.path, line };
  }
  return undefined;
}

function describe({ inVolume, throughApp }: SeedCheck): string {
  if (inVolume.state === 'changed') return `changed (${inVolume.what})`;
  if (inVolume.state === 'missing') return 'gone';
  return throughApp?.state === 'changed' ? `served differently (${throughApp.what})` : 'not served any more';
}

export function evidenceOf(checks: readonly SeedCheck[]): string[] {
  return checks.map(
    (seen) =>
      `${seen.seed.id} at ${seen.seed.target}/${seen.seed.path}: ${describe(seen)}; planted with SHA-256 ${seen.seed.digest}`,
  );
}
