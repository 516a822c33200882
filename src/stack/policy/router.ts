import { foreignHosts } from '../../recipe/router-reach.ts';
import { parseRule } from '../../recipe/router-rule.ts';
import { nodeAt, pairsOf, type SourcePair } from '../../recipe/source.ts';
import type { PolicyFinding } from './finding.ts';
import { asked, type PolicyPlace, type PolicyView, servicesOf } from './view.ts';

/** Traefik's own priorities are lengths of rules; more than this is meant to win over others. */
const HIGHEST_PRIORITY = 1000;

/**
 * Requirement 35: rules of the router take no requests but those for the app's own names.
 * An app without DOMAIN may have no HTTP route at all, and has none to take.
 */
export function router(view: PolicyView): readonly PolicyFinding[] {
  return servicesOf(view).flatMap(({ name, node }) => {
    // A router reads one of the two, and what the other says of its entrypoints is nothing to it.
    const blocks = [pairsOf(nodeAt(node, 'labels')), pairsOf(nodeAt(node, 'deploy', 'labels'))];
    return blocks.flatMap((labels) => {
      const bound = new Set(
        labels.map(({ key }) => key.toLowerCase()).filter((key) => key.endsWith(ENTRYPOINTS)),
      );
      return labels.flatMap((label) =>
        (tcp(label, labels) ?? judged(label, view.place, bound)).map(
          ({ feature, sentence, remedy, approvable }) =>
            asked(view, {
              ...{ requirement: 35, code: 'router-label', service: name, line: label.line },
              ...{ feature, remedy, sentence: `The label \`${label.key}\` of service ${name} ${sentence}.` },
              ...(approvable ? {} : { approvable: false as const }),
            }),
        ),
      );
    });
  });
}

const ENTRYPOINTS = '.entrypoints';

interface Judged {
  readonly feature: string;
  /** Goes on after the name of the label. */
  readonly sentence: string;
  readonly remedy: string;
  readonly approvable: boolean;
}

/** `bound` has the labels that say entrypoints. */
function judged(
  { key, value = '' }: SourcePair,
  { domain, stack }: PolicyPlace,
  bound: ReadonlySet<string>,
): readonly Judged[] {
  const label = key.toLowerCase();
  if (!label.startsWith('traefik.')) return [];
  const [, protocol, kind = '', owner = '', ...rest] = label.split('.');
  const setting = rest.join('.');
  if (/^traefik\.(http|tcp|udp)\.routers\./.test(label)) {
    if (setting === 'rule') return rule(value, domain);
    if (setting === 'priority' && !(Number(value) <= HIGHEST_PRIORITY)) return [priority(value)];
    if (protocol === 'udp' && setting === 'entrypoints') return [udp(value)];
    // Without entrypoints a router of packets takes those of all.
    if (protocol === 'udp' && !bound.has(`traefik.udp.routers.${owner}${ENTRYPOINTS}`)) return [udp('*')];
  }
  if (protocol === 'tls') return [tls(label)];
  if (/^traefik\.http\.middlewares\..*\.forwardauth\.address$/.test(label)) return forwardAuth(value);
  if (/^traefik\.http\.middlewares\..*\.plugin\./.test(label)) return [plugin(setting)];
  if (
    /^traefik\.(http|tcp)\.(serverstransports|services\..*\.loadbalancer\.servers?(\[\d+\])?\.(url|address))/.test(
      label,
    )
  )
    return [elsewhere(value)];
  if (kind === 'routers' && setting === 'service' && /@internal$/i.test(value)) return [internal(value)];
  if (kind === 'routers' && setting === 'service' && value.includes('@')) return [elsewhere(value)];
  if (setting.endsWith('.usersfile') || setting.endsWith('auth.tls.key')) return [fileOfRouter(value)];
  // A backend of the same name is one backend, whoever adds to it.
  if (kind === 'services' && owner !== '' && !owner.includes(stack.toLowerCase())) return [shared(owner)];
  return [];
}

const OWN_HOST = 'Write Host(`${DOMAIN}`) as the rule, or names below it.';

/** Where TLS and HTTP come in, by the names that Co-op Cloud and Traefik give those entrypoints. */
const SHARED_ENTRYPOINTS = new Set(['web', 'web-secure', 'websecure', 'http', 'https', 'traefik']);

/**
 * Without TLS a connection names no host, so that a rule of TCP can only be for every host. At an
 * entrypoint of its own, such as that for SSH, that is like a port; elsewhere it is everybody's.
 */
