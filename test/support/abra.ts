import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const STAND_IN = join(import.meta.dirname, '..', 'stand-ins', 'abra-stand-in.ts');

/** An executable that behaves as abra is known to; puts it into the directory and gives its path. */
export function abraStandIn(directory: string, dockerCli: string): string {
  const path = join(directory, 'abra-stand-in');
  mkdirSync(directory, { recursive: true });
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const script = `#!/bin/sh\nSTAND_IN_DOCKER=${quoted(dockerCli)} exec ${quoted(process.execPath)} ${quoted(STAND_IN)} "$@"\n`;
  writeFileSync(path, script);
  chmodSync(path, 0o755);
  return path;
}
