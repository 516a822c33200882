import type { Finding } from '../../recipe/finding.ts';
import type { Refusal } from '../../stack/policy/refusal.ts';
import { closing, opening, type Story, story } from './stories.ts';

/** A run that ends before anything is deployed; without refusals by a file that attacks its reader. */
export function refused(refusals: readonly Refusal[]): Story {
  const [first] = refusals;
  const cause =
    first === undefined
      ? {
          code: 'yaml-too-deep',
          sentence: 'compose.yml nests its values without end.',
          where: { file: 'compose.yml', line: 1 },
          evidence: ['x-a: &a [*a]'],
        }
      : {
          code: first.code,
          sentence: `${first.sentence} This pull request adds it. ${refusals.length - 1} more refusals: see the evidence.`,
          where: { file: 'compose.yml', line: first.line ?? 1 },
          evidence: refusals.map(({ sentence }) => sentence),
        };
  return story([
    ...opening().filter(({ type }) => type !== 'adjusted'),
    { type: 'findings', findings: refusals.map(asFinding) },
    { type: 'refused', cause, refusals },
    ...closing(),
  ]);
}

/** What the policy of a real check says: three new things, one of which nobody can allow, and one that was there. */
export function refusals(): readonly Refusal[] {
  return [
    refusal({
      ...{ code: 'docker-socket', line: 12, requirement: 28, approvable: false },
      feature: 'docker-socket:/var/run/docker.sock',
      sentence:
        'Service `app` mounts `/var/run/docker.sock` of the host, through which Docker’s own socket can be reached.',
      remedy: 'Who has Docker’s socket is root on every node; a recipe that needs it cannot be tried here.',
    }),
    refusal({
      ...{ code: 'published-port', line: 18, requirement: 30, feature: 'port:host:9000/udp' },
      sentence: 'Service `app` takes port 9000/udp of its node for itself.',
      remedy:
        'Let the router reach the app by its labels; where the protocol is not HTTP, an operator may allow the port.',
    }),
    refusal({
      ...{ code: 'bind-mount', line: 13, requirement: 27, feature: 'bind-mount:/srv/media:ro' },
      sentence: 'Service `app` mounts `/srv/media` of the host to read it.',
      remedy: 'Use a named volume, or a config for a single file.',
    }),
    refusal({
      ...{ code: 'external-object', line: 52, requirement: 31, feature: 'external-network:sso' },
      ...{ service: undefined, added: false },
      sentence: 'Network `sso` belongs to somebody else on the swarm.',
      remedy: 'Use a network of the stack’s own.',
    }),
  ];
}

function refusal(
  more: Partial<Refusal> & Pick<Refusal, 'code' | 'feature' | 'sentence' | 'remedy' | 'requirement'>,
): Refusal {
  return { file: 'compose.yml', line: 1, service: 'app', approvable: true, added: true, ...more };
}

function asFinding({ code, file, line, sentence, remedy }: Refusal): Finding {
  return { code, severity: 'refusal', file, line, sentence, remedy };
}
