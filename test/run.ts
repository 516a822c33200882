import { startVitest } from 'vitest/node';
import { openLab } from '../lab/open-lab.ts';
import { setUp } from '../lab/setup/set-up.ts';
import { readEnvironment } from '../src/config/environment.ts';
import { asSeatrialError } from '../src/shared/errors.ts';

/** `npm test`: sets the machine up, opens the lab, runs everything and counts. Arguments are vitest's filters. */
const context = {
  environment: readEnvironment(),
  progress: (line: string) => void process.stderr.write(`${line}\n`),
  signal: new AbortController().signal,
};
try {
  const ready = await setUp(context);
  const lab = await openLab({ ready, ...context });
  try {
    await runAll();
  } finally {
    await lab.close();
  }
} catch (error) {
  const known = asSeatrialError(error);
  process.stderr.write(`${known.message}\n${known.remedy === undefined ? '' : `→ ${known.remedy}\n`}`);
  process.stdout.write('0 passed, 1 failed\n');
  process.exit(3);
}

async function runAll(): Promise<void> {
  const vitest = await startVitest('test', process.argv.slice(2), {
    run: true,
    watch: false,
    reporters: ['default'],
  });
  const tests = vitest.state.getTestModules().flatMap((module) => [...module.children.allTests()]);
  const count = (state: string) => tests.filter((test) => test.result().state === state).length;
  // A file that cannot even be loaded has no tests to count, and is a failure all the same.
  const broken = vitest.state
    .getTestModules()
    .filter((module) => module.errors().length > 0 && count('failed') === 0).length;
  const failed = count('failed') + broken + vitest.state.getUnhandledErrors().length;
  const skipped = count('skipped');
  await vitest.close();
  process.stdout.write(
    `\n${count('passed')} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}\n`,
  );
  process.exitCode = failed > 0 || count('passed') === 0 ? 1 : 0;
}
