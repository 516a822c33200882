/** A version that `abra.sh` exports, and where. */
export interface AbraExport {
  readonly name: string;
  readonly value: string;
  readonly line: number;
}

/** `export NAME=value` lines as abra takes them: the file is read, never executed. */
export function exportsOf(abraSh: string): readonly AbraExport[] {
  return abraSh
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .flatMap((text, index) => {
      const [, name, value] = /^export\s+([A-Za-z_][A-Za-z0-9_]*)=(\w.*)$/.exec(text) ?? [];
      return name === undefined || value === undefined
        ? []
        : [{ name, value: value.trimEnd(), line: index + 1 }];
    });
}
