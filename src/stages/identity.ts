import { serviceAddress } from '../ports/router.ts';
import type { Stack, StackService } from '../stack/stack.ts';
import { check, fail, type StageContext } from './context.ts';

/**
 * Proves that what runs is this very commit: every service carries the pinned SHA, and every
 * running task is of the service's present specification with the image that was asked for.
 */
export async function runsTheCommit(context: StageContext, stack: Stack, title: string): Promise<void> {
  await check(context, 'runs-the-commit', title, async () => {
    const { services, tasks } = await context.deployer.observe(stack.place.stack, context.signal);
    for (const wanted of stack.services) {
      const where = { service: wanted.name };
      const service = services.find(({ name }) => name === serviceAddress(stack.place.stack, wanted.name));
      const sha = service?.labels['seatrial.sha'];
      if (service === undefined || sha !== stack.place.sha) {
        fail({
          code: 'not-moved',
          sentence: `Service \`${wanted.name}\` carries commit ${sha ?? 'none'}, not ${stack.place.sha}.`,
          where,
          evidence: [],
        });
      }
      const other = tasks.find(
        (task) => task.serviceId === service.id && task.state === 'running' && !runs(task.image, wanted),
      );
      if (other !== undefined) {
        fail({
          code: 'not-moved',
          sentence: `Service \`${wanted.name}\` still runs the image ${other.image}, not ${named(wanted)}.`,
          where,
          evidence: [],
        });
      }
    }
    return `${stack.place.sha.slice(0, 10)} on ${stack.services.length === 1 ? '1 service' : `${stack.services.length} services`}`;
  });
}

/** Where the image was pinned, nothing else will do; a tag may have been given its digest by whoever deployed it. */
function runs(image: string, wanted: StackService): boolean {
  return wanted.digest === undefined
    ? withoutDigest(image) === withoutDigest(wanted.image)
    : image === named(wanted);
}

function named({ image, digest }: StackService): string {
  return digest === undefined ? image : `${image}@${digest}`;
}

function withoutDigest(image: string): string {
  return image.replace(/@sha256:[0-9a-f]{64}$/, '');
}
