import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { runOrThrow, runProcess } from '../../src/shared/process.ts';
import type { LabImages } from '../open-lab.ts';
import { findCli } from '../setup/docker-cli.ts';
import { readMachine } from '../setup/machine.ts';
import { type TestContext, testContext } from '../testing/context.ts';
import { addChange, type BuildOptions, buildCustomHtml, type CustomHtml } from './custom-html.ts';
import { MUTANTS, type MutantName } from './mutants.ts';

const images: LabImages = {
  nginx: {
    old: '127.0.0.1:5089/nginx:1.22.0',
    new: '127.0.0.1:5089/nginx:1.22.1',
    next: '127.0.0.1:5089/nginx:1.23.0',
    broken: '127.0.0.1:5089/nginx:1.23.0-rc1',
    missing: '127.0.0.1:5089/nginx:1.99.0',
  },
  tools: '127.0.0.1:5089/tools:1',
};

describe('the recipe custom-html', () => {
  let context: TestContext;
  let options: BuildOptions;
  let recipe: CustomHtml;
  beforeAll(async () => {
    context = await testContext();
    options = { ...context, images, directory: join(context.directory, 'custom-html.git') };
    recipe = await buildCustomHtml(options);
  });
  afterAll(() => context.remove());

  const git = async (...args: string[]) => {
    const env = { PATH: context.environment.path };
    const call = { cwd: recipe.directory, env, signal: context.signal, name: 'git', deadline: 20_000 };
    return (await runOrThrow('git', args, call)).stdout;
  };
  const file = (commit: string, path: string) => git('show', `${commit}:${path}`);
  const changed = (commit: string) => git('diff', '--unified=0', recipe.main, commit, '--', '.', ':!release');

  test('is a sound bare repository whose HEAD is main', async () => {
    expect(await git('rev-parse', '--is-bare-repository', 'HEAD')).toBe(`true\n${recipe.main}\n`);
    expect(await git('fsck', '--strict')).toBe('');
  });

  test('has two releases with annotated tags, the newer one at the tip of main', async () => {
    expect(await git('cat-file', '-t', recipe.releases.old.tag)).toBe('tag\n');
    expect(await git('cat-file', '-t', recipe.releases.new.tag)).toBe('tag\n');
    expect(recipe.releases.new.commit).toBe(recipe.main);
    expect((await git('rev-parse', `${recipe.main}^`)).trim()).toBe(recipe.releases.old.commit);
  });

  test('carries in each release its image and, as label, its tag', async () => {
    for (const [release, image] of [
      [recipe.releases.old, images.nginx.old],
      [recipe.releases.new, images.nginx.new],
    ] as const) {
      const compose = await file(release.commit, 'compose.yml');
      expect(parse(compose).services.app.image).toBe(image);
      expect(compose).toContain(`.version=${release.tag}"`);
    }
  });

  test('asks for health as real recipes do', async () => {
    const { healthcheck } = parse(await file(recipe.main, 'compose.yml')).services.app;
    const { test: probe, ...pace } = healthcheck;
    expect(pace).toEqual({ interval: '30s', timeout: '10s', retries: 10, start_period: '1m' });
    expect(probe).toContain('curl');
  });

  test('has the same commit ids wherever it is built', async () => {
    const again = await buildCustomHtml({ ...options, directory: join(context.directory, 'again.git') });
    expect({ ...again, directory: '' }).toEqual({ ...recipe, directory: '' });
  });

  test('has pull requests that start from main and raise the version', async () => {
    for (const { branch, head, title } of Object.values(recipe.pullRequests)) {
      expect((await git('rev-parse', branch)).trim()).toBe(head);
      expect((await git('rev-parse', `${head}^`)).trim()).toBe(recipe.main);
      expect(await file(head, 'compose.yml')).not.toContain(`.version=${recipe.releases.new.tag}"`);
      expect(title).not.toBe('');
    }
  });

  test('has a good change: a newer image, and a configuration under a new name', async () => {
    const { head } = recipe.pullRequests.good;
    expect(parse(await file(head, 'compose.yml')).services.app.image).toBe(images.nginx.next);
    expect(await file(head, 'server.conf.tmpl')).toContain('expires 1h');
    expect(await file(head, 'abra.sh')).toBe('export SERVER_CONF_VERSION=v2\n');
  });

  test('has a change that moves the backup label to where the bot does not look', async () => {
    const { app } = parse(await file(recipe.pullRequests['backup-label'].head, 'compose.yml')).services;
    const isBackup = (label: string) => label.startsWith('backupbot.');
    expect(app.labels.filter(isBackup)).toHaveLength(1);
    expect(app.deploy.labels.filter(isBackup)).toEqual([]);
  });

  test('has a change that renames the volume and nothing else', async () => {
    const compose = parse(await file(recipe.pullRequests['volume-renamed'].head, 'compose.yml'));
    expect(Object.keys(compose.volumes)).toEqual(['site']);
    expect(compose.services.app.volumes).toEqual(['site:/usr/share/nginx/html']);
    expect(compose.services.app.image).toBe(images.nginx.new);
  });

  test('has a change to an image that ends at its start', async () => {
    const compose = parse(await file(recipe.pullRequests['broken-image'].head, 'compose.yml'));
    expect(compose.services.app.image).toBe(images.nginx.broken);
  });

  test.each(Object.keys(MUTANTS) as MutantName[])(
    'can be given the fault %s, which changes something',
    async (name) => {
      const { head } = await addChange(options, MUTANTS[name]);
      expect((await git('rev-parse', `${head}^`)).trim()).toBe(recipe.main);
      expect(await changed(head)).not.toBe('');
    },
  );

  test('is understood by docker in every release and pull request', async () => {
    const cli = await findCli(context, await readMachine());
    const commits = [
      recipe.releases.old.commit,
      ...Object.values(recipe.pullRequests).map(({ head }) => head),
    ];
    for (const commit of [recipe.main, ...commits]) {
      const answer = await runProcess(cli.path, ['stack', 'config', '--compose-file', '-'], {
        env: {
          DOMAIN: 'a.example',
          STACK_NAME: 'a',
          SERVER_CONF_VERSION: 'v1',
          LETS_ENCRYPT_ENV: '',
          EXTRA_DOMAINS: '',
        },
        input: await file(commit, 'compose.yml'),
        signal: context.signal,
        name: 'docker stack config',
        deadline: 20_000,
      });
      expect(answer.stderr).toBe('');
      expect(answer.exitCode).toBe(0);
    }
  });
});
