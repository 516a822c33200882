import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/ports/engine.ts';
import type { Answer, OpenRouter, Route, Router } from '../../src/ports/router.ts';
import { until } from '../../src/shared/wait.ts';
import { errorOf } from '../support/errors.ts';
import { type Corner, createCorner } from '../support/lab.ts';

export interface RouterWorld {
  readonly engine: Engine;
  readonly router: Router;
  /** With caddy and curl in it: the apps of these tests. */
  readonly image: string;
  close(): Promise<void>;
}

/** The contract of `ports/router.ts`, with two apps on two networks. */
export function routerConformance(name: string, makeWorld: () => Promise<RouterWorld>): void {
  describe(`the router port on ${name}`, { timeout: 60_000 }, () => {
    const corner = createCorner();
    let world: RouterWorld | undefined;
    let open: OpenRouter | undefined;
    let apps: Apps | undefined;
    const at = <T>(thing: T | undefined): T => thing ?? expect.fail('it is not there yet');
    beforeAll(async () => {
      world = await makeWorld();
      apps = await startApps(world, corner);
      open = await world.router.open(corner.run, apps.routes, corner.labels, soon());
    });
    afterAll(async () => {
      if (world === undefined) return;
      await open?.close(soon());
      await corner.clear(world.engine);
      await world.close();
    });
    const ask = (host: string, path = '/', more: Partial<Parameters<OpenRouter['ask']>[0]> = {}) =>
      at(open).ask({ host, path, deadline: 10_000, maxBytes: 100_000, ...more }, soon());

    test('makes the one container whose name it told before, with the labels of the run', async () => {
      const { engine, router } = at(world);
      await ask('one.example');
      const containers = await engine.containers(corner.labels, soon());
      const found = containers.filter((container) => container.name === router.containerName(corner.run));
      expect(found).toHaveLength(1);
      expect(found[0]?.labels).toMatchObject(corner.labels);
    });

    test('gives each host the answer of its own app, and says that it came from the app', async () => {
      const one = await answered('one.example');
      expect(one).toMatchObject({ from: 'app', status: 200, headers: { 'x-app': 'one' } });
      expect(text(one)).toBe('I am one, asked as one.example for /');
      expect(text(await answered('two.example', '/deep/er?q=1'))).toBe(
        'I am two, asked as two.example for /deep/er?q=1',
      );
    });

    test('hands on whatever status an app gives, and what it says about itself', async () => {
      const missing = await answered('one.example', '/missing');
      expect(missing).toMatchObject({ from: 'app', status: 404 });
      expect(text(missing)).toBe('no such page');
      expect(await answered('one.example', '/broken')).toMatchObject({ from: 'app', status: 502 });
    });

    test('says of an app that cannot be reached that the answer is its own', async () => {
      expect(await ask('nobody.example')).toMatchObject({ from: 'router', status: 502 });
      expect(await ask('closed.example')).toMatchObject({ from: 'router', status: 502 });
    });

    test('says of a host that nobody has that the answer is its own', async () => {
      expect(await ask('unknown.example')).toMatchObject({ from: 'router', status: 404 });
    });

    test('is not deceived by an app that claims to be the router, or by a visitor', async () => {
      expect(await answered('one.example', '/claims')).toMatchObject({ from: 'app', status: 200 });
    });

    test('lets apps find each other under their public names, each on its own network alone', async () => {
      const { engine } = at(world);
      const curl = async (container: string, host: string) =>
        await engine.exec(container, ['curl', '-sS', '--max-time', '8', `http://${host}/`], soon());
      const seen = await curl(at(apps).one, 'one.example');
      expect(seen.stdout).toBe('I am one, asked as one.example for /');
      // The other app is on another network, and its name does not lead there from here.
      const { stdout, exitCode } = await curl(at(apps).one, 'two.example');
      expect(exitCode).not.toBe(0);
      expect(stdout).not.toContain('I am two');
    });

    test('reads no more of an answer than is allowed', async () => {
      const error = await errorOf(ask('one.example', '/', { maxBytes: 5 }));
      expect(error).toMatchObject({ kind: 'environment', code: 'router-unreachable' });
      expect(error.message).toContain('more than 5 bytes');
    });

    test('ends a request with the reason of its signal', async () => {
      const signal = AbortSignal.abort(new Error('cancelled by a test'));
      const asked = at(open).ask({ host: 'one.example', path: '/', deadline: 5000, maxBytes: 10 }, signal);
      await expect(asked).rejects.toThrow('cancelled by a test');
    });

    test('refuses a host that is none, whatever it would do to a configuration', async () => {
      const { router } = at(world);
      const network = at(apps).routes[0]?.network ?? '';
      const host = 'x.example {\nrespond "pwned"\n}\nhttp://y.example';
      const bad = { host, service: 'one', port: 80, network };
      const other = createCorner();
      const opening = router.open(other.run, [bad], other.labels, soon());
      const asked = opening.then((opened) =>
        opened.ask({ host: 'y.example', path: '/', deadline: 5000, maxBytes: 100 }, soon()),
      );
      expect(await errorOf(asked)).toMatchObject({ kind: 'recipe', code: 'bad-host' });
      expect(await at(world).engine.containers(other.labels, soon())).toEqual([]);
    });

    test('is gone once closed, and does not answer any more', async () => {
      const { engine, router } = at(world);
      await at(open).close(soon());
      const names = (await engine.containers(corner.labels, soon())).map((container) => container.name);
      expect(names).not.toContain(router.containerName(corner.run));
      expect(await errorOf(ask('one.example'))).toMatchObject({ code: 'router-unreachable' });
      await at(open).close(soon());
    });

    /** Asks until the app has come up behind the router. */
    async function answered(host: string, path = '/'): Promise<Answer> {
      return await until({ name: host, deadline: 30_000, every: 200, signal: soon() }, async () => {
        const answer = await ask(host, path);
        return answer.from === 'app'
          ? { done: true, value: answer }
          : { done: false, missing: `an app: ${answer.status}` };
      });
    }
  });
}

