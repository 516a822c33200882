import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { z } from 'zod';
import { SeatrialError } from '../shared/errors.ts';

const SuiteSchema = z.strictObject({
  /** Settings that win over the recipe's .env.sample. */
  env: z.record(z.string(), z.string()).default({}),
  http: z
    .strictObject({
      path: z.string().startsWith('/').default('/'),
      /** Answers that count as the app's own; empty means any that is neither an error nor "not found". */
      status: z.array(z.number().int()).default([]),
    })
    .prefault({}),
  /** Volumes whose files the app serves as they are: seeds are then also read through the app. */
  served: z
    .array(z.strictObject({ volume: z.string(), url: z.string().startsWith('/').endsWith('/') }))
    .default([]),
});

/** What is known of a recipe beyond its own files: `recipes/<name>/recipe.toml`. */
export type Suite = z.infer<typeof SuiteSchema>;

/** The suite of a recipe, or an empty one. Throws `input` error `suite` that names what is wrong in the file. */
export async function readSuite(suites: string, recipe: string): Promise<Suite> {
  const path = join(suites, recipe, 'recipe.toml');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return SuiteSchema.parse({});
    throw error;
  }
  try {
    return SuiteSchema.parse(parse(text));
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
