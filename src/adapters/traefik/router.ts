import { createHash, X509Certificate } from 'node:crypto';
import {
  type Answer,
  answerTooLate,
  type Router,
  routerUnreachable,
  type Trust,
} from '../../ports/router.ts';
import { type BoundedResponse, requestOnce } from '../../shared/bounded-request.ts';
import { asSeatrialError } from '../../shared/errors.ts';

export interface TraefikRouterOptions {
  /** The swarm network on which it finds the apps. */
  readonly network: string;
  /** Where its entrypoint for https is reached from here. */
  readonly address: { readonly host: string; readonly port: number };
  /** PEM of what signed its certificate; undefined where everybody trusts it. */
  readonly ca: string | undefined;
}

/**
 * The operator's own Traefik: it reads the labels of the apps itself, has a certificate for
 * every name below the base domain, and nothing is created for a run.
 */
export function createTraefikRouter({ network, address, ca }: TraefikRouterOptions): Router {
  const trust = ca === undefined ? undefined : trustIn(ca);
  return {
    network,
    async prepare() {
      return {
        trust: undefined,
        containers: [],
        async open() {
          let closed = false;
          return {
            address: async (host) => ({
              ...{ url: `https://${host}`, reach: 'everywhere', connect: address, trust },
            }),
            async ask(ask, signal) {
              if (closed) throw routerUnreachable('the run is over');
              try {
                const tls = { servername: ask.host, ca };
                return withOrigin(await requestOnce({ ...ask, connect: address, tls }, signal));
              } catch (error) {
                signal.throwIfAborted();
                const late = answerTooLate(error);
                if (late !== undefined) return late;
                throw routerUnreachable(asSeatrialError(error).message);
              }
            },
            async close() {
              closed = true;
            },
          };
        },
      };
    },
  };
}

function trustIn(ca: string): Trust {
  const key = new X509Certificate(ca).publicKey.export({ type: 'spki', format: 'der' });
  return { ca, spki: createHash('sha256').update(key).digest('base64') };
}

/** What Traefik itself says where it has no route, no server or no answer. */
const OWN_WORDS: Readonly<Record<number, readonly string[]>> = {
  404: ['404 page not found'],
  502: ['Bad Gateway'],
  503: ['no available server', 'Service Unavailable'],
  504: ['Gateway Timeout'],
};

function withOrigin(response: BoundedResponse): Answer {
  const words = OWN_WORDS[response.status] ?? [];
  const said = words.length === 0 ? '' : new TextDecoder().decode(response.body.subarray(0, 100)).trim();
  return { ...response, from: words.includes(said) ? 'router' : 'app' };
}
