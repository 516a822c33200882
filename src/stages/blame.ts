import type { Cause } from '../journal/check.ts';
import { oneLine } from '../shared/text.ts';
import type { NotConverged } from './converge.ts';
import { type Hopeless, type TaskEnd, times } from './convergence.ts';

/** The one sentence for a stack that did not converge, with the container's own words where there are any. */
export function causeOf(why: NotConverged): Cause {
  switch (why.kind) {
    case 'rejected':
      return rejected(why);
    case 'unplaceable':
      return {
        code: 'no-suitable-node',
        sentence: `Service \`${why.service}\` fits on no node: ${oneLine(why.words)}.`,
        where: { service: why.service },
        evidence: [why.words],
      };
    case 'ends':
      return ends(
        why.service,
        why.end,
        why.why === 'three times the same'
          ? `${times(why.times)} in a row`
          : `${times(why.times)}, ${why.why}`,
      );
    case 'update-stopped':
      return why.end === undefined
        ? stopped(why)
        : ends(why.service, why.end, `and Swarm stopped the update: ${why.state}`);
    case 'late':
      return late(why);
  }
}

function rejected(why: Extract<Hopeless, { kind: 'rejected' }>): Cause {
  const words = oneLine(why.words);
  const where = { service: why.service };
  if (/no such image|manifest|pull access denied|repository does not exist/i.test(words)) {
    return {
      code: 'B48',
      sentence: `The image ${tagOf(why.image)} of service \`${why.service}\` cannot be pulled: ${words}.`,
      where,
      evidence: [why.words],
    };
  }
  if (/bind source path does not exist/i.test(words)) {
    return {
      code: 'B73',
      sentence: `Service \`${why.service}\` mounts a path of the host that the node does not have: ${words}.`,
      where,
      evidence: [why.words],
    };
  }
  return {
    code: 'task-rejected',
    sentence: `Swarm cannot start service \`${why.service}\`: ${words}.`,
    where,
    evidence: [why.words],
  };
}

function ends(service: string, end: TaskEnd, how: string): Cause {
  const where = { service };
  const said = lastTelling(end.lastLines);
  if (end.outOfMemory) {
    return {
      code: 'out-of-memory',
      sentence: `The process of service \`${service}\` was killed for lack of memory, ${how}.`,
      where,
      evidence: end.lastLines,
    };
  }
  if (end.probe !== undefined) {
    const probe = end.probe === '' ? 'it said nothing' : `it said “${end.probe}”`;
    return {
      code: 'never-healthy',
      sentence: `The health check of service \`${service}\` failed until Docker killed the container, ${how}; ${probe}.`,
      where,
      evidence: end.lastLines,
    };
  }
  const words = said === undefined ? 'without a word' : `saying “${said}”`;
  return {
    code: 'exits-at-start',
    sentence: `The process of service \`${service}\` ends at start with code ${end.exitCode ?? 'unknown'}, ${words} (${how}).`,
    where,
    evidence: end.lastLines,
  };
}

function stopped(why: Extract<Hopeless, { kind: 'update-stopped' }>): Cause {
  return {
    code: why.state.startsWith('rollback') ? 'update-rolled-back' : 'update-paused',
    sentence: `Swarm did not finish the update of service \`${why.service}\` (${why.state}): ${oneLine(why.words)}.`,
    where: { service: why.service },
    evidence: [why.words],
  };
}

function late(why: Extract<NotConverged, { kind: 'late' }>): Cause {
  const probe = why.probes.find((words) => words !== '');
  const said = probe === undefined ? '' : ` The last probe said “${probe}”.`;
  return {
    code: why.probes.length > 0 ? 'never-healthy' : 'never-ready',
    sentence: `After ${why.seconds} s, the time that the recipe gives itself, still missing: ${why.missing}.${said}`,
    evidence: why.logs,
  };
}

/** The last line that complains, else the last line. */
function lastTelling(lines: readonly string[]): string | undefined {
  return (
    lines.findLast((line) =>
      /\b(emerg|fatal|panic|error|failed|exception|cannot|refused|denied|invalid|unknown)\b/i.test(line),
    ) ?? lines.at(-1)
  );
}

function tagOf(image: string): string {
  return image.replace(/@sha256:[0-9a-f]+$/, '');
}
