import type { RouteStep } from '../ports/router.ts';

/** What a middleware does with requests. */
export interface Middleware {
  readonly steps: readonly RouteStep[];
  /** Options of it that no router of ours carries out. */
  readonly notCarriedOut: readonly string[];
}

type Options = ReadonlyMap<string, string>;

/** Reads the labels of one middleware, given without what names it. */
export function middlewareOf(options: Options): Middleware {
  const steps: RouteStep[] = [];
  const notCarriedOut: string[] = [];
  for (const [kind, own] of byKind(options)) {
    const found = stepsOf(kind, own);
    steps.push(...found.steps);
    notCarriedOut.push(...found.notCarriedOut);
  }
  return { steps, notCarriedOut };
}

function byKind(options: Options): Map<string, Options> {
  const kinds = new Map<string, Map<string, string>>();
  for (const [key, value] of options) {
    const [kind = '', ...rest] = key.split('.');
    const own = kinds.get(kind) ?? new Map<string, string>();
    kinds.set(kind, own.set(rest.join('.'), value));
  }
  return kinds;
}

function stepsOf(kind: string, own: Options): Middleware {
  switch (kind) {
    case 'stripprefix':
      return known([{ kind: 'strip-prefix', prefixes: list(own.get('prefixes')) }]);
    case 'addprefix':
      return known([{ kind: 'add-prefix', prefix: own.get('prefix') ?? '' }]);
    case 'headers':
      return headers(own);
    case 'redirectregex':
      return redirect(own);
    // Every address is one of https already.
    case 'redirectscheme':
      return own.get('scheme') === 'https'
        ? known([])
        : unknown('redirectscheme to another scheme than https');
    case 'basicauth':
      return passwords(own);
    default:
      return unknown(kind);
  }
}

function headers(own: Options): Middleware {
  const steps: RouteStep[] = [];
  const notCarriedOut: string[] = [];
  for (const [key, value] of own) {
    const [group = '', ...rest] = key.split('.');
    const name = rest.join('.');
    const kind = { customrequestheaders: 'request-header', customresponseheaders: 'response-header' }[group];
    if ((kind === 'request-header' || kind === 'response-header') && /^[\w-]+$/.test(name) && isPlain(value))
      steps.push({ kind, name, value });
    else notCarriedOut.push(`headers.${key}`);
  }
  return { steps, notCarriedOut };
}

/** Only a pattern of the whole address leads where its target says and nowhere else. */
function redirect(own: Options): Middleware {
  const pattern = own.get('regex') ?? '';
  const target = (own.get('replacement') ?? '').replaceAll(/\$\{(\d)\}/g, '$$$1');
  const whole = pattern.startsWith('^') && /(\$|\(\.[*+]\))$/.test(pattern);
  if (!whole || !isPlain(target)) return unknown('redirectregex');
  return known([{ kind: 'redirect', pattern, target, permanent: own.get('permanent') === 'true' }]);
}

function passwords(own: Options): Middleware {
  const users = list(own.get('users')).map((user) => {
    const colon = user.indexOf(':');
    return { name: user.slice(0, colon), hash: user.slice(colon + 1) };
  });
  const bcrypt = users.length > 0 && users.every(({ hash }) => /^\$2[aby]\$/.test(hash));
  return bcrypt ? known([{ kind: 'password', users }]) : unknown('basicauth');
}

/** Braces would be placeholders to the router, which could read more than the recipe should. */
function isPlain(value: string): boolean {
  return !/[{}]/.test(value);
}

function known(steps: readonly RouteStep[]): Middleware {
  return { steps, notCarriedOut: [] };
}

function unknown(what: string): Middleware {
  return { steps: [], notCarriedOut: [what] };
}

function list(value: string | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}
