/** `export NAME=value` lines as abra takes them: the file is read, never executed. */
export function exportsOf(abraSh: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const line of abraSh.replace(/\r\n?/g, '\n').split('\n')) {
    const [, name, value] = /^export\s+([A-Za-z_][A-Za-z0-9_]*)=(\w.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) found[name] = value.trimEnd();
  }
  return found;
}
