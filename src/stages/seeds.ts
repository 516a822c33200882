import { compareBody, type FileSeed, fileSeed, plant, readBack, type SeedPlace } from '../integrity/seed.ts';
import type { SeedMoment, SeedReading } from '../journal/seed-row.ts';
import { serviceAddress } from '../ports/router.ts';
import { SeatrialError } from '../shared/errors.ts';
import type { Stack } from '../stack/stack.ts';
import { appAnswer } from './answer.ts';
import type { StageContext } from './context.ts';

/** What the verifier saw of one seed, at its place and, where the app serves it, through the app. */
export interface SeedCheck {
  readonly seed: FileSeed;
  readonly inVolume: SeedReading;
  readonly throughApp: SeedReading | undefined;
}

/** One seed for every volume that some service of the stack can write to. */
export function seedsFor(context: StageContext, stack: Stack, purpose: string): FileSeed[] {
  const mtime = Math.floor(context.clock.now() / 1000);
  return placesOf(stack).map((place) => fileSeed(context.key, place, purpose, mtime));
}

export async function plantAll(
  context: StageContext,
  stack: Stack,
  seeds: readonly FileSeed[],
): Promise<void> {
  for (const seed of seeds) {
    await plant(context.engine, await containerOf(context, stack, seed.service), seed, context.signal);
  }
}

/** Reads every seed and records it in the table; the same verifier at every moment. */
export async function verifyAll(
  context: StageContext,
  stack: Stack,
  seeds: readonly FileSeed[],
  moment: SeedMoment,
): Promise<SeedCheck[]> {
  const demanded = moment === 'after the wipe' ? 'missing' : 'intact';
  const checks: SeedCheck[] = [];
  for (const seed of seeds) {
    const container = await containerOf(context, stack, seed.service);
    const inVolume = await readBack(context.engine, container, seed, context.signal);
    const throughApp = await served(context, stack, seed);
    checks.push({ seed, inVolume, throughApp });
    const row = (place: string, reading: SeedReading) =>
      context.emit({
        type: 'seed',
        row: { seed: seed.id, place, moment, reading, asDemanded: reading.state === demanded },
      });
    row(`volume ${seed.volume}`, inVolume);
    if (throughApp !== undefined) row('through the app', throughApp);
  }
  return checks;
}

export function intact(check: SeedCheck): boolean {
  return check.inVolume.state === 'intact' && (check.throughApp?.state ?? 'intact') === 'intact';
}

function placesOf(stack: Stack): SeedPlace[] {
  return Object.keys(stack.volumes).flatMap((volume) => {
    for (const service of stack.services) {
      const mount = service.mounts.find((candidate) => candidate.volume === volume && candidate.writable);
      if (mount !== undefined) return [{ volume, service: service.name, target: mount.target }];
    }
    return [];
  });
}

/** Asks the app for the seed where the suite says that it serves this volume. */
async function served(context: StageContext, stack: Stack, seed: FileSeed): Promise<SeedReading | undefined> {
  const declared = context.suite.served.find((entry) => entry.volume === seed.volume);
  const route = stack.routes[0];
  if (declared === undefined || route === undefined) return undefined;
  const answer = await appAnswer(context, route.host, `${declared.url}${seed.path}`, route.service);
  if (answer.status === 404) return { state: 'missing' };
  return answer.status === 200
    ? compareBody(seed, answer.body)
    : { state: 'changed', what: `status ${answer.status}` };
}

/** The running container of a service; there is one as long as the service is converged. */
export async function containerOf(context: StageContext, stack: Stack, service: string): Promise<string> {
  const id = await findContainer(context, stack, service);
  if (id !== undefined) return id;
  throw new SeatrialError({
    kind: 'environment',
    code: 'no-container',
    sentence: `Service \`${service}\` has no running container on this node.`,
    facts: { service: serviceAddress(stack.place.stack, service) },
  });
}

/** A running container of a service, if there is one just now. */
export async function findContainer(
  context: StageContext,
  stack: Stack,
  service: string,
): Promise<string | undefined> {
  const name = serviceAddress(stack.place.stack, service);
  const containers = await context.engine.containers(
    { 'com.docker.swarm.service.name': name },
    context.signal,
  );
  return containers.find((container) => container.running)?.id;
}
