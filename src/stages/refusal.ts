import { oneLine } from '../shared/text.ts';
import type { Told } from './rejection.ts';

interface Reading {
  readonly code: string;
  readonly fault: Told['fault'];
  readonly pattern: RegExp;
  /** Gets the groups of the pattern; the words are added. */
  readonly tell: (...groups: (string | undefined)[]) => string;
}

/** What `docker stack deploy` and the swarm behind it say against a stack; the first that fits counts. */
const READINGS: readonly Reading[] = [
  {
    ...{ code: 'B25', fault: 'recipe' },
    pattern: /only updates to Labels are allowed/i,
    tell: () =>
      "A config's content changed while its name stayed the same, and Swarm allows only its labels to change",
  },
  {
    ...{ code: 'B82', fault: 'environment' },
    pattern: /port '?(\d+)'? is already in use by service '?([^' ]+)/i,
    tell: (port, service) =>
      `Port ${port} of the swarm is taken by service \`${service}\`, and two cannot have it`,
  },
  {
    ...{ code: 'secret-missing', fault: 'recipe' },
    pattern: /service (\S+): (?:undefined secret "([^"]+)"|secret not found: (\S+))/i,
    tell: (service, one, other) =>
      `Service \`${service}\` uses the secret \`${one ?? other}\`, which there is not`,
  },
  {
    ...{ code: 'config-missing', fault: 'recipe' },
    pattern: /service (\S+): (?:undefined config "([^"]+)"|config not found: (\S+))/i,
    tell: (service, one, other) =>
      `Service \`${service}\` uses the config \`${one ?? other}\`, which there is not`,
  },
  {
    ...{ code: 'network-missing', fault: 'recipe' },
    pattern: /network "([^"]+)" is declared as external, but could not be found/i,
    tell: (network) =>
      `The recipe wants a network \`${network}\` of somebody else's, which this swarm does not have`,
  },
  {
    ...{ code: 'volume-missing', fault: 'recipe' },
    pattern: /undefined volume "([^"]+)"/i,
    tell: (volume) => `A service mounts the volume \`${volume}\`, which the recipe does not declare`,
  },
  {
    ...{ code: 'bad-name', fault: 'recipe' },
    pattern: /(config|secret) (\S+): .*(?:invalid name|only 64 )/i,
    tell: (kind, name) =>
      `The ${kind}'s name ${name} is none that Swarm takes (${name?.length ?? 0} characters)`,
  },
  {
    ...{ code: 'bad-name', fault: 'recipe' },
    pattern: /(service) (\S+): .*name must be (?:63 characters|valid)/i,
    tell: (_, name) =>
      `The service's name ${name} is none that Swarm takes (${name?.length ?? 0} characters)`,
  },
  {
    ...{ code: 'image-reference', fault: 'recipe' },
    pattern: /invalid image reference for service (\S+):/i,
    tell: (service) => `The image of service \`${service}\` has a name that no registry can have`,
  },
  {
    ...{ code: 'mode-changed', fault: 'recipe' },
    pattern: /update service (\S+): .*service mode change is not allowed/i,
    tell: (service) =>
      `Service ${service} changes its mode, which Swarm allows only where it is taken away and made anew`,
  },
  // The next two are abra's: with every variable filled in the files have been read before.
  {
    ...{ code: 'B37', fault: 'recipe' },
    pattern: /(services\.\S+) (?:must be an? (?:integer|number|boolean)|does not match format)/i,
    tell: (field) =>
      `\`${field}\` takes its value from a variable, and abra also reads the files with variables left as they are`,
  },
  {
    ...{ code: 'B34', fault: 'recipe' },
    pattern: /secret not inserted \(#generate=false\): (\S+)/i,
    tell: (name) => `The secret ${name} has to be inserted by hand, and was not`,
  },
  {
    ...{ code: 'no-addresses', fault: 'environment' },
    pattern: /non-overlapping IPv4 address pool|pool overlaps|fully subnetted|address pools? .*exhausted/i,
    tell: () => 'The networks of this swarm have no addresses left for the stack',
  },
  {
    ...{ code: 'swarm-unavailable', fault: 'environment' },
    pattern:
      /does not have a leader|code = (Unavailable|DeadlineExceeded|Aborted)|update out of sequence|context deadline exceeded|not a swarm manager|connection refused/i,
    tell: () => 'The swarm could not take the stack',
  },
];

/** The sentence for a stack that Docker refused. */
export function refusal(words: string): Told {
  const said = oneLine(words).replace(/\.$/, '');
  for (const { code, fault, pattern, tell } of READINGS) {
    const match = pattern.exec(said);
    if (match !== null) return { fault, code, sentence: `${tell(...match.slice(1))}: ${said}.` };
  }
  return { fault: 'recipe', code: 'deploy-refused', sentence: `Docker refused the stack: ${said}.` };
}
