import type { Forge, ForgeUser, Permission, RepositoryPath } from '../../ports/forge.ts';
import { isSeatrialError } from '../../shared/errors.ts';
import { nonsense } from './failures.ts';
import { toPermission, toPullRequest, toRepository, toUser } from './mapper.ts';
import { numberSegment, segment } from './path-parts.ts';
import { permissionSchema, pullSchema, repositorySchema, userSchema, type WireRepository } from './schema.ts';
import { required, type Transport } from './transport.ts';

type RepositoryOperations = Pick<Forge, 'whoAmI' | 'repository' | 'pullRequest' | 'permission'>;

export function repositoryOperations(transport: Transport): RepositoryOperations {
  return {
    whoAmI: (signal) => readOwnUser(transport, signal),
    repository: async (path, signal) => toRepository(await readRepository(transport, path, signal)),
    async pullRequest(path, number, signal) {
      const asked = transport.asked(`pull request ${number} of ${path.owner}/${path.name}`);
      const [owner, name] = [segment(asked, path.owner), segment(asked, path.name)];
      const index = numberSegment(asked, number);
      const reply = await transport.call(
        {
          doing: asked.doing,
          accept: [200],
          schema: pullSchema,
          send: (api, params) => api.repos.repoGetPullRequest(owner, name, index, params),
        },
        signal,
      );
      const pull = toPullRequest(required(asked, reply));
      if (pull === undefined) throw nonsense(asked, 'its head is no commit of 40 hex digits', reply.status);
      return pull;
    },
    permission: (path, user, signal) => readPermission(transport, path, user, signal),
  };
}

/** Throws `forge-not-found`, `forge-moved` and the like where it is not there to be read. */
export async function readRepository(
  transport: Transport,
  path: RepositoryPath,
  signal: AbortSignal,
): Promise<WireRepository> {
  const asked = transport.asked(`repository ${path.owner}/${path.name}`);
  const [owner, name] = [segment(asked, path.owner), segment(asked, path.name)];
  const reply = await transport.call(
    {
      doing: asked.doing,
      accept: [200],
      schema: repositorySchema,
      send: (api, params) => api.repos.repoGet(owner, name, params),
    },
    signal,
  );
  return required(asked, reply);
}

async function readOwnUser(transport: Transport, signal: AbortSignal): Promise<ForgeUser> {
  const asked = transport.asked('the account of the token');
  const reply = await transport.call(
    {
      doing: asked.doing,
      accept: [200],
      schema: userSchema,
      send: (api, params) => api.user.userGetCurrent(params),
    },
    signal,
  );
  const user = toUser(required(asked, reply));
  if (user === undefined) throw nonsense(asked, 'it has no proper id', reply.status);
  return user;
}

/**
 * Nothing for a login that is unknown by now, or belongs to someone else: names can be
 * taken over, ids can not.
 */
async function readPermission(
  transport: Transport,
  path: RepositoryPath,
  user: ForgeUser,
  signal: AbortSignal,
): Promise<Permission> {
  const asked = transport.asked(`permission of ${user.login} in ${path.owner}/${path.name}`);
  const [owner, name] = [segment(asked, path.owner), segment(asked, path.name)];
  const login = segment(asked, user.login);
  try {
    const reply = await transport.call(
      {
        doing: asked.doing,
        accept: [200],
        schema: permissionSchema,
        send: (api, params) => api.repos.repoGetRepoPermissions(owner, name, login, params),
      },
      signal,
    );
    const answer = required(asked, reply);
    return answer.user?.id === user.id ? toPermission(answer.permission) : 'none';
  } catch (error) {
    if (!isSeatrialError(error)) throw error;
    if (error.code === 'forge-not-found') {
      await readRepository(transport, path, signal);
      return 'none';
    }
    if (error.code !== 'forge-forbidden') throw error;
    return ownPermission(transport, path, user, signal, error);
  }
}

/** Only admins may ask about others, and some servers refuse even the question about oneself. */
async function ownPermission(
  transport: Transport,
  path: RepositoryPath,
  user: ForgeUser,
  signal: AbortSignal,
  refused: Error,
): Promise<Permission> {
  const self = await readOwnUser(transport, signal);
  if (self.id !== user.id) throw refused;
  const { permissions } = await readRepository(transport, path, signal);
  if (permissions?.admin === true) return 'admin';
  if (permissions?.push === true) return 'write';
  return permissions?.pull === true ? 'read' : 'none';
}
