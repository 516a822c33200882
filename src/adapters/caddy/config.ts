import type { Route, RouteCondition, RouteStep } from '../../ports/router.ts';

/** Set by the router alone, so that its own answers are never taken for an app's. */
export const ORIGIN = 'seatrial-answer-from';
export const CHAIN_FILE = '/etc/seatrial/chain.pem';
export const KEY_FILE = '/etc/seatrial/key.pem';
export const HTTPS_PORT = 443;

type Json = Readonly<Record<string, unknown>>;

/** Caddy's own JSON for the routes of one run. Values get into it as values, never as syntax. */
export function caddyConfig(routes: readonly Route[]): string {
  const sorted = [...routes].sort((one, other) => other.priority - one.priority);
  const secure = {
    listen: [`:${HTTPS_PORT}`],
    // Only TCP is published.
    protocols: ['h1', 'h2'],
    tls_connection_policies: [{}],
    automatic_https: { disable: true },
    routes: [
      ...sorted.map(asRoute),
      { handle: [from('router'), { handler: 'static_response', status_code: 404 }] },
    ],
    errors: { routes: [PASSWORD_ASKED, TROUBLE] },
  };
  const plain = { listen: [':80'], automatic_https: { disable: true }, routes: [{ handle: [TO_HTTPS] }] };
  return JSON.stringify({
    admin: { disabled: true, config: { persist: false } },
    apps: {
      tls: { certificates: { load_files: [{ certificate: CHAIN_FILE, key: KEY_FILE }] } },
      http: { servers: { secure, plain } },
    },
  });
}

const TO_HTTPS: Json = {
  handler: 'static_response',
  status_code: 308,
  headers: { Location: ['https://{http.request.host}{http.request.uri}'] },
};
/** That an app wants a password is the app's own answer. */
const PASSWORD_ASKED: Json = {
  match: [{ vars: { '{http.error.status_code}': ['401'] } }],
  handle: [from('app'), { handler: 'static_response', status_code: 401 }],
};
const TROUBLE: Json = {
  handle: [
    from('router'),
    {
      handler: 'static_response',
      status_code: '{http.error.status_code}',
      body: '{http.error.status_code} {http.error.status_text}',
    },
  ],
};

/** Set when the answer leaves, over whatever an app says there. */
function from(who: 'app' | 'router'): Json {
  return { handler: 'headers', response: { deferred: true, set: { [ORIGIN]: [who] } } };
}

function asRoute(route: Route): Json {
  const handle = [from('app'), ...route.steps.flatMap(asHandlers), proxy(route)];
  return {
    match: [{ host: [route.host], ...conditions(route.conditions) }],
    handle: [
      { handler: 'subroute', routes: handle.map((one) => ('handle' in one ? one : { handle: [one] })) },
    ],
    terminal: true,
  };
}

/** A set of matchers has each kind once, so each condition stands in one of its own, denied twice where it has to hold. */
function conditions(all: readonly RouteCondition[]): Json {
  if (all.length === 0) return {};
  return { not: all.map((one) => (one.not ? matcher(one) : { not: [matcher(one)] })) };
}

function matcher(condition: RouteCondition): Json {
  const { values } = condition;
  switch (condition.kind) {
    case 'path':
      return { path_regexp: { pattern: `^(?:${values.map(quoted).join('|')})$` } };
    case 'path-prefix':
      return { path_regexp: { pattern: `^(?:${values.map(quoted).join('|')})` } };
    case 'path-pattern':
      return { path_regexp: { pattern: values.map((value) => `(?:${value})`).join('|') } };
    case 'method':
      return { method: values };
    case 'header':
      return { header: { [condition.name]: values } };
    case 'header-pattern':
      return { header_regexp: { [condition.name]: { pattern: values.join('|') } } };
    case 'query':
      return { query: { [condition.name]: values } };
  }
}

function asHandlers(step: RouteStep, index: number): Json[] {
  switch (step.kind) {
    case 'strip-prefix':
      return step.prefixes.map((prefix) => ({
        group: `strip-${index}`,
        match: [{ path_regexp: { pattern: `^${quoted(prefix)}` } }],
        handle: [
          setHeader('request', 'X-Forwarded-Prefix', prefix),
          { handler: 'rewrite', strip_path_prefix: prefix },
        ],
      }));
    case 'add-prefix':
      return [{ handler: 'rewrite', uri: `${step.prefix}{http.request.uri}` }];
    case 'redirect':
      return redirect(step);
    case 'request-header':
      return [setHeader('request', step.name, step.value)];
    case 'response-header':
      return [setHeader('response', step.name, step.value)];
    case 'password':
      return [
        {
          handler: 'authentication',
          providers: {
            http_basic: {
              accounts: step.users.map(({ name, hash }) => ({
                username: name,
                password: Buffer.from(hash).toString('base64'),
              })),
            },
          },
        },
      ];
  }
}

function redirect({ pattern, target, permanent }: Extract<RouteStep, { kind: 'redirect' }>): Json[] {
  return [
    { handler: 'vars', address: 'https://{http.request.host}{http.request.uri}' },
    {
      match: [{ vars_regexp: { address: { name: 'address', pattern } } }],
      handle: [
        {
          handler: 'static_response',
          status_code: permanent ? 308 : 307,
          headers: { Location: [target.replaceAll(/\$(\d)/g, '{http.regexp.address.$1}')] },
        },
      ],
    },
  ];
}

function setHeader(where: 'request' | 'response', name: string, value: string): Json {
  const change = value === '' ? { delete: [name] } : { set: { [name]: [value] } };
  return { handler: 'headers', [where]: where === 'response' ? { deferred: true, ...change } : change };
}

function proxy({ service, port, scheme }: Route): Json {
  const tls = scheme === 'https' ? { tls: { insecure_skip_verify: true } } : {};
  return {
    handler: 'reverse_proxy',
    upstreams: [{ dial: `${service}:${port}` }],
    transport: { protocol: 'http', ...tls },
    headers: {
      request: {
        set: {
          'X-Forwarded-Port': [String(HTTPS_PORT)],
          'X-Real-Ip': ['{http.request.remote.host}'],
        },
      },
    },
  };
}

function quoted(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
