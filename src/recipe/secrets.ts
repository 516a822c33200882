import type { ComposeFile } from './compose.ts';
import type { EnvEntry } from './env-sample.ts';
import { entriesOf, nodeAt } from './source.ts';

/** A secret that the compose files declare, and how its value is asked for. */
export interface SecretWish {
  /** Compose key: what services mount and templates name. */
  readonly key: string;
  readonly file: string;
  readonly line: number;
  /** Letters of a random password; undefined asks for a passphrase of words. */
  readonly length: number | undefined;
  readonly charset: string | undefined;
  /** False where it has to be inserted by hand. */
  readonly generate: boolean;
}

export function secretsOf(sources: {
  readonly compose: readonly ComposeFile[];
  readonly envSample: readonly EnvEntry[];
}): readonly SecretWish[] {
  return sources.compose.flatMap((file) =>
    entriesOf(nodeAt(file.root, 'secrets')).map(({ key, line, value }) => {
      const name = nodeAt(value, 'name');
      const raw = name?.kind === 'scalar' ? String(name.value) : '';
      const modifiers = sources.envSample.findLast((entry) => raw.includes(`{${entry.key}}`))?.modifiers;
      const length = Number(modifiers?.['length']);
      return {
        ...{ key, file: file.path, line, charset: modifiers?.['charset'] },
        length: Number.isSafeInteger(length) && length > 0 ? length : undefined,
        generate: modifiers?.['generate'] !== 'false',
      };
    }),
  );
}
