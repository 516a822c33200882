import { oneLine } from '../shared/text.ts';
import { imageCause, imageTrouble } from './image-trouble.ts';

/** Whose fault a cause is, before it is known whether the change or the release before it is on trial. */
export interface Told {
  readonly fault: 'recipe' | 'environment';
  readonly code: string;
  readonly sentence: string;
}

interface Reading {
  readonly code: string;
  readonly fault: Told['fault'];
  /** Whether it stays so however often Swarm tries. */
  readonly lasting: boolean;
  readonly pattern: RegExp;
  /** Gets the groups of the pattern. */
  readonly tell: (service: string, words: string, ...groups: (string | undefined)[]) => string;
}

/** What Swarm and its engines say of tasks that were never started (20.10 to 28); the first that fits counts. */
const READINGS: readonly Reading[] = [
  {
    ...{ code: 'B42', fault: 'recipe', lasting: true },
    pattern: /failed to expand templated.*\b(secret|config) target (\S+) not found/i,
    tell: (service, words, kind, target) =>
      `A template of service \`${service}\` names the ${kind} \`${target}\`, which the service does not mount: ${words}.`,
  },
  {
    ...{ code: 'template', fault: 'recipe', lasting: true },
    pattern: /failed to expand templated|error calling|template: expansion/i,
    tell: (service, words) => `A template of service \`${service}\` cannot be filled in: ${words}.`,
  },
  {
    ...{ code: 'no-addresses', fault: 'environment', lasting: false },
    pattern:
      /ip addresses may be exhausted|no available (IPv4 )?addresses|non-overlapping IPv4 address pool|address pools? .*(exhausted|full)|fully subnetted|pool overlaps|could not allocate what its networks/i,
    tell: (service, words) =>
      `The networks of this swarm have no address left for service \`${service}\`: ${words}.`,
  },
  {
    ...{ code: 'B73', fault: 'recipe', lasting: true },
    pattern: /bind source path does not exist/i,
    tell: (service, words) =>
      `Service \`${service}\` mounts a path of the host that the node does not have: ${words}.`,
  },
  {
    ...{ code: 'B46', fault: 'recipe', lasting: true },
    pattern:
      /error while mounting volume|failed to mount local volume|invalid mount (config|option)|mount .*(invalid argument|no such device)|invalid (tmpfs|size) option/i,
    tell: (service, words) =>
      `A volume of service \`${service}\` cannot be mounted with its options: ${words}.`,
  },
  {
    ...{ code: 'B82', fault: 'environment', lasting: false },
    pattern:
      /port is already allocated|address already in use|port '?\d+'? is already in use|host-mode port already in use/i,
    tell: (service, words) =>
      `Service \`${service}\` wants a fixed port of the node that somebody else holds: ${words}.`,
  },
  {
    ...{ code: 'reference-missing', fault: 'recipe', lasting: true },
    pattern: /(secret|config) (reference )?\S* ?not found|unable to get (secret|config) from/i,
    tell: (service, words) => `Service \`${service}\` uses a secret or config that is not there: ${words}.`,
  },
  {
    ...{ code: 'no-space', fault: 'environment', lasting: false },
    pattern: /no space left on device|disk quota exceeded/i,
    tell: (service, words) => `The node has no room to start service \`${service}\`: ${words}.`,
  },
  {
    ...{ code: 'no-resources', fault: 'environment', lasting: false },
    pattern: /insufficient resources|cannot allocate memory/i,
    tell: (service, words) => `The node has not enough memory or CPU for service \`${service}\`: ${words}.`,
  },
  {
    ...{ code: 'network-trouble', fault: 'environment', lasting: false },
    pattern:
      /network \S+ not found|attaching to network failed|could not find network|subnet sandbox join failed/i,
    tell: (service, words) => `Swarm could not join service \`${service}\` to its network: ${words}.`,
  },
  {
    ...{ code: 'B76', fault: 'recipe', lasting: true },
    pattern: /exec: "([^"]+)":? .*permission denied|exec "?([^": ]+)"?: permission denied/i,
    tell: (service, words, one, other) =>
      `The process of service \`${service}\` cannot be started, since ${one ?? other} is not executable: ${words}.`,
  },
  {
    ...{ code: 'no-program', fault: 'recipe', lasting: true },
    pattern: /executable file not found|exec: .*no such file or directory|no command specified/i,
    tell: (service, words) =>
      `The image of service \`${service}\` does not have the program to start: ${words}.`,
  },
];

const IMAGE =
  /no such image|manifest|pull access denied|repository does not exist|registry|\/v2\/|invalid reference|no matching|toomanyrequests|dial tcp|TLS handshake|i\/o timeout/i;
/** For whatever else will not go away by trying again. */
const LASTING = /invalid|permission denied|no such file or directory|not allowed|unsupported/i;

/** The sentence for what Swarm says of a task that was never started. */
export function rejection(service: string, image: string, words: string): Told {
  const said = oneLine(words);
  for (const { code, fault, pattern, tell } of READINGS) {
    const match = pattern.exec(said);
    if (match !== null) return { fault, code, sentence: tell(service, said, ...match.slice(1)) };
  }
  if (IMAGE.test(said)) {
    const trouble = imageTrouble(said);
    const { code, sentence } = imageCause(service, image, trouble);
    return { fault: trouble.fault, code, sentence };
  }
  return {
    fault: 'recipe',
    code: 'task-rejected',
    sentence: `Swarm cannot start service \`${service}\`: ${said}.`,
  };
}

/** Whether the same would be said however often Swarm tries. */
export function isPermanent(words: string): boolean {
  const said = oneLine(words);
  const reading = READINGS.find(({ pattern }) => pattern.test(said));
  if (reading !== undefined) return reading.lasting;
  return IMAGE.test(said) ? imageTrouble(said).fault === 'recipe' : LASTING.test(said);
}
