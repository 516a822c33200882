import { z } from 'zod';

/*
 * What is read of Gitea's and Forgejo's answers. Unknown fields are ignored, `null` stands
 * for an empty list, and identifiers become strings whatever their size.
 */

/** Numbers beyond 2^53 come out of the JSON reader as text. */
const id = z.union([z.int(), z.string().regex(/^-?\d+$/)]).transform(String);

const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

/** Null or absent becomes an empty text. */
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');

const user = z.object({ id, login: z.string() });

export const userSchema = user;

export const repositorySchema = z.object({
  id,
  name: z.string().min(1),
  owner: user,
  clone_url: z.string().min(1),
  html_url: z.string().min(1),
  archived: z.boolean().default(false),
  default_branch: text,
  permissions: z.object({ admin: z.boolean(), push: z.boolean(), pull: z.boolean() }).nullish(),
});

export const commentSchema = z.object({
  id,
  body: text,
  user: user.nullish(),
  original_author: text,
  html_url: text,
  issue_url: text,
  pull_request_url: text,
  created_at: time,
  updated_at: time,
});

export const pullSchema = z.object({
  number: z.int().positive(),
  title: text,
  state: z.enum(['open', 'closed']),
  draft: z.boolean().nullish(),
  user: user.nullish(),
  html_url: z.string().min(1),
  head: z.object({ label: text, ref: text, sha: text, repo: z.object({ id }).nullish() }),
  base: z.object({ ref: text, repo: z.object({ id }).nullish() }),
});

export const permissionSchema = z.object({ permission: z.string(), user: user.nullish() });

export const statusSchema = z.object({
  id: z.int(),
  status: z.string().nullish(),
  context: text,
  description: text,
  target_url: text,
});

export const reactionSettingsSchema = z.object({ allowed_reactions: listOf(z.string()) });

/** Answers whose content is of no interest. */
export const anything = z.unknown();

export function listOf<T extends z.ZodType>(item: T) {
  return z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);
}

export type WireUser = z.infer<typeof userSchema>;
export type WireRepository = z.infer<typeof repositorySchema>;
export type WireComment = z.infer<typeof commentSchema>;
export type WirePull = z.infer<typeof pullSchema>;
export type WireStatus = z.infer<typeof statusSchema>;
