import { type Access, setAccess } from './access.ts';
import { writeComment } from './api-comments.ts';
import type { Core } from './core.ts';
import { editPullRequest, openPullRequest, type PullRequestOptions } from './pulls.ts';
import {
  deleteRepository,
  insertRepository,
  type Repository,
  rememberOldName,
  renameRepository,
  repositoriesOf,
  repositoryByPath,
  setArchived,
} from './repositories.ts';
import { changeThread, insertThread, type Thread, threadByNumber } from './threads.ts';
import { deleteUser, insertToken, insertUser, renameUser, type User, userByLogin } from './users.ts';

export interface RepositoryName {
  readonly owner: string;
  readonly name: string;
}

export interface NewAccount {
  readonly login: string;
  readonly fullName?: string;
  /** Site admin; default false. */
  readonly admin?: boolean;
}

export interface Account {
  readonly id: number;
  readonly login: string;
  /** Shown this once: the forge keeps only its hash. */
  readonly token: string;
}

export interface RepositoryOptions extends RepositoryName {
  /** Default false. */
  readonly private?: boolean;
  /** Default `main`. */
  readonly defaultBranch?: string;
  /** Directory of a git repository whose branches and tags are copied; empty without one. */
  readonly source?: string;
}

/**
 * What the owner of a forge does outside its API, for demonstrations and tests.
 * All of it throws a plain Error where something named does not exist or is taken.
 */
export interface EmbeddedForgeAdmin {
  createUser(account: NewAccount): Account;
  createToken(login: string): string;
  renameUser(login: string, newLogin: string): void;
  deleteUser(login: string): void;
  /** Resolves to the repository's id. */
  createRepository(options: RepositoryOptions): Promise<number>;
  /** A fork under the same name, with all branches; resolves to its id. */
  forkRepository(from: RepositoryName, owner: string): Promise<number>;
  renameRepository(from: RepositoryName, name: string): void;
  deleteRepository(path: RepositoryName): Promise<void>;
  setArchived(path: RepositoryName, archived: boolean): void;
  setAccess(path: RepositoryName, login: string, access: 'none' | 'read' | 'write' | 'admin'): void;
  /** The bare git repository, for direct use by tests. */
  gitDirectory(path: RepositoryName): string;
  createIssue(path: RepositoryName, author: string, title: string): number;
  createPullRequest(path: RepositoryName, author: string, options: PullRequestOptions): Promise<number>;
  setPullRequestState(path: RepositoryName, number: number, state: 'open' | 'closed', editor: string): void;
  setLocked(path: RepositoryName, number: number, locked: boolean): void;
  /** Returns the comment's id. */
  createComment(path: RepositoryName, number: number, author: string, body: string): number;
}

export function createAdmin(core: Core): EmbeddedForgeAdmin {
  const { database } = core;
  const user = (login: string): User => known(userByLogin(database, login), `user ${login}`);
  const repository = ({ owner, name }: RepositoryName): Repository =>
    known(repositoryByPath(database, owner, name), `repository ${owner}/${name}`);
  const thread = (path: RepositoryName, number: number): Thread =>
    known(threadByNumber(database, repository(path).id, number), `number ${number}`);
  return {
    createUser({ login, fullName = '', admin = false }) {
      checkName(login);
      const { id } = insertUser(database, { login, fullName, admin, created: core.now() });
      return { id, login, token: this.createToken(login) };
    },
    createToken(login) {
      const token = Buffer.from(core.random(20)).toString('hex');
      insertToken(database, user(login).id, token);
      return token;
    },
    renameUser(login, newLogin) {
      checkName(newLogin);
      const { id } = user(login);
      for (const owned of repositoriesOf(database, id)) rememberOldName(database, owned);
      renameUser(database, id, newLogin);
    },
    deleteUser: (login) => deleteUser(database, user(login).id),
    createRepository: (options) => addRepository(core, options, user(options.owner), undefined),
    forkRepository(from, owner) {
      const origin = repository(from);
      const { name, defaultBranch, private: secret } = origin;
      const source = core.git.directoryOf(origin.id);
      return addRepository(
        core,
        { owner, name, defaultBranch, private: secret, source },
        user(owner),
        origin,
      );
    },
    renameRepository(from, name) {
      checkName(name);
      renameRepository(database, repository(from), name);
    },
    async deleteRepository(path) {
      const { id } = repository(path);
      deleteRepository(database, id);
      await core.inTurn(id, () => core.git.remove(id));
    },
    setArchived: (path, archived) => setArchived(database, repository(path).id, archived),
    setAccess(path, login, access: Access) {
      setAccess(database, repository(path).id, user(login).id, access);
    },
    gitDirectory: (path) => core.git.directoryOf(repository(path).id),
    createIssue(path, author, title) {
      const { id: repositoryId } = repository(path);
      const by = { repositoryId, authorId: user(author).id, created: core.now() };
      return insertThread(database, { ...by, title, body: '', pull: undefined }).number;
    },
    async createPullRequest(path, author, options) {
      return (await openPullRequest(core, repository(path), user(author), options)).number;
    },
    setPullRequestState(path, number, state, editor) {
      editPullRequest(core, thread(path, number), user(editor), { state });
    },
    setLocked(path, number, locked) {
      changeThread(database, thread(path, number), { locked }, core.now());
    },
    createComment: (path, number, author, body) =>
      writeComment(core, thread(path, number), user(author), body),
  };
}

async function addRepository(
  core: Core,
  options: RepositoryOptions,
  owner: User,
  origin: Repository | undefined,
): Promise<number> {
  checkName(options.name);
  const defaultBranch = options.defaultBranch ?? 'main';
  const id = insertRepository(core.database, {
    ownerId: owner.id,
    name: options.name,
    private: options.private ?? false,
    defaultBranch,
    forkOf: origin?.id,
    created: core.now(),
  });
  try {
    await core.git.create(id, defaultBranch, options.source);
  } catch (error) {
    deleteRepository(core.database, id);
    await core.git.remove(id);
    throw error;
  }
  return id;
}

function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the embedded forge has no ${what}`);
  return value;
}

/** Names that survive in a path. */
function checkName(name: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) && !name.endsWith('.git')) return;
  throw new Error(`"${name}" can be no name on the embedded forge`);
}
