/** What a registry knows somebody by. */
export interface RegistryLogin {
  /** As images name it; `docker.io` is Docker Hub. */
  readonly host: string;
  readonly username: string;
  readonly password: string;
}

/** How images come to this machine. */
export interface RegistryAccess {
  readonly logins: readonly RegistryLogin[];
  /** Asked first for what is on Docker Hub: `host[:port][/path]`. */
  readonly mirror: string | undefined;
  /** Milliseconds for one image. */
  readonly pullDeadline: number;
  /** Bytes that images which we pulled may take. */
  readonly imageBudget: number;
}

export const DOCKER_HUB = 'docker.io';

/** The registry that an image is of: what stands before its first slash where that is a host. */
export function registryOf(image: string): string {
  return split(image).host;
}

export function loginFor(image: string, logins: readonly RegistryLogin[]): RegistryLogin | undefined {
  const host = registryOf(image);
  return logins.find((login) => login.host === host);
}

/** The name of a Docker Hub image at a mirror of it; undefined for images of other registries. */
export function throughMirror(image: string, mirror: string): string | undefined {
  const { host, path } = split(image);
  if (host !== DOCKER_HUB) return undefined;
  return `${mirror.replace(/\/+$/, '')}/${path.includes('/') ? path : `library/${path}`}`;
}

/** An image's name without a digest, with a tag. */
export function taggedName(image: string): string {
  const name = image.replace(/@.*$/, '');
  return name.lastIndexOf(':') > name.lastIndexOf('/') ? name : `${name}:latest`;
}

function split(image: string): { host: string; path: string } {
  const slash = image.indexOf('/');
  const first = slash < 0 ? '' : image.slice(0, slash);
  if (first === 'index.docker.io' || first === DOCKER_HUB)
    return { host: DOCKER_HUB, path: image.slice(slash + 1) };
  if (first === 'localhost' || /[.:]/.test(first)) return { host: first, path: image.slice(slash + 1) };
  return { host: DOCKER_HUB, path: image };
}
