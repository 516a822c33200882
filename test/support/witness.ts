import type { ArchiveFile, Engine } from '../../src/ports/engine.ts';

/** What somebody who uses the app would do with data, as scripts in the app's own container. */
export interface Witnessed {
  /** Puts something in; called again it changes nothing. */
  readonly plant: string;
  /** Prints `present` where it is still there. */
  readonly read: string;
}

export interface Witness {
  /** The engine to run with: whenever a seed is planted or read in a volume, the witness does the same in the app. */
  readonly engine: Engine;
  /** What it saw, each time that this changed. */
  readonly seen: readonly boolean[];
}

/** A second pair of eyes, which sees data as the app has it and not as files. */
export function witnessing(engine: Engine, { plant, read }: Witnessed): Witness {
  const seen: boolean[] = [];
  const inApp = async (container: string, script: string, signal: AbortSignal) => {
    const result = await engine.exec(await appOf(engine, container, signal), ['bash', '-c', script], signal);
    if (result.exitCode !== 0) throw new Error(`the witness could not: ${result.stdout}${result.stderr}`);
    return result.stdout;
  };
  return {
    seen,
    engine: {
      ...engine,
      async putFiles(container, directory, files, signal) {
        if (isSeed(files)) await inApp(container, plant, signal);
        await engine.putFiles(container, directory, files, signal);
      },
      async getFile(container, path, maxBytes, signal) {
        const there = (await inApp(container, read, signal)).includes('present');
        if (seen.at(-1) !== there) seen.push(there);
        return await engine.getFile(container, path, maxBytes, signal);
      },
    },
  };
}

/** Whether these files are a seed, and not what a recipe wants carried out. */
export function isSeed(files: readonly ArchiveFile[]): boolean {
  return files.some(({ path }) => /^seatrial-[0-9a-f]+\.txt$/.test(path));
}

/** The running container of service `app` in the stack that a container belongs to. */
async function appOf(engine: Engine, container: string, signal: AbortSignal): Promise<string> {
  const all = await engine.containers({}, signal);
  const stack = all.find(({ id }) => id === container)?.labels['com.docker.stack.namespace'];
  const name = { 'com.docker.swarm.service.name': `${stack}_app` };
  const app = (await engine.containers(name, signal)).find(({ running }) => running);
  if (app === undefined) throw new Error(`stack ${stack} has no app that runs`);
  return app.id;
}
