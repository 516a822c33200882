import { request as plainRequest, type RequestOptions } from 'node:http';
import { request as secureRequest, type RequestOptions as TlsOptions } from 'node:https';
import { SeatrialError } from './errors.ts';

/** One GET to an address of our choice, under a host name of our choice. */
export interface BoundedRequest {
  readonly connect: { readonly host: string; readonly port: number };
  /** Value of the header `Host`. */
  readonly host: string;
  readonly path: string;
  /** Undefined asks without TLS. */
  readonly tls: RequestTls | undefined;
  /** Milliseconds. */
  readonly deadline: number;
  readonly maxBytes: number;
}

export interface RequestTls {
  readonly servername: string;
  /** PEM; what Node trusts by itself where it is undefined. */
  readonly ca: string | undefined;
  /** Takes whatever certificate there is. */
  readonly anyCertificate?: true;
}

export interface BoundedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/**
 * Asks once, follows nothing, and reads no more than it may. Throws an `environment` error
 * `unanswered` where somebody took the request and did not answer in time, and otherwise the
 * errors of Node as they are.
 */
export function requestOnce(asked: BoundedRequest, signal: AbortSignal): Promise<BoundedResponse> {
  return new Promise((resolve, reject) => {
    const late = AbortSignal.timeout(asked.deadline);
    let taken = false;
    const failed = (error: Error) => {
      reject(taken && late.aborted && !signal.aborted ? unanswered(asked) : error);
    };
    const options: RequestOptions = {
      ...asked.connect,
      path: asked.path,
      headers: { host: asked.host, 'user-agent': 'seatrial' },
      signal: AbortSignal.any([signal, late]),
      agent: false,
    };
    const started =
      asked.tls === undefined
        ? plainRequest(options)
        : secureRequest({ ...options, ...tlsOptions(asked.tls) });
    started.once('error', failed);
    started.once('socket', (socket) =>
      socket.once(asked.tls === undefined ? 'connect' : 'secureConnect', () => {
        taken = true;
      }),
    );
    started.once('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > asked.maxBytes)
          response.destroy(new Error(`the answer has more than ${asked.maxBytes} bytes`));
        else chunks.push(chunk);
      });
      response.once('error', failed);
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: Object.fromEntries(
            Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
          ),
          body: Buffer.concat(chunks),
        }),
      );
    });
    started.end();
  });
}

function unanswered({ host, path, deadline }: BoundedRequest): SeatrialError {
  return new SeatrialError({
    kind: 'environment',
    code: 'unanswered',
    sentence: `${host}${path} was not answered within ${deadline / 1000} s`,
    facts: { host, path, deadline },
  });
}

function tlsOptions({ servername, ca, anyCertificate }: RequestTls): TlsOptions {
  return { servername, ...(ca === undefined ? {} : { ca }), rejectUnauthorized: anyCertificate !== true };
}
