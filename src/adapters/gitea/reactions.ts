import { isSeatrialError } from '../../shared/errors.ts';
import type { Asked } from './failures.ts';
import { anything, reactionSettingsSchema } from './schema.ts';
import { required, type Transport } from './transport.ts';

export interface NewReaction {
  readonly asked: Asked;
  /** Encoded parts of the path. */
  readonly owner: string;
  readonly name: string;
  readonly comment: number;
  readonly content: string;
}

/**
 * Succeeds where the reaction stands already (200). A 403 has several reasons, and only one
 * of them is none of our business: that the admin of the instance has taken this reaction
 * off the list. So the list is asked for.
 */
export async function postReaction(
  transport: Transport,
  reaction: NewReaction,
  signal: AbortSignal,
): Promise<void> {
  const { asked, owner, name, comment, content } = reaction;
  try {
    await transport.call(
      {
        doing: asked.doing,
        accept: [200, 201],
        schema: anything,
        send: (api, params) => api.repos.issuePostCommentReaction(owner, name, comment, { content }, params),
      },
      signal,
    );
  } catch (error) {
    if (!isSeatrialError(error) || error.code !== 'forge-forbidden') throw error;
    const allowed = await allowedReactions(transport, signal);
    if (allowed === undefined || allowed.includes(content)) throw error;
  }
}

/** Undefined where the instance does not tell. */
async function allowedReactions(
  transport: Transport,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const asked = transport.asked('the reactions that are allowed');
  try {
    const reply = await transport.call(
      {
        doing: asked.doing,
        accept: [200],
        schema: reactionSettingsSchema,
        send: (api, params) => api.settings.getGeneralUiSettings(params),
      },
      signal,
    );
    return required(asked, reply).allowed_reactions;
  } catch (error) {
    // Whoever asked about the reaction is told of its refusal, not of this question's.
    if (isSeatrialError(error)) return undefined;
    throw error;
  }
}
