import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Address, Answer, OpenRouter } from '../../src/ports/router.ts';
import { until } from '../../src/shared/wait.ts';
import { errorOf } from '../support/errors.ts';
import { openScene, type RouterWorld, type Scene, type SceneApp } from './router-scene.ts';

/** The contract of `ports/router.ts`, with the apps of two runs on a real swarm. */
export function routerConformance(name: string, makeWorld: () => Promise<RouterWorld>): void {
  describe(`the router port on ${name}`, { timeout: 60_000 }, () => {
    let scene: Scene | undefined;
    const at = (): Scene => scene ?? expect.fail('the scene is not there yet');
    const one = (): SceneApp => at().apps[0];
    beforeAll(async () => {
      scene = await openScene(await makeWorld());
    }, 120_000);
    afterAll(async () => await scene?.close(), 120_000);
    type Asked = Partial<Parameters<OpenRouter['ask']>[0]>;
    const ask = (host: string, path = '/', more: Asked = {}) =>
      one().open.ask({ host, path, deadline: 10_000, maxBytes: 100_000, ...more }, soon());

    test('makes the very containers whose names it told before, with the labels of the run', async () => {
      await ask(one().domain);
      const { engine } = at().world;
      const ours = await engine.containers(one().labels, soon());
      const made = ours.filter(({ labels }) => labels['com.docker.swarm.service.name'] === undefined);
      expect(made.map((container) => container.name)).toEqual(one().router.containers);
    });

    test('gives each host the answer of its own app, and says that it came from the app', async () => {
      const { domain } = one();
      const answer = await answered(domain, '/deep/er?q=1');
      expect(answer).toMatchObject({ from: 'app', status: 200, headers: { 'x-app': domain } });
      expect(text(answer)).toContain(`asked as ${domain} for /deep/er?q=1`);
      expect(text(await answered(`www.${domain}`))).toContain(`asked as www.${domain} for /`);
    });

    test('sends what begins with a prefix where its rule says, without the prefix', async () => {
      const answer = await answered(one().domain, '/api/things?q=1');
      expect(text(answer)).toBe('the interface, asked for /things?q=1');
    });

    test('speaks https to an app that wants it', async () => {
      expect(text(await answered(`secure.${one().domain}`))).toBe('behind https');
    });

    test('hands on whatever status an app gives, and what it says about itself', async () => {
      const { domain } = one();
      const missing = await answered(domain, '/missing');
      expect(missing).toMatchObject({ from: 'app', status: 404 });
      expect(text(missing)).toBe('no such page');
      expect(await answered(domain, '/broken')).toMatchObject({ from: 'app', status: 502 });
      expect(await answered(domain, '/claims')).toMatchObject({ from: 'app', status: 200 });
    });

    test('says of an app that cannot be reached that the answer is its own', async () => {
      await answered(one().domain);
      expect(await ask(`closed.${one().domain}`)).toMatchObject({ from: 'router', status: 502 });
    });

    test('says of a host that nobody has that the answer is its own', async () => {
      expect(await ask(`unknown.${at().world.baseDomain}`)).toMatchObject({ from: 'router', status: 404 });
    });

    test('gives an app one URL, under which it says itself that it was asked', async () => {
      const { domain } = one();
      await answered(domain);
      const address = await one().open.address(domain, soon());
      const { protocol, host } = new URL(address.url);
      if (address.reach === 'everywhere') expect([protocol, host]).toEqual(['https:', domain]);
      else expect(protocol).toBe('http:');
      expect(text(await ask(domain))).toContain(`asked by ${protocol.slice(0, -1)}`);
    });

    test('has that very URL for other containers too, and leads those who ask without TLS to it', async () => {
      const { domain } = one();
      await answered(domain);
      const address = await one().open.address(domain, soon());
      if (address.reach !== 'everywhere') {
        // Without a router nothing has a name that others could know.
        expect((await at().curl(one(), [`http://${domain}/`])).exitCode).toBe(6);
        return;
      }
      const trusted = await at().trustedInside(one(), address);
      const seen = await at().curl(one(), [...trusted, address.url]);
      expect(seen).toMatchObject({ exitCode: 0, stderr: '' });
      expect(seen.stdout).toContain(`asked as ${domain} for / asked by https`);
      const sent = await at().curl(one(), ['--head', `http://${domain}/x?y=1`]);
      expect(sent.stdout).toMatch(/^HTTP\/1.1 30[18]/);
      expect(sent.stdout.toLowerCase()).toContain(`location: https://${domain}/x?y=1\r\n`);
    });

    test('carries a connection that becomes a web socket, both ways', async () => {
      const host = `ws.${one().domain}`;
      await answered(host);
      const address = await one().open.address(host, soon());
      expect(await echoed(address, host, 'ahoy')).toBe('ahoy');
    });

    test('keeps runs apart where each app has a network of its own: neither name nor address leads over', async () => {
      const [mine, other] = at().apps;
      await answered(mine.domain);
      if (at().world.router.network !== undefined) {
        // The operator has all apps on one network, and a run adds nothing to it that could keep them apart.
        expect(mine.router).toMatchObject({ trust: undefined, containers: [] });
        return;
      }
      const named = await at().curl(mine, ['--insecure', `https://${other.domain}/`]);
      expect(named).toMatchObject({ exitCode: 6, stdout: '' });
      const foreign = await at().addressInside(other);
      const reached = await at().curl(mine, [`http://${foreign}:8080/`]);
      // Whatever else may answer under such an address out there, it is not the app.
      expect(reached.stdout).not.toContain('asked as');
      // The very same question inside the other run shows that only the border was in the way.
      expect((await at().curl(other, [`http://${foreign}:8080/`])).stdout).toContain('asked as');
    });

    test('reads no more of an answer than is allowed', async () => {
      await answered(one().domain);
      const error = await errorOf(ask(one().domain, '/', { maxBytes: 5 }));
      expect(error).toMatchObject({ kind: 'environment', code: 'router-unreachable' });
      expect(error.message).toContain('more than 5 bytes');
    });

    test('ends a request with the reason of its signal', async () => {
      const signal = AbortSignal.abort(new Error('cancelled by a test'));
      const asked = one().open.ask({ host: one().domain, path: '/', deadline: 5000, maxBytes: 10 }, signal);
      await expect(asked).rejects.toThrow('cancelled by a test');
    });

    test('is gone once closed, and does not answer any more', async () => {
      const { engine } = at().world;
      await one().open.close(soon());
      const names = (await engine.containers(one().labels, soon())).map((container) => container.name);
      for (const made of one().router.containers) expect(names).not.toContain(made);
      expect(await errorOf(ask(one().domain))).toMatchObject({ code: 'router-unreachable' });
      await one().open.close(soon());
    });

    /** Asks until the app has come up behind the router. */
    async function answered(host: string, path = '/'): Promise<Answer> {
      return await until({ name: host, deadline: 40_000, every: 200, signal: soon() }, async () => {
        const answer = await ask(host, path);
        return answer.from === 'app'
          ? { done: true, value: answer }
          : { done: false, missing: `an app: ${answer.status}` };
      });
    }
  });
}

/** The key of the example in RFC 6455; the app of the scene knows its answer. */
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

/** Opens a web socket as a browser does, and reads back what it sends. */
function echoed(address: Address, host: string, word: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { host, connection: 'Upgrade', upgrade: 'websocket' };
    const options = {
      ...address.connect,
      path: '/',
      headers: { ...headers, 'sec-websocket-key': KEY, 'sec-websocket-version': '13' },
      signal: soon(),
    };
    const asked = address.url.startsWith('https:')
      ? secureRequest({ ...options, servername: host, ca: address.trust?.ca })
      : plainRequest(options);
    asked.once('error', reject);
    asked.once('response', ({ statusCode }) => reject(new Error(`no upgrade but ${statusCode}`)));
    asked.once('upgrade', (_response, socket) => {
      let seen = '';
      socket.on('data', (chunk: Buffer) => {
        seen += chunk.toString();
        if (seen.length < word.length) return;
        socket.destroy();
        resolve(seen);
      });
      socket.once('error', reject);
      socket.write(word);
    });
    asked.end();
  });
}

function text(answer: Answer): string {
  return new TextDecoder().decode(answer.body);
}

function soon(): AbortSignal {
  return AbortSignal.timeout(50_000);
}
