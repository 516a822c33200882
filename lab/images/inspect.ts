import { z } from 'zod';
import { type Docker, tryDocker } from '../setup/docker.ts';
import { INPUTS_LABEL } from './inputs.ts';

export interface LocalImage {
  readonly id: string;
  /** Undefined for an image that is not the lab's. */
  readonly inputs: string | undefined;
}

const Inspected = z.object({
  Id: z.string(),
  RepoTags: z.array(z.string()).nullish(),
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }),
});

/** The images that the engine has among these references. */
export async function localImages(
  client: Docker,
  references: readonly string[],
): Promise<Map<string, LocalImage>> {
  // Fails when one is missing, and still prints those that are there.
  const answer = await tryDocker(client, ['image', 'inspect', '--format', '{{json .}}', ...references], {
    name: 'docker image inspect',
  });
  const found = new Map<string, LocalImage>();
  for (const line of answer.stdout.split('\n').filter((text) => text.startsWith('{'))) {
    const image = Inspected.parse(JSON.parse(line));
    const inputs = image.Config.Labels?.[INPUTS_LABEL];
    for (const tag of image.RepoTags ?? []) found.set(tag, { id: image.Id, inputs });
  }
  return found;
}
