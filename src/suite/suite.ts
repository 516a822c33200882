import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { z } from 'zod';
import { SeatrialError } from '../shared/errors.ts';
import type { GivenSecret } from '../stack/secrets.ts';

const StepSchema = z.strictObject({
  service: z.string().min(1),
  /** Argument vector; no shell reads it. */
  command: z.array(z.string()).min(1),
  /** `before` every service is healthy, as soon as this one runs, or `after`. */
  when: z.enum(['before', 'after']).default('after'),
  /** As in `docker exec --user`; the container's own user where it is left out. */
  user: z.string().min(1).optional(),
  /** Seconds. */
  timeout: z.number().positive().default(60),
});

/** One `[[install]]` step: what a person would do in the app once it is deployed. */
export type InstallStep = z.infer<typeof StepSchema>;

const FileSchema = z.strictObject({
  /** Settings that win over the recipe's .env.sample; `$NAME` stands for what is there before. */
  env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string()).default({}),
  /** Values for secrets, by compose key: as they are, from a file of the suite, or from another app. */
  secrets: z
    .record(
      z.string(),
      z.union([
        z.string().min(1),
        z.strictObject({ file: z.string().min(1) }),
        z.strictObject({ from: z.string().min(1), field: z.string().min(1) }),
      ]),
    )
    .default({}),
  install: z.array(StepSchema).default([]),
  http: z
    .strictObject({
      path: z.string().startsWith('/').default('/'),
      /** Answers that count as the app's own; empty means any that is neither an error nor "not found". */
      status: z.array(z.number().int()).default([]),
    })
    .prefault({}),
  upgrade: z
    .strictObject({
      /** Tag of the release that an upgrade starts from, instead of the newest before the change. */
      from: z.string().min(1).optional(),
    })
    .prefault({}),
  /** Volumes whose files the app serves as they are: seeds are then also read through the app. */
  served: z
    .array(z.strictObject({ volume: z.string(), url: z.string().startsWith('/').endsWith('/') }))
    .default([]),
});

type SuiteFile = z.infer<typeof FileSchema>;

/** What is known of a recipe beyond its own files: `recipes/<name>/recipe.toml`. */
export interface Suite extends Omit<SuiteFile, 'secrets'> {
  readonly secrets: Readonly<Record<string, GivenSecret>>;
}

/** The suite of a recipe, or an empty one. Throws `input` error `suite` that names what is wrong in the file. */
export async function readSuite(suites: string, recipe: string): Promise<Suite> {
  const directory = join(suites, recipe);
  let text: string;
  try {
    text = await readFile(join(directory, 'recipe.toml'), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return { ...FileSchema.parse({}), secrets: {} };
    throw error;
  }
  try {
    const file = FileSchema.parse(parse(text));
    return { ...file, secrets: await readSecrets(directory, file.secrets) };
  } catch (error) {
    const why =
      error instanceof z.ZodError
        ? z.prettifyError(error)
        : error instanceof Error
          ? error.message
          : String(error);
    throw new SeatrialError({
      kind: 'input',
      code: 'suite',
      sentence: `recipes/${recipe}/recipe.toml is not understood: ${why}`,
      remedy: 'docs/suite-contract.md describes each key.',
      cause: error,
    });
  }
}

async function readSecrets(
  directory: string,
  written: SuiteFile['secrets'],
): Promise<Record<string, GivenSecret>> {
  const given: Record<string, GivenSecret> = {};
  for (const [key, value] of Object.entries(written)) {
    if (typeof value === 'string') given[key] = { kind: 'value', value };
    else if ('file' in value) given[key] = { kind: 'value', value: await readSecret(directory, value.file) };
    else given[key] = { kind: 'dependency', ...value };
  }
  return given;
}

/** The file's text to the last byte; its newline at the end belongs to it. */
async function readSecret(directory: string, file: string): Promise<string> {
  if (!/^[^/\\]+$/.test(file) || file === '..')
    throw new Error(`${file} has to be the name of a file beside it`);
  const path = join(directory, file);
  if (!(await lstat(path)).isFile()) throw new Error(`${file} is no regular file`);
  return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
}