function tcp({ key, value = '' }: SourcePair, labels: readonly SourcePair[]): readonly Judged[] | undefined {
  const router = /^(traefik\.tcp\.routers\.[^.]+\.)rule$/i.exec(key)?.[1]?.toLowerCase();
  if (router === undefined || !/^\s*HostSNI\(\s*[`"]\*[`"]\s*\)\s*$/i.test(value)) return undefined;
  const named = labels.findLast((label) => label.key.toLowerCase() === `${router}entrypoints`)?.value ?? '';
  const entrypoints = named.split(',').map((one) => one.trim().toLowerCase());
  if (entrypoints.some((one) => one === '' || SHARED_ENTRYPOINTS.has(one))) return undefined;
  return [
    {
      feature: `route-tcp:${entrypoints.join(',')}`,
      sentence: `takes all that comes in at the entrypoint \`${entrypoints.join(', ')}\``,
      remedy: 'Where the protocol names no host, such as SSH, an operator may allow it.',
      approvable: true,
    },
  ];
}

function rule(text: string, domain: string): readonly Judged[] {
  const parsed = parseRule(text);
  if (!parsed.ok) return unread(text);
  return foreignHosts([parsed.rule], [domain]).map((host) => ({
    feature: `route:${host}`,
    sentence:
      host === '*'
        ? 'takes the requests for every host'
        : `takes requests for \`${host}\`, which is not the app’s own`,
    remedy: OWN_HOST,
    approvable: host !== '*',
  }));
}

/** The router may read what we do not, such as comments; what routes nothing for sure is a fault, and others speak of it. */
function unread(text: string): readonly Judged[] {
  const outside = text.replace(/`[^`]*`|"[^"]*"/g, '');
  if (text.trim() === '' || /[`"']/.test(outside)) return [];
  return [
    {
      feature: `route:?${text.slice(0, 100)}`,
      sentence: 'has a rule that cannot be told to stay with the app’s own hosts',
      remedy: OWN_HOST,
      approvable: true,
    },
  ];
}

function priority(value: string): Judged {
  return {
    feature: `route-priority:${value}`,
    sentence: `asks to win over every other rule with priority ${value}`,
    remedy: `Leave it out, or stay below ${HIGHEST_PRIORITY}.`,
    approvable: true,
  };
}

function udp(value: string): Judged {
  return {
    feature: `route-udp:${value}`,
    sentence: `takes all that comes in at the entrypoint \`${value}\``,
    remedy: 'Where the protocol needs it, an operator may allow it.',
    approvable: true,
  };
}

/** Undefined hosts are services of the stack: names without a dot. */
function forwardAuth(value: string): readonly Judged[] {
  const host = /^https?:\/\/(?:[^/?#]*@)?([^/:?#@]+)/i.exec(value)?.[1] ?? value;
  if (/^[\w-]*[a-z][\w-]*$/i.test(host) && host.toLowerCase() !== 'localhost') return [];
  return [
    {
      feature: `route-auth:${host}`,
      sentence: `sends every request with its cookies to \`${host}\``,
      remedy: 'Name a service of the stack.',
      approvable: true,
    },
  ];
}

function plugin(setting: string): Judged {
  return {
    feature: `route-plugin:${setting}`,
    sentence: 'asks the router to run a plug-in',
    remedy: 'Use a middleware that Traefik has.',
    approvable: true,
  };
}

function elsewhere(value: string): Judged {
  return {
    feature: `route-server:${value}`,
    sentence: `has the router ask \`${value}\` instead of the app`,
    remedy: 'Name the port of the service with `loadbalancer.server.port`.',
    approvable: true,
  };
}

function tls(label: string): Judged {
  return {
    feature: `route-tls:${label}`,
    sentence: 'sets which certificates everybody is shown',
    remedy: 'Leave it out; operators choose the certificates of their router.',
    approvable: true,
  };
}

function fileOfRouter(value: string): Judged {
  return {
    feature: `route-file:${value}`,
    sentence: `has the router read the file \`${value}\` of its own`,
    remedy: 'Leave it out.',
    approvable: true,
  };
}

function shared(owner: string): Judged {
  return {
    feature: `route-backend:${owner}`,
    sentence: `adds to the backend \`${owner}\`, which every app may be called that says so`,
    remedy: 'Begin the name with `${STACK_NAME}`.',
    approvable: true,
  };
}

function internal(value: string): Judged {
  return {
    feature: `route-service:${value}`,
    sentence: `shows the router’s own \`${value}\``,
    remedy: 'Leave it out.',
    approvable: false,
  };
}
