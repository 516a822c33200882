import type { CommitStatus, Forge } from '../../ports/forge.ts';
import { cut, oneLine } from '../../shared/text.ts';
import { type Asked, unfit } from './failures.ts';
import { newestOfEach } from './mapper.ts';
import { allPages, PAGE_SIZE } from './pages.ts';
import { segment, shaSegment } from './path-parts.ts';
import { anything, listOf, statusSchema, type WireStatus } from './schema.ts';
import type { Transport } from './transport.ts';

type StatusOperations = Pick<Forge, 'setStatus' | 'statuses'>;

/** Code points; what GitHub takes, used on all forges alike. */
const LONGEST_DESCRIPTION = 140;
const LONGEST_URL = 2000;
const STATES: ReadonlySet<string> = new Set(['pending', 'success', 'failure', 'error']);

export function statusOperations(transport: Transport): StatusOperations {
  return {
    async setStatus(path, commit, status, signal) {
      const asked = transport.asked(`status ${status.context} in ${path.owner}/${path.name}`);
      const [owner, name] = [segment(asked, path.owner), segment(asked, path.name)];
      const sha = shaSegment(asked, commit);
      const body = bodyOf(asked, status);
      await transport.call(
        {
          doing: asked.doing,
          accept: [201],
          schema: anything,
          send: (api, params) => api.repos.repoCreateStatus(owner, name, sha, body, params),
        },
        signal,
      );
    },
    async statuses(path, commit, signal) {
      const asked = transport.asked(`statuses in ${path.owner}/${path.name}`);
      const [owner, name] = [segment(asked, path.owner), segment(asked, path.name)];
      const sha = shaSegment(asked, commit);
      const { items } = await allPages<WireStatus>(
        asked,
        (status) => String(status.id),
        (page) =>
          transport.call(
            {
              doing: asked.doing,
              accept: [200],
              schema: listOf(statusSchema),
              send: (api, params) =>
                api.repos.repoListStatuses(owner, name, sha, { page, limit: PAGE_SIZE }, params),
            },
            signal,
          ),
      );
      return newestOfEach(items);
    },
  };
}

/** The server would store anything: what is no state, context or address never leaves us. */
function bodyOf(asked: Asked, status: CommitStatus) {
  const { state, context, targetUrl } = status;
  if (!STATES.has(state)) throw unfit(asked, 'this is no state of a commit');
  if (!/^[!-~]([ -~]*[!-~])?$/.test(context)) throw unfit(asked, 'the context must be a line of ASCII text');
  if (targetUrl !== undefined && !isWebAddress(targetUrl))
    throw unfit(asked, 'the target is no http(s) address');
  const description = cut(oneLine(status.description), LONGEST_DESCRIPTION);
  return { state, context, description, ...(targetUrl === undefined ? {} : { target_url: targetUrl }) };
}

function isWebAddress(text: string): boolean {
  const protocol = text.length <= LONGEST_URL ? URL.parse(text)?.protocol : undefined;
  return protocol === 'https:' || protocol === 'http:';
}