interface Apps {
  readonly one: string;
  readonly routes: readonly Route[];
}

/** Two small web servers, each on a network of its own under the name that its route has. */
async function startApps({ engine, image }: RouterWorld, corner: Corner): Promise<Apps> {
  const routes: Route[] = [];
  const ids: string[] = [];
  for (const word of ['one', 'two']) {
    const network = corner.name(`net-${word}`);
    await engine.createOverlay({ name: network, labels: corner.labels, internal: false }, soon());
    const content = Buffer.from(caddyfile(word));
    const command = ['run', '--config', '/tmp/Caddyfile', '--adapter', 'caddyfile'];
    const spec = { name: corner.name(word), image, labels: corner.labels, entrypoint: ['caddy'], command };
    const id = await engine.createContainer(spec, soon());
    const file = { path: 'Caddyfile', content, mode: 0o644, uid: 0, gid: 0, mtime: 0 };
    await engine.putFiles(id, '/tmp', [file], soon());
    await engine.startContainer(id, soon());
    await engine.connect(network, id, [word], soon());
    ids.push(id);
    routes.push({ host: `${word}.example`, service: word, port: 8080, network });
  }
  const network = routes[0]?.network ?? '';
  routes.push({ host: 'nobody.example', service: 'nobody', port: 80, network });
  routes.push({ host: 'closed.example', service: 'one', port: 9, network });
  return { one: ids[0] ?? '', routes };
}

function caddyfile(word: string): string {
  return `{
  admin off
  auto_https off
}
:8080 {
  header x-app ${word}
  respond /missing "no such page" 404
  respond /broken "my own trouble" 502
  handle /claims {
    header seatrial-answer-from router
    respond "I am the router" 200
  }
  respond "I am ${word}, asked as {http.request.host} for {http.request.uri}" 200
}
`;
}

function text(answer: Answer): string {
  return new TextDecoder().decode(answer.body);
}

function soon(): AbortSignal {
  return AbortSignal.timeout(50_000);
}
