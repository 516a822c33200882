/** A version that `abra.sh` exports, and where. */
export interface AbraExport {
  readonly name: string;
  readonly value: string;
  readonly line: number;
}

/** A line that looks like an export, but is none for abra or means something else to it (B27). */
export interface DoubtfulExport {
  readonly name: string;
  readonly line: number;
  readonly why: Doubt;
  /** True where abra takes the line, with all that stands behind the equals sign as its value. */
  readonly taken: boolean;
}

export type Doubt =
  | 'quoted'
  | 'computed'
  | 'indented'
  | 'empty'
  | 'no-word'
  | 'comment'
  | 'more-words'
  | 'second-equals'
  | 'not-exported';

/** Something a shell would know by name: `abra app cmd` and `POST_DEPLOY_CMDS` call these. */
export interface ShellFunction {
  readonly name: string;
  readonly line: number;
}

/** What can be read from `abra.sh`; nothing of it is carried out. */
export interface AbraScript {
  readonly exports: readonly AbraExport[];
  readonly doubtful: readonly DoubtfulExport[];
  readonly functions: readonly ShellFunction[];
}

/** abra takes `export NAME=value` at the start of a line, where the value begins with a word character. */
export function readAbraScript(text: string): AbraScript {
  const exports: AbraExport[] = [];
  const doubtful: DoubtfulExport[] = [];
  const functions: ShellFunction[] = [];
  let inside = false;
  for (const [index, written] of text.replace(/\r\n?/g, '\n').split('\n').entries()) {
    const line = index + 1;
    const text = written.trimEnd();
    const name = functionName(text);
    if (name !== undefined) functions.push({ name, line });
    const taken = exportAt(text, line);
    if (taken !== undefined) exports.push(taken);
    // What a function assigns is its own affair.
    if (!inside) doubtful.push(...doubtAt(text, line, taken !== undefined));
    if (name !== undefined) inside = !text.endsWith('}');
    else if (text.startsWith('}')) inside = false;
  }
  return { exports, doubtful, functions };
}

function exportAt(text: string, line: number): AbraExport | undefined {
  const [, name, value] = /^export\s+([A-Za-z_][A-Za-z0-9_]*)=(\w.*)$/.exec(text) ?? [];
  return name === undefined || value === undefined ? undefined : { name, value, line };
}

function functionName(text: string): string | undefined {
  const [, withWord, withParentheses] =
    /^(?:function\s+([A-Za-z_][\w.-]*)\s*(?:\(\s*\))?|([A-Za-z_][\w.-]*)\s*\(\s*\))\s*(?:[{(]|$)/.exec(
      text,
    ) ?? [];
  return withWord ?? withParentheses;
}

function doubtAt(text: string, line: number, taken: boolean): DoubtfulExport[] {
  const [, indent = '', exported, name, value = ''] =
    /^(\s*)(export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(text) ?? [];
  if (name === undefined) return [];
  const why = exported === undefined ? unexported(indent, name) : doubtOf(indent, value);
  return why === undefined ? [] : [{ name, line, why, taken }];
}

/** Other variables of a script need no export. */
function unexported(indent: string, name: string): Doubt | undefined {
  return indent === '' && name.endsWith('_VERSION') ? 'not-exported' : undefined;
}

function doubtOf(indent: string, value: string): Doubt | undefined {
  if (indent !== '') return 'indented';
  if (value === '') return 'empty';
  if (/^["']/.test(value)) return 'quoted';
  if (/[$`]/.test(value)) return 'computed';
  if (!/^\w/.test(value)) return 'no-word';
  if (/\s#/.test(value)) return 'comment';
  if (/\s/.test(value)) return 'more-words';
  return value.includes('=') ? 'second-equals' : undefined;
}
