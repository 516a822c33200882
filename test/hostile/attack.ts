/** A recipe that asks for something it must not get, and the words with which it is refused. */
export interface Attack {
  /** Of the threat model. */
  readonly requirement: number;
  readonly name: string;
  readonly files: readonly AttackFile[];
  readonly code: string;
  /** Where the finding points; by default the line of compose.yml that ends in `#!`. */
  readonly file?: string;
  readonly line?: number | undefined;
  /** Of errors of the readers there is none. */
  readonly feature?: string;
  /** By default app, where there is a feature. */
  readonly service?: string | null;
  /** An operator can allow it. */
  readonly approvable?: true;
  /** Docker makes a stack of it, so the rules over the rendered document have to find it by themselves. */
  readonly rendered?: true;
}

export interface AttackFile {
  readonly path: string;
  readonly content: string | Buffer;
  readonly mode?: '100644' | '100755' | '120000' | '160000';
}

type Told = Omit<Attack, 'requirement' | 'name' | 'files'>;

/** An attack by a whole compose.yml. */
export function compose(
  requirement: number,
  name: string,
  text: string,
  told: Told,
  more: readonly AttackFile[] = [],
): Attack {
  const line = text.split('\n').findIndex((one) => one.endsWith('#!')) + 1;
  return {
    ...{ requirement, name, file: 'compose.yml', line: line === 0 ? undefined : line },
    files: [{ path: 'compose.yml', content: text }, ...more],
    ...told,
  };
}

/** An attack by some lines of the service `app`. */
export function inService(
  requirement: number,
  name: string,
  lines: string,
  told: Told,
  more: readonly AttackFile[] = [],
): Attack {
  return compose(requirement, name, `${APP}${indented(lines, 4)}`, told, more);
}

/** An attack by lines of the top level, beside a harmless service. */
export function atTop(
  requirement: number,
  name: string,
  lines: string,
  told: Told,
  more: readonly AttackFile[] = [],
): Attack {
  return compose(requirement, name, `${APP}${lines}\n`, { service: null, ...told }, more);
}

const APP = 'version: "3.8"\nservices:\n  app:\n    image: nginx:1.27\n';

function indented(lines: string, by: number): string {
  return `${lines
    .split('\n')
    .map((line) => ' '.repeat(by) + line)
    .join('\n')}\n`;
}
