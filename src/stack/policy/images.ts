import { splitImage } from '../../ports/image-name.ts';
import { entryOf, textOf } from '../../recipe/source.ts';
import type { PolicyFinding } from './finding.ts';
import { isLinkLocal } from './link-local.ts';
import { asked, type PolicyView, servicesOf } from './view.ts';

/** Requirement 36, as far as it hangs on where images come from; digests are resolved when a run begins. */
export function images(view: PolicyView): readonly PolicyFinding[] {
  const { imageHosts } = view.place;
  return servicesOf(view).flatMap(({ name, node }) => {
    const image = entryOf(node, 'image');
    const text = textOf(image?.value);
    if (image === undefined || text === undefined || text === '') return [];
    const { host } = splitImage(text);
    // No registry is there, but the metadata service of a cloud.
    const linkLocal = isLinkLocal(host) || host.startsWith('metadata.');
    if (!linkLocal && (imageHosts === undefined || imageHosts.includes(host))) return [];
    return [
      asked(view, {
        ...{
          requirement: 36,
          code: 'image-host',
          feature: `image-host:${host}`,
          service: name,
          line: image.line,
        },
        ...(linkLocal ? { approvable: false as const } : {}),
        sentence: `The image of service ${name} comes from \`${host}\`${linkLocal ? ', which is no registry' : ', which is not among the allowed hosts'}.`,
        remedy: linkLocal
          ? 'Name an image of a registry.'
          : `Use an image from ${imageHosts?.join(', ') ?? 'a registry'}.`,
      }),
    ];
  });
}
