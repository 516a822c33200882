import { resolve } from 'node:path';
import { z } from 'zod';

export const RouterSchema = z
  .strictObject({
    kind: z.enum(['caddy', 'traefik', 'direct']).default('caddy'),
    /** Of caddy: any image with that program. */
    image: z.string().optional(),
    /** Of traefik: the swarm network on which it finds the apps. */
    network: z
      .string()
      .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, 'the name of a network')
      .default('proxy'),
    /** Of traefik: where its https is reached from here. */
    address: z
      .string()
      .regex(/^[^\s:/]+:\d{1,5}$/, 'host:port')
      .default('127.0.0.1:443'),
    /** Of traefik: PEM of what signed its certificate, where not everybody trusts that. */
    ca_file: z.string().optional(),
  })
  .prefault({});

/** How the apps of runs are reached. */
export type RouterSettings =
  | { readonly kind: 'caddy' }
  | { readonly kind: 'direct' }
  | {
      readonly kind: 'traefik';
      readonly network: string;
      readonly address: { readonly host: string; readonly port: number };
      /** Absolute path. */
      readonly caFile: string | undefined;
    };

/** Paths are meant from the directory of the configuration file. */
export function routerSettings(read: z.infer<typeof RouterSchema>, directory: string): RouterSettings {
  const { kind, network, address, ca_file } = read;
  if (kind !== 'traefik') return { kind };
  const [host = '', port] = address.split(':');
  return {
    ...{ kind, network, address: { host, port: Number(port) } },
    caFile: ca_file === undefined ? undefined : resolve(directory, ca_file),
  };
}
