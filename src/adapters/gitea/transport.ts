import { type Api, giteaApi, type HttpResponse, type RequestParams } from 'gitea-js';
import type { z } from 'zod';
import { SeatrialError } from '../../shared/errors.ts';
import { createRedactor } from '../../shared/redact.ts';
import { boundedFetch } from './bounded-fetch.ts';
import { type Asked, noAnswer, nonsense, refusal } from './failures.ts';

/** Bytes: a page of comments is far below it, even where each is of the largest size. */
const LARGEST_ANSWER = 64 * 1024 * 1024;

export interface TransportOptions {
  readonly name: string;
  /** Base address of the instance, with or without a sub-path or a slash at the end. */
  readonly url: string;
  readonly token: string;
  readonly fetch: typeof globalThis.fetch;
  /** Milliseconds for each call, until the whole answer has been read. */
  readonly deadline: number;
}

export interface Request<T extends z.ZodType> {
  /** For the sentence of an error. */
  readonly doing: string;
  /** Statuses that mean success; any other 2xx is nonsense. */
  readonly accept: readonly number[];
  readonly schema: T;
  readonly send: (api: Api<unknown>, params: RequestParams) => Promise<HttpResponse<unknown>>;
}

export interface Reply<T> {
  readonly status: number;
  /** Undefined where the body was empty. */
  readonly value: T | undefined;
  /** From X-Total-Count. */
  readonly total: number | undefined;
  /** From the Date header, milliseconds since the epoch. */
  readonly date: number | undefined;
}

export interface Transport {
  asked(doing: string): Asked;
  /**
   * One request, sent once: nothing is repeated and no redirect followed, for a POST that
   * follows a 301 becomes a GET. Throws the errors of the port, or the signal's reason.
   */
  call<T extends z.ZodType>(request: Request<T>, signal: AbortSignal): Promise<Reply<z.infer<T>>>;
}

/** Throws `input` errors for an address or a token that can not be one; neither is quoted. */
export function createTransport(options: TransportOptions): Transport {
  const redactor = createRedactor();
  redactor.register(options.token);
  const api = giteaApi(checkedAddress(options), {
    token: checkedToken(options),
    customFetch: boundedFetch(options.fetch, LARGEST_ANSWER),
  });
  const asked = (doing: string): Asked => ({ forge: options.name, doing, redact: redactor.redact });
  return {
    asked,
    async call(request, signal) {
      const about = asked(request.doing);
      const timeout = AbortSignal.timeout(options.deadline);
      const params = {
        redirect: 'manual',
        format: 'text',
        signal: AbortSignal.any([signal, timeout]),
      } as const;
      const response = await request.send(api, params).catch((thrown: unknown) => {
        signal.throwIfAborted();
        throw failureOf(about, thrown, timeout.aborted, options.deadline);
      });
      if (!request.accept.includes(response.status)) {
        throw nonsense(about, `the server answered ${response.status}, which fits nothing`, response.status);
      }
      const json = readJson(about, response);
      return {
        status: response.status,
        value: json === undefined ? undefined : checked(about, request.schema, json, response.status),
        total: countOf(response.headers.get('x-total-count')),
        date: dateOf(response.headers.get('date')),
      };
    },
  };
}

/** The value of an answer that must have one. */
export function required<T>(asked: Asked, reply: Reply<T>): T {
  if (reply.value !== undefined) return reply.value;
  throw nonsense(asked, 'the answer is empty', reply.status);
}

/** gitea-js throws the Response itself; anything else comes from fetch. */
function failureOf(asked: Asked, thrown: unknown, late: boolean, deadline: number): SeatrialError {
  if (thrown instanceof Response) {
    const { error } = thrown as Partial<HttpResponse<unknown>>;
    return refusal(asked, thrown, typeof error === 'string' ? error : '');
  }
  if (late) return noAnswer(asked, `no answer within ${deadline / 1000} s`, thrown);
  if (thrown instanceof RangeError) return nonsense(asked, thrown.message, 200);
  const deeper = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  return noAnswer(asked, deeper instanceof Error ? deeper.message : String(deeper), thrown);
}

/** A page of HTML with status 200 is what proxies and login pages send. */
function readJson(asked: Asked, response: HttpResponse<unknown>): unknown {
  const text = typeof response.data === 'string' ? response.data : '';
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text, keepLargeIntegers);
  } catch {
    const type = response.headers.get('content-type') ?? 'no type';
    throw nonsense(asked, `the answer is no JSON (${asked.redact(type)})`, response.status);
  }
}

/** Integers beyond 2^53 stay what they are, as text. */
function keepLargeIntegers(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const large = typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
  return large && context?.source !== undefined ? context.source : value;
}

function checked<T extends z.ZodType>(asked: Asked, schema: T, json: unknown, status: number): z.infer<T> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') || 'the answer';
  throw nonsense(asked, `the answer is not what was asked for: ${where}: ${issue?.message}`, status);
}

function countOf(header: string | null): number | undefined {
  return header !== null && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
}

function dateOf(header: string | null): number | undefined {
  const time = header === null ? Number.NaN : Date.parse(header);
  return Number.isNaN(time) ? undefined : time;
}

/** Without a slash at the end: gitea-js only appends to it. */
function checkedAddress({ name, url }: TransportOptions): string {
  const parsed = URL.parse(url);
  const plain =
    parsed?.username === '' && parsed.password === '' && parsed.search === '' && parsed.hash === '';
  if (parsed !== null && plain && (parsed.protocol === 'https:' || parsed.protocol === 'http:')) {
    return parsed.href.replace(/\/+$/, '');
  }
  throw new SeatrialError({
    kind: 'input',
    code: 'forge-address',
    sentence: `${name}: the address of the forge is no plain http(s) address`,
    remedy: 'Write it like https://git.example.org, without user, query or fragment.',
    facts: { forge: name },
  });
}

/** A token with a newline would be quoted in the error that fetch throws for it. */
function checkedToken({ name, token }: TransportOptions): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new SeatrialError({
    kind: 'input',
    code: 'forge-token',
    sentence: `${name}: the token of the forge is empty or has characters that no token has`,
    remedy: 'Check the variable that token_env names, for a newline at its end for example.',
    facts: { forge: name },
  });
}
