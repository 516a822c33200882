import { fatal } from './fatal.ts';

export interface Arguments {
  readonly words: readonly string[];
  readonly flags: ReadonlySet<string>;
}

/** Long name to short one; both are taken anywhere on the line. */
const FLAGS: Readonly<Record<string, string>> = {
  '--all': '-a',
  '--chaos': '-C',
  '--domain': '-D',
  '--file': '-f',
  '--force': '',
  '--machine': '-m',
  '--no-converge-checks': '-c',
  '--no-domain-checks': '',
  '--no-input': '-n',
  '--offline': '-o',
  '--prune': '-p',
  '--trim': '-t',
  '--version': '-v',
};

export function readArguments(argv: readonly string[]): Arguments {
  const words: string[] = [];
  const flags = new Set<string>();
  for (const argument of argv) {
    if (!argument.startsWith('-')) {
      words.push(argument);
      continue;
    }
    const [name] = Object.entries(FLAGS).find(([long, short]) => [long, short].includes(argument)) ?? [];
    flags.add(name ?? fatal(`unknown flag: ${argument}`));
  }
  return { words, flags };
}
