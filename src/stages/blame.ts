import type { Cause } from '../journal/check.ts';
import { list, oneLine } from '../shared/text.ts';
import type { NotConverged } from './converge.ts';
import type { Hopeless } from './hopeless.ts';
import { tagOf } from './image-trouble.ts';
import { rejection } from './rejection.ts';
import { type TaskEnd, times } from './task-end.ts';

/** A cause and whose fault it is, should the change be on trial. */
export interface Blamed {
  readonly fault: 'recipe' | 'environment';
  readonly cause: Cause;
}

/** The one sentence for a stack that did not converge, with the container's own words where there are any. */
export function causeOf(why: NotConverged): Blamed {
  switch (why.kind) {
    case 'rejected':
      return rejected(why.service, why.image, why.words);
    case 'unplaceable':
      return ofRecipe(unplaceable(why));
    case 'port-deadlock':
      return ofRecipe(portDeadlock(why));
    case 'ends':
      return ofRecipe(ends(why.service, why.end, howOf(why), why));
    case 'update-stopped':
      return stopped(why);
    case 'gone':
      return { fault: 'environment', cause: gone(why.service) };
    case 'late':
      return late(why);
  }
}

function ofRecipe(cause: Cause): Blamed {
  return { fault: 'recipe', cause };
}

function rejected(service: string, image: string, words: string): Blamed {
  const { fault, code, sentence } = rejection(service, image, words);
  return { fault, cause: { code, sentence, where: { service }, evidence: [words] } };
}

function unplaceable({ service, words }: Extract<Hopeless, { kind: 'unplaceable' }>): Cause {
  const platform = /unsupported platform/i.test(words);
  return {
    code: platform ? 'B85' : 'no-suitable-node',
    sentence: platform
      ? `The image of service \`${service}\` has no build for this node's architecture: ${oneLine(words)}.`
      : `Service \`${service}\` fits on no node: ${oneLine(words)}.`,
    where: { service },
    evidence: [words],
  };
}

function portDeadlock({ service, ports, words }: Extract<Hopeless, { kind: 'port-deadlock' }>): Cause {
  const which = ports.length === 1 ? `port ${ports[0]}` : `ports ${list(ports.map(String))}`;
  return {
    code: 'B57',
    sentence: `Service \`${service}\` is updated with start-first and takes ${which} of the node for itself: the new task waits for the port that the old one holds until the new one runs (${oneLine(words)}).`,
    where: { service },
    evidence: [words],
  };
}

function howOf({ times: count, why }: Extract<Hopeless, { kind: 'ends' }>): string {
  return why === 'three times the same' ? `${times(count)} in a row` : `${times(count)}, ${why}`;
}

function ends(
  service: string,
  end: TaskEnd,
  how: string,
  reason?: Pick<Extract<Hopeless, { kind: 'ends' }>, 'why' | 'before'>,
): Cause {
  const common = { where: { service }, evidence: end.lastLines };
  if (end.outOfMemory) {
    return {
      ...{ code: 'out-of-memory', ...common },
      sentence: `The process of service \`${service}\` was killed for lack of memory, ${how}.`,
    };
  }
  if (end.probe !== undefined) {
    const probe = end.probe === '' ? 'it said nothing' : `it said “${end.probe}”`;
    return {
      ...{ code: 'never-healthy', ...common },
      sentence: `The health check of service \`${service}\` failed until Docker killed the container, ${how}; ${probe}.`,
    };
  }
  const said = lastTelling(end.lastLines);
  const words = said === undefined ? 'without a word' : `saying “${said}”`;
  const what = `The process of service \`${service}\` ends at start with code ${end.exitCode ?? 'unknown'}${meaningOf(end.exitCode)}, ${words} (${how}).`;
  if (said !== undefined && /exec format error/i.test(said)) {
    return {
      ...{ code: 'B85', ...common },
      sentence: `${what} Its image is built for another architecture.`,
    };
  }
  const waited = reason === undefined ? undefined : gaveUpWaiting(said ?? '', reason);
  if (waited !== undefined)
    return { ...{ code: waited.code, ...common }, sentence: `${what} ${waited.sentence}` };
  return { ...{ code: 'exits-at-start', ...common }, sentence: what };
}

