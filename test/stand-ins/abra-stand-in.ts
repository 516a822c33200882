/**
 * Stands in for the program abra in our tests, since that cannot be had where they run. It does
 * what is documented or was observed of version 0.13, its traps included, with the real Docker
 * client on a real swarm. It is no abra: nobody should deploy anything with it.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { abraDir, git, newestTag, openApp } from './abra/app.ts';
import { type Arguments, readArguments } from './abra/arguments.ts';
import { deploy, undeploy } from './abra/deploy.ts';
import { docker, linesOf } from './abra/docker.ts';
import { Fatal, fatal } from './abra/fatal.ts';
import { generate, insert, remove } from './abra/secrets.ts';

const VERSION = 'abra version 0.13.0-beta-06a57de';

try {
  await run(readArguments(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof Fatal)) throw error;
  process.stderr.write(`FATA ${error.message}\n`);
  process.exitCode = 1;
}

async function run(given: Arguments): Promise<void> {
  const { words, flags } = given;
  if (words.length === 0 && flags.has('--version')) return void process.stdout.write(`${VERSION}\n`);
  switch (words.slice(0, words[1] === 'secret' || words[1] === 'volume' ? 3 : 2).join(' ')) {
    case 'app deploy':
      return await deploy(given);
    case 'app undeploy':
      return await undeploy(given);
    case 'app secret generate':
      return generate(given);
    case 'app secret insert':
      return insert(given);
    case 'app secret rm':
      return remove(given);
    case 'app volume rm':
      return removeVolumes(given);
    case 'app new':
      return create(given);
    case 'app backup':
    case 'app restore':
    case 'app run':
      return fatal('the input device is not a TTY');
    default:
      return fatal(`unknown command "${words.join(' ')}" for "abra"`);
  }
}

/** Fails where a stopped container still refers to a volume. */
function removeVolumes(given: Arguments): void {
  const { stack } = openApp({ ...given, flags: new Set([...given.flags, '--chaos']) }, 3);
  const names = linesOf(['volume', 'ls', '--format', '{{.Name}}']).filter((name) =>
    name.startsWith(`${stack}_`),
  );
  if (names.length > 0) docker(['volume', 'rm', ...names]);
}

/** Moves the recipe's checkout to its newest release, whatever was checked out. */
function create({ words, flags }: Arguments): void {
  const [recipe = fatal('no recipe name provided'), domain = fatal('no domain provided')] = words.slice(2);
  const directory = join(abraDir(), 'recipes', recipe);
  const tag = newestTag(directory);
  if (tag !== undefined)
    git(directory, 'checkout', '--quiet', ...(flags.has('--chaos') ? ['--force'] : []), tag);
  const env = join(abraDir(), 'servers', 'default', `${domain}.env`);
  if (existsSync(env)) fatal(`${env} already exists?`);
  mkdirSync(join(env, '..'), { recursive: true });
  const sample = readFileSync(join(directory, '.env.sample'), 'utf8');
  writeFileSync(env, sample.replaceAll(`${recipe}.example.com`, domain));
}
