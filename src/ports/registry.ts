import { DOCKER_HUB, splitImage } from './image-name.ts';

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

export function loginFor(image: string, logins: readonly RegistryLogin[]): RegistryLogin | undefined {
  const { host } = splitImage(image);
  return logins.find((login) => login.host.toLowerCase() === host);
}

/** The name of a Docker Hub image at a mirror of it; undefined for images of other registries. */
export function throughMirror(image: string, mirror: string): string | undefined {
  const { host, path, repository } = splitImage(image);
  if (host !== DOCKER_HUB) return undefined;
  const at = path.includes('/') ? path : `library/${path}`;
  return `${mirror.replace(/\/+$/, '')}/${at}${image.slice(repository.length)}`;
}

/** An image's name without a digest, with a tag. */
export function taggedName(image: string): string {
  const { repository, tag = 'latest' } = splitImage(image);
  return `${repository}:${tag}`;
}
