import type { Finding } from '../recipe/finding.ts';
import type { Adjustment } from './adjust/adjustment.ts';
import { deploymentOf, type Stack, type StackService } from './stack.ts';

/**
 * The stack with every image named by its digest, so that a tag that moves in the middle of a run
 * changes nothing of it. `digests` has the images as the recipe names them; one that has none
 * stays as it is, with a finding.
 */
export function pinImages(stack: Stack, digests: ReadonlyMap<string, string>): Stack {
  const file = structuredClone(stack.file);
  const services = stack.services.map((service): StackService => {
    const digest = service.image.includes('@') ? undefined : digests.get(service.image);
    const entry = file.services[service.name];
    if (digest === undefined || entry === undefined) return service;
    entry.image = `${service.image}@${digest}`;
    return { ...service, digest };
  });
  const loose = services.filter(({ image, digest }) => digest === undefined && !image.includes('@'));
  return {
    ...stack,
    file,
    services,
    deployment: deploymentOf(stack, file),
    adjustments: [...stack.adjustments, ...services.flatMap(told)],
    findings: [...stack.findings, ...loose.map((service) => unpinned(stack, service))],
  };
}

function told({ name, image, digest }: StackService): Adjustment[] {
  if (digest === undefined) return [];
  return [
    {
      service: name,
      what: `image ${image} by its digest ${digest}`,
      reason: 'a tag may move in the middle of a run, which has to end with what it began with',
    },
  ];
}

function unpinned(stack: Stack, { name, image }: StackService): Finding {
  return {
    code: 'unpinned',
    severity: 'note',
    ...whereOf(stack, name),
    sentence: `The image ${image} of service \`${name}\` has no digest on this node, so that it is deployed by its tag.`,
    remedy:
      'Nothing has to be done where the image was built on this node; else see whether its registry answers.',
  };
}

/** The last of the files that speak of a service. */
function whereOf({ recipe }: Stack, service: string): Pick<Finding, 'file' | 'line'> {
  const file = recipe.compose.findLast(({ serviceLines }) => serviceLines[service] !== undefined);
  return { file: file?.path, line: file?.serviceLines[service] };
}
