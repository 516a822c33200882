import { join } from 'node:path';
import type { Environment } from '../../src/config/environment.ts';
import type { CommitSha } from '../../src/shared/brand.ts';
import { createRepository, importCommits, type NewCommit } from '../custom-html/fast-import.ts';
import { type RecipeFiles, readTemplate, withFile } from '../custom-html/recipe-files.ts';
import type { Definition } from '../images/definitions.ts';
import { RECIPES, type RecipeName, type Step } from './recipes.ts';

/** A recipe of the lab as a bare git repository. */
export interface LabRecipe {
  readonly name: RecipeName;
  readonly directory: string;
  /** Tip of `main`, which is the newer release. */
  readonly main: CommitSha;
  /** The proposed change, on the branch `change`. */
  readonly head: CommitSha;
}

export interface RecipeOptions {
  /** Where the bare repository goes; made if it is not there. */
  readonly directory: string;
  readonly environment: Environment;
  readonly signal: AbortSignal;
  /** How the files name an image. */
  reference(definition: Definition): string;
}

const MAINTAINER = 'Recipe maintainers <maintainers@recipes.example>';
const CONTRIBUTOR = 'Kim Contributor <kim@recipes.example>';
/** 2026-02-02 09:00 UTC; the commits follow at one a day. */
const FIRST_COMMIT = 1_770_022_800;
const DAY = 86_400;

/** Builds the repository: `main` with two annotated release tags, and a branch `change`. Same images, same commit ids. */
export async function buildRecipe(name: RecipeName, options: RecipeOptions): Promise<LabRecipe> {
  const { releases, head } = RECIPES[name];
  const steps = [...releases, head];
  const files = history(await readTemplate(join(import.meta.dirname, name)), steps);
  await createRepository(options);
  const commits = steps.map((step, day): NewCommit => {
    const common = {
      time: FIRST_COMMIT + day * DAY,
      message: `${step.message}\n`,
      files: filled(files[day] ?? new Map(), step, options),
    };
    return step === head
      ? { ...common, branch: 'change', from: 'main', author: CONTRIBUTOR }
      : { ...common, branch: 'main', author: MAINTAINER, tag: step.version };
  });
  const tips = await importCommits(options, commits);
  return {
    ...{ name, directory: options.directory },
    main: tipOf(tips, 'refs/heads/main'),
    head: tipOf(tips, 'refs/heads/change'),
  };
}

/** The files after each step, images and version still as names in them. */
function history(first: RecipeFiles, steps: readonly Step[]): RecipeFiles[] {
  let files = first;
  return steps.map(({ version, note, edit }) => {
    files = withFile(edit?.(files) ?? files, `release/${version}`, `${note}\n`);
    return files;
  });
}

function filled(files: RecipeFiles, step: Step, options: RecipeOptions): RecipeFiles {
  const names = [
    ['__VERSION__', step.version] as const,
    ...Object.entries(step.images).map(
      ([name, definition]) => [`__${name}_IMAGE__`, options.reference(definition)] as const,
    ),
  ];
  const fill = (text: string) =>
    names.reduce((filling, [name, value]) => filling.replaceAll(name, value), text);
  return new Map([...files].map(([path, text]) => [path, fill(text)]));
}

function tipOf(tips: ReadonlyMap<string, CommitSha>, ref: string): CommitSha {
  const commit = tips.get(ref);
  if (commit === undefined) throw new Error(`git made no ${ref}`);
  return commit;
}
