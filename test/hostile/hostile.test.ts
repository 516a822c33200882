import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Deployer } from '../../src/ports/deployer.ts';
import type { Recipe } from '../../src/recipe/recipe.ts';
import { writeFiles } from '../../src/recipe/write-files.ts';
import type { PolicyFinding } from '../../src/stack/policy/finding.ts';
import {
  imagined,
  type PolicyContext,
  policyOfDocument,
  policyOfFiles,
  STRICT,
} from '../../src/stack/policy/policy.ts';
import { refusals, refusedBy } from '../../src/stack/policy/refusal.ts';
import { renderingDeployer } from '../support/deployer.ts';
import { errorOf } from '../support/errors.ts';
import type { Attack } from './attack.ts';
import { ATTACKS } from './attacks.ts';
import { type Recipes, recipesOf } from './recipes.ts';

const NUMBERED = ATTACKS.map((attack, index) => ({
  ...{ attack, index },
  title: `requirement ${attack.requirement}: ${attack.name}`,
}));
const JUDGED = NUMBERED.filter(({ attack }) => attack.feature !== undefined);
const REASON = 'the operator knows why';

let recipes: Recipes;
let deployer: Pick<Deployer, 'config'>;

beforeAll(async () => {
  recipes = await recipesOf(ATTACKS.map(({ files }) => files));
  deployer = await renderingDeployer(recipes.directory);
});

afterAll(() => recipes.remove());

test('there are more than ninety attacks, no two alike', () => {
  expect(ATTACKS.length).toBeGreaterThanOrEqual(90);
  expect(new Set(NUMBERED.map(({ title }) => title)).size).toBe(ATTACKS.length);
});

describe('a file that its readers refuse is refused with its own words', () => {
  test.each(NUMBERED.filter(({ attack }) => attack.feature === undefined))(
    '$title',
    async ({ attack, index }) => {
      const error = await errorOf(recipes.read(index));
      expect(error).toMatchObject({ kind: 'recipe', code: attack.code, facts: { file: attack.file } });
      expect(error.facts['line']).toBe(attack.line);
      expect(refusedBy(error)).toBe(attack.requirement);
    },
  );
});

describe('what a recipe asks for is refused with its place and its own words', () => {
  test.each(JUDGED)('$title', async ({ attack, index }) => {
    const recipe = await recipes.read(index);
    const { findings } = policyOfFiles(recipe, contextOf(recipe));
    const found = findingOf(findings, attack);
    expect(found).toMatchObject({
      ...{ severity: 'refusal', code: attack.code, requirement: attack.requirement },
      ...{ file: attack.file, line: attack.line, approvable: attack.approvable ?? false },
    });
    expect(found?.sentence).toMatch(/\w.*\.$/);
    expect(found?.remedy).not.toBe('');
    expect(refusals(findings)).toHaveLength(1);
  });
});

describe('the document that Docker makes of it is refused by itself', () => {
  test.each(JUDGED.filter(({ attack }) => attack.rendered))('$title', async ({ attack, index }) => {
    const recipe = await recipes.read(index);
    const { directory, document } = await renderedByDocker(recipe, index);
    // Without its files, only the document can tell.
    const blind: Recipe = { ...recipe, compose: [], inactive: [] };
    const { findings } = policyOfDocument(blind, document, directory, contextOf(recipe));
    expect(findingOf(findings, attack)).toMatchObject({
      ...{ severity: 'refusal', code: attack.code, requirement: attack.requirement },
    });
    const { findings: together } = policyOfDocument(recipe, document, directory, contextOf(recipe));
    expect(refusals(together)).toHaveLength(1);
  });
});

describe('an operator can allow it, or nobody can', () => {
  test.each(JUDGED)('$title', async ({ attack, index }) => {
    const recipe = await recipes.read(index);
    const service = serviceOf(attack);
    const approvals = [{ feature: attack.feature ?? '', service, reason: REASON }];
    const context = { ...contextOf(recipe), policy: { ...STRICT, approvals } };
    const found = findingOf(policyOfFiles(recipe, context).findings, attack);
    if (attack.approvable) {
      expect(found?.severity).toBe('note');
      expect(found?.sentence).toContain(REASON);
    } else expect(found?.severity).toBe('refusal');
    const elsewhere = [{ feature: attack.feature ?? '', service: 'other', reason: REASON }];
    const other = policyOfFiles(recipe, { ...context, policy: { ...STRICT, approvals: elsewhere } });
    expect(findingOf(other.findings, attack)?.severity).toBe('refusal');
  });
});

function contextOf(recipe: Recipe): PolicyContext {
  return imagined(recipe, STRICT);
}

function serviceOf({ service }: Attack): string | undefined {
  return service === null ? undefined : (service ?? 'app');
}

function findingOf(findings: readonly PolicyFinding[], attack: Attack): PolicyFinding | undefined {
  return findings.find(({ feature, service }) => feature === attack.feature && service === serviceOf(attack));
}

async function renderedByDocker(
  recipe: Recipe,
  index: number,
): Promise<{ readonly directory: string; readonly document: string }> {
  const directory = join(recipes.directory, `files-${index}`);
  mkdirSync(directory);
  await writeFiles(directory, recipe.files);
  const files = recipe.compose.map(({ path }) => join(directory, path));
  const { env } = contextOf(recipe);
  return { directory, document: await deployer.config(files, directory, env, AbortSignal.timeout(30_000)) };
}