const NOT_THERE =
  /refused|no such host|not known|could not (connect|resolve|translate)|can't connect|cannot connect|name resolution|unreachable|ENOTFOUND|ECONNREFUSED|EAI_AGAIN|timed? ?out/i;

/** Swarm starts everything at once: what needs another service has to wait for it, or to be tried again. */
function gaveUpWaiting(
  said: string,
  { why, before }: Pick<Extract<Hopeless, { kind: 'ends' }>, 'why' | 'before'>,
): { code: string; sentence: string } | undefined {
  if (before.length === 0 || why === 'three times the same' || !NOT_THERE.test(said)) return undefined;
  const others = list(before.map((name) => `\`${name}\``));
  return why === 'no attempts left'
    ? { code: 'B77', sentence: `Its restart attempts were spent before ${others} came up.` }
    : {
        code: 'B63',
        sentence: `Swarm ignores depends_on: it was started before ${others} came up, and gave up.`,
      };
}

/** What codes of 126 and more say by convention. */
function meaningOf(code: number | undefined): string {
  switch (code) {
    case 126:
      return ' (not executable)';
    case 127:
      return ' (no such program)';
    case 137:
      return ' (killed)';
    case 139:
      return ' (crashed)';
    case 143:
      return ' (told to stop)';
    default:
      return '';
  }
}

function stopped(why: Extract<Hopeless, { kind: 'update-stopped' }>): Blamed {
  const { service, state } = why;
  const back = state.startsWith('rollback');
  const outcome = back
    ? `Swarm went back, so what runs is still the version before, ${tagOf(why.image)} (${state})`
    : `Swarm stopped the update (${state})`;
  if (why.end !== undefined) return ofRecipe(ends(service, why.end, `and ${outcome}`));
  if (why.rejected !== undefined) {
    const { fault, cause } = rejected(service, why.image, why.rejected);
    return { fault, cause: { ...cause, sentence: `${cause.sentence} ${outcome}.` } };
  }
  return ofRecipe({
    code: back ? 'update-rolled-back' : 'update-paused',
    sentence: `The update of service \`${service}\` did not come to its end: ${outcome}: ${oneLine(why.words)}.`,
    where: { service },
    evidence: [why.words],
  });
}

function gone(service: string): Cause {
  return {
    code: 'service-gone',
    sentence: `Service \`${service}\` was taken away by somebody else while it was waited for.`,
    where: { service },
    evidence: [],
  };
}

function late(why: Extract<NotConverged, { kind: 'late' }>): Blamed {
  const told =
    why.trouble === undefined
      ? undefined
      : rejected(why.trouble.service, why.trouble.image, why.trouble.words);
  const waited = `After ${why.seconds} s, the time that the recipe gives itself, still missing: ${why.missing}.`;
  if (told !== undefined && told.cause.code !== 'task-rejected') {
    return { ...told, cause: { ...told.cause, sentence: `${told.cause.sentence} ${waited}` } };
  }
  const probe = why.probes.find((words) => words !== '');
  const said = probe === undefined ? '' : ` The last probe said “${probe}”.`;
  return ofRecipe({
    code: why.probes.length > 0 ? 'never-healthy' : 'never-ready',
    sentence: `${waited}${said}`,
    evidence: why.logs,
  });
}

/** The last line that complains, else the last line. */
function lastTelling(lines: readonly string[]): string | undefined {
  return (
    lines.findLast((line) =>
      /\b(emerg|fatal|panic|error|failed|exception|cannot|refused|denied|invalid|unknown)\b/i.test(line),
    ) ?? lines.at(-1)
  );
}
