import { z } from 'zod';
import { HttpProblem } from './http-problem.ts';

/**
 * What requests must carry. Gitea's contract marks nearly nothing as required, its server
 * does; unknown fields are ignored as there.
 */
export const commentBody = z.object({ body: z.string().min(1) });
export const reactionBody = z.object({ content: z.string() });
export const statusBody = z.object({
  state: z.string().default(''),
  target_url: z.string().default(''),
  description: z.string().default(''),
  context: z.string().default(''),
});
export const newPullBody = z.object({
  title: z.string().min(1),
  body: z.string().default(''),
  head: z.string().min(1),
  base: z.string().min(1),
});
export const pullChangeBody = z.object({
  title: z.string().min(1).optional(),
  body: z.string().optional(),
  state: z.string().optional(),
});
export const newIssueBody = z.object({ title: z.string().min(1), body: z.string().default('') });

/** Throws 422 with the fields that are wrong. */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map((issue) => `[${issue.path.join('.')}]: ${issue.message}`);
  throw new HttpProblem(422, wrong.join('; '));
}

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** Seconds since the epoch, fractions cut off; 422 for anything but RFC 3339 with a zone. */
export function timeParameter(text: string | null): number | undefined {
  if (text === null || text === '') return undefined;
  const milliseconds = RFC_3339.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(milliseconds)) throw new HttpProblem(422, `cannot parse "${text}" as a time`);
  return Math.floor(milliseconds / 1000);
}
