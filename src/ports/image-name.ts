/** The parts of an image's name as recipes write it. */
export interface ImageName {
  /** As written, without tag and digest. */
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
  /** Of the registry, in lower case; Docker Hub's where the name has none. */
  readonly host: string;
  /** Below the registry: the short form where Docker Hub has one. */
  readonly path: string;
}

export const DOCKER_HUB = 'docker.io';

/** Takes an image's name apart by Docker's own rules. What is no name gives parts all the same. */
export function splitImage(image: string): ImageName {
  const [name = '', digest] = image.split('@');
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1);
  const repository = colon < 0 ? name : name.slice(0, colon);
  const tag = colon < 0 ? undefined : name.slice(colon + 1);
  return { repository, tag, digest, ...placeOf(repository) };
}

/** The first part is a host if it looks like one, or could be no part of a path. */
function placeOf(repository: string): Pick<ImageName, 'host' | 'path'> {
  const [first = '', ...rest] = repository.split('/');
  const isHost = rest.length > 0 && (first === 'localhost' || /[.:A-Z]/.test(first));
  const host = isHost ? first.toLowerCase() : DOCKER_HUB;
  const path = isHost ? rest.join('/') : repository;
  if (host !== DOCKER_HUB && host !== `index.${DOCKER_HUB}`) return { host, path };
  return { host: DOCKER_HUB, path: path.replace(/^library\//, '') };
}
