import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'smol-toml';
import { z } from 'zod';
import { SeatrialError } from '../shared/errors.ts';

const FileSchema = z.strictObject({
  allow: z
    .array(
      z.strictObject({
        /** As a refusal names it, such as `bind-mount:/etc/timezone:ro`. */
        feature: z.string().min(1),
        /** Left out where the feature belongs to no service. */
        service: z.string().min(1).optional(),
        /** Quoted in reports. */
        reason: z.string().trim().min(1),
      }),
    )
    .default([]),
});

/** One thing that an operator allows one recipe, and why. */
export interface Approval {
  readonly feature: string;
  readonly service: string | undefined;
  readonly reason: string;
}

/**
 * What `<directory>/<recipe>.toml` allows; nothing where there is no such file. The directory
 * is the operator's own: nothing of a recipe or a pull request is ever read for this.
 * Throws `input` error `configuration` that names what is wrong in the file.
 */
export async function readApprovals(directory: string, recipe: string): Promise<readonly Approval[]> {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9._-]*$/.test(recipe)) return [];
  const path = join(directory, `${recipe}.toml`);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw wrong(path, error);
  }
  try {
    return FileSchema.parse(parse(text)).allow.map(({ feature, service, reason }) => ({
      ...{ feature, service, reason },
    }));
  } catch (error) {
    throw wrong(path, error);
  }
}

/** The text of such a file that allows all of these. */
export function approvalsText(approvals: readonly Approval[]): string {
  return stringify({
    allow: approvals.map(({ feature, service, reason }) => ({
      feature,
      ...(service === undefined ? {} : { service }),
      reason,
    })),
  });
}

function wrong(path: string, cause: unknown): SeatrialError {
  const why = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
  return new SeatrialError({
    kind: 'input',
    code: 'configuration',
    sentence: `The policy file ${path} is not understood: ${why}`,
    remedy: 'It holds [[allow]] tables with feature, service and reason; see docs/policy.md.',
    facts: { file: path },
    cause,
  });
}
