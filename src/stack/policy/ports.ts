import { entryOf, itemsOf, type SourceNode, textOf } from '../../recipe/source.ts';
import type { PolicyFinding } from './finding.ts';
import { asked, type PolicyView, servicesOf } from './view.ts';

interface Port {
  readonly mode: string;
  /** A number, a range, or undefined where Docker is to choose. */
  readonly published: string | undefined;
  readonly target: string;
  readonly protocol: string;
  readonly line: number;
}

/** Requirement 30: an app is reached through the router; every port that it publishes itself is asked for. */
export function ports(view: PolicyView): readonly PolicyFinding[] {
  return servicesOf(view).flatMap(({ name, node }) =>
    itemsOf(entryOf(node, 'ports')?.value)
      .flatMap(portsIn)
      .map(({ mode, published, target, protocol, line }) =>
        asked(view, {
          ...{ requirement: 30, code: 'published-port', service: name, line },
          feature: `port:${mode}:${published ?? `any>${target}`}/${protocol}`,
          ...(published !== undefined && reserved(published) ? { approvable: false as const } : {}),
          sentence:
            mode === 'host'
              ? `Service ${name} takes port ${published ?? 'of the node’s choice'}/${protocol} of its node for itself.`
              : `Service ${name} publishes port ${published ?? 'of the swarm’s choice'}/${protocol} on every node of the swarm.`,
          remedy:
            'Let the router reach the app by its labels; where the protocol is not HTTP, an operator may allow the port.',
        }),
      ),
  );
}

/** Ports of the machine itself and of the swarm, and ranges that nobody needs. */
function reserved(published: string): boolean {
  const [from = Number.NaN, to = from] = published.split('-').map(Number);
  if (!(to - from <= MOST_IN_A_RANGE)) return true;
  return [22, 2375, 2376, 2377, 4789, 7946].some((port) => port >= from && port <= to);
}

const MOST_IN_A_RANGE = 100;

function portsIn(item: SourceNode): readonly Port[] {
  if (item.kind === 'map') return [long(item)];
  const text = textOf(item);
  return text === undefined ? [] : short(text, item.line);
}

function long(node: SourceNode): Port {
  const text = (key: string) => textOf(entryOf(node, key)?.value);
  const published = text('published');
  return {
    mode: text('mode') ?? 'ingress',
    published: published === '0' || published === '' ? undefined : published,
    target: text('target') ?? '',
    protocol: text('protocol') ?? 'tcp',
    line: node.line,
  };
}

/** `[[address:]published:]target[/protocol]`; small ranges one by one, as Docker reads them. */
function short(text: string, line: number): readonly Port[] {
  const [ends = '', protocol = 'tcp'] = text.split('/');
  const parts = ends.split(':');
  const target = parts.at(-1) ?? '';
  const published = parts.length > 1 ? parts.at(-2) : undefined;
  const one = { mode: 'ingress', protocol: protocol.toLowerCase(), line };
  if (published === undefined || published === '') return [{ ...one, published: undefined, target }];
  const [from = Number.NaN, to = from] = published.split('-').map(Number);
  if (!(to - from <= MOST_IN_A_RANGE)) return [{ ...one, published, target }];
  return Array.from({ length: Math.max(1, to - from + 1) }, (_, index) => ({
    ...{ ...one, published: String(from + index), target },
  }));
}
