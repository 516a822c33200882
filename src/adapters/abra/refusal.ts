import { SeatrialError } from '../../shared/errors.ts';
import type { ProcessResult } from '../../shared/process.ts';
import { lastLines } from '../../shared/text.ts';
import { refusal } from '../../stages/refusal.ts';

/** Words with which abra, or Docker through it, turns down what a recipe says. */
const OF_THE_RECIPE = [
  /only updates to labels are allowed/i,
  /secret not (generated|inserted)/i,
  /(additional property|does not match format|must be an? \w+|is required)/i,
  /version mismatched between two composefiles/i,
  /invalid (template|interpolation|reference|mount|volume|proto|containerport|restart|spec|type)/i,
  /(undefined|undeclared) (network|volume|config|secret|service)/i,
  /unsupported (compose|external)/i,
  /rpc error: code = (invalidargument|alreadyexists|failedprecondition)/i,
  /(missing version for secret|secret not found|config not found|name must be valid)/i,
  /yaml: /i,
  /compose[\w./-]*\.ya?ml: no such file/i,
  /network .* (is declared as external, but could not be found|not found)/i,
];

/** Words for what only a mistake of ours can bring about. */
const OF_OURS = [/has locally unstaged changes/i, /already deployed/i, /the input device is not a TTY/i];

/** abra's fatal line, or the last that it said; without terminal sequences. */
export function fatalWords({ stdout, stderr }: ProcessResult): string {
  const lines = lastLines(stderr || stdout, 40);
  const fatal = lines.findIndex((line) => /\bFATA\b/.test(line));
  const words = fatal < 0 ? lines.slice(-3) : lines.slice(fatal, fatal + 3);
  return words.join(' ').replace(/^.*?\bFATA\b(?:\[\d+\])?\s*/, '');
}

/** The error for a call of abra that failed; what is not understood is never the recipe's fault. */
export function refused(
  what: string,
  result: ProcessResult,
  redact: (text: string) => string,
): SeatrialError {
  const words = redact(fatalWords(result));
  const facts = { words, exitCode: result.exitCode };
  if (/cannot connect to the docker daemon/i.test(words))
    return new SeatrialError({
      ...{ kind: 'environment', code: 'engine-unreachable', facts },
      sentence: `${what}: ${words}`,
    });
  if (OF_OURS.some((pattern) => pattern.test(words)))
    return new SeatrialError({
      ...{ kind: 'internal', code: 'abra-failed', facts },
      sentence: `${what}, and it is our call that was wrong: ${words}`,
    });
  // Those that the stage knows it sorts itself, the swarm's own troubles among them.
  const known = words !== '' && refusal(words).code !== 'deploy-refused';
  if (known || OF_THE_RECIPE.some((pattern) => pattern.test(words)))
    return new SeatrialError({
      ...{ kind: 'recipe', code: 'deploy-refused', facts },
      sentence: `${what}: ${words}`,
    });
  return new SeatrialError({
    ...{ kind: 'environment', code: 'abra-failed', facts },
    sentence: `${what}, for a reason that is not known to be the recipe's: ${words || 'it said nothing'}`,
    remedy: 'Try the recipe with the swarm deployer, which tells whether abra or the recipe is the reason.',
  });
}
