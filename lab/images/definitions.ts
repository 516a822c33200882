import { join } from 'node:path';

/** An image of the lab: what it is built from and what it is called. */
export interface Definition {
  /** Tag on the local engine: `seatrial-lab/<repository>:<tag>`. */
  readonly repository: string;
  readonly tag: string;
  /** Directory with its Dockerfile. */
  readonly directory: string;
  /** Local reference of the image it is built on. */
  readonly base: string;
  /** Build argument RELEASE. */
  readonly release?: string;
  /** False for what only set-up itself uses. */
  readonly pushed: boolean;
}

export const BASE = 'seatrial-lab/base:bookworm';

/** The versions of nginx are the lab's own: the binary is the same, image and metadata differ. */
const NGINX_TAGS = { old: '1.22.0', new: '1.22.1', next: '1.23.0', broken: '1.23.0-rc1' } as const;
/** A tag that no repository of the lab has. */
export const MISSING_TAG = '1.99.0';

export const REGISTRY: Definition = image('registry', '2', { pushed: false });
export const TOOLS: Definition = image('tools', '2');
export const NGINX_OLD: Definition = nginx(NGINX_TAGS.old);
export const NGINX_NEW: Definition = nginx(NGINX_TAGS.new);
export const NGINX_NEXT: Definition = nginx(NGINX_TAGS.next);
export const NGINX_BROKEN: Definition = {
  ...nginx(NGINX_TAGS.broken),
  directory: join(import.meta.dirname, 'nginx-broken'),
  base: localReference(NGINX_NEXT),
};

export const POSTGRES: Definition = image('postgres', '15');
export const MARIADB: Definition = image('mariadb', '10.11');
export const REDIS: Definition = image('redis', '7.0');
/** Two real releases: the newer one moves the schema of the database. */
export const MINIFLUX_OLD: Definition = released('miniflux', '2.2.6');
export const MINIFLUX_NEW: Definition = released('miniflux', '2.3.4');
/** One binary each, as with nginx. */
export const POWERDNS_OLD: Definition = released('powerdns', '4.7.3');
export const POWERDNS_NEW: Definition = released('powerdns', '4.7.4');
export const WEBDIS_OLD: Definition = released('webdis', '0.1.9');
export const WEBDIS_NEW: Definition = released('webdis', '0.1.10');
export const MUMBLE_OLD: Definition = released('mumble', '1.3.4');
export const MUMBLE_NEW: Definition = released('mumble', '1.3.5');

/** What every lab has, in the order in which they can be built. */
export const DEFINITIONS: readonly Definition[] = [
  REGISTRY,
  NGINX_OLD,
  NGINX_NEW,
  NGINX_NEXT,
  NGINX_BROKEN,
  TOOLS,
];

export function localReference(definition: Definition): string {
  return `seatrial-lab/${definition.repository}:${definition.tag}`;
}

function nginx(release: string): Definition {
  return released('nginx', release);
}

function released(repository: string, release: string): Definition {
  return image(repository, release, { release });
}

function image(repository: string, tag: string, more: Partial<Definition> = {}): Definition {
  const directory = join(import.meta.dirname, repository);
  return { repository, tag, directory, base: BASE, pushed: true, ...more };
}
