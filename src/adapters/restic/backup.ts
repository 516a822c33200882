import { z } from 'zod';
import type { Backup, OpenBackup, VolumeSelection } from '../../ports/backup.ts';
import type { Engine, Labels } from '../../ports/engine.ts';
import { SeatrialError } from '../../shared/errors.ts';
import type { RandomBytes } from '../../shared/ids.ts';
import type { Redactor } from '../../shared/redact.ts';
import { lastLines } from '../../shared/text.ts';

export interface ResticOptions {
  readonly engine: Engine;
  /** An image with the program `restic`. */
  readonly image: string;
  readonly random: RandomBytes;
  readonly redactor: Redactor;
}

const REPOSITORY = '/repository';
const DATA = '/data';
const LOG_LINES = 200;

const SummarySchema = z.object({
  message_type: z.literal('summary'),
  snapshot_id: z.string(),
  total_files_processed: z.number(),
  total_bytes_processed: z.number(),
});

/** restic in a container beside the volumes; the repository is a volume of the run. */
export function createResticBackup(options: ResticOptions): Backup {
  const names = (run: string) => ({
    volume: `seatrial-${run}-backup`,
    containers: ['init', 'save', 'restore'].map((what) => `seatrial-${run}-${what}`),
  });
  return {
    names,
    async open(run, labels, signal) {
      await options.engine.createVolume(names(run).volume, labels, signal);
      const password = Buffer.from(options.random(24)).toString('base64url');
      options.redactor.register(password);
      return opened(options, { run, labels, volume: names(run).volume, password }, signal);
    },
  };
}

interface Opened {
  readonly run: string;
  readonly labels: Labels;
  readonly volume: string;
  readonly password: string;
}

function opened(
  options: ResticOptions,
  { run, labels, volume, password }: Opened,
  signal: AbortSignal,
): OpenBackup {
  const shared = {
    image: options.image,
    labels,
    offline: true as const,
    entrypoint: ['restic'],
    env: { RESTIC_REPOSITORY: REPOSITORY, RESTIC_PASSWORD: password, RESTIC_CACHE_DIR: '/tmp/restic' },
  };
  const mounts = (volumes: readonly VolumeSelection[], readOnly: boolean) => [
    { volume, target: REPOSITORY, readOnly: false },
    ...volumes.map((selection) => ({
      volume: selection.volume,
      target: `${DATA}/${selection.volume}`,
      readOnly,
    })),
  ];
  // The repository is made while the apps deploy; whoever saves first waits for it.
  const ready = once(
    options.engine,
    { ...shared, name: `seatrial-${run}-init`, command: ['init', '--quiet'], volumes: mounts([], false) },
    signal,
  );
  ready.catch(() => undefined);
  return {
    async save(volumes, signal) {
      const paths = volumes.flatMap(pathsOf);
      if (paths.length === 0) return { id: '', files: 0, bytes: 0 };
      await ready;
      const output = await once(
        options.engine,
        {
          ...shared,
          name: `seatrial-${run}-save`,
          command: ['backup', '--json', '--host', 'seatrial', ...paths],
          volumes: mounts(volumes, true),
        },
        signal,
      );
      return summary(output);
    },
    async restore(snapshot, volumes, signal) {
      const include = volumes.flatMap(pathsOf).flatMap((path) => ['--include', path]);
      await once(
        options.engine,
        {
          ...shared,
          name: `seatrial-${run}-restore`,
          command: ['restore', snapshot.id, '--target', '/', ...include],
          volumes: mounts(volumes, false),
        },
        signal,
      );
    },
    async close(signal) {
      await ready.catch(() => undefined);
      await options.engine.removeVolume(volume, signal);
    },
  };
}

function pathsOf(selection: VolumeSelection): string[] {
  const root = `${DATA}/${selection.volume}`;
  return selection.paths.length === 0
    ? [root]
    : selection.paths.map((path) => `${root}/${path.replace(/^\/+/, '')}`);
}

/** Runs one container to its end and removes it; what it printed is returned where it ended well. */
async function once(
  engine: Engine,
  spec: Parameters<Engine['createContainer']>[0],
  signal: AbortSignal,
): Promise<string> {
  const id = await engine.createContainer(spec, signal);
  try {
    await engine.startContainer(id, signal);
    const exitCode = await engine.waitContainer(id, signal);
    const output = await engine.logs(id, LOG_LINES, signal);
    if (exitCode !== 0) throw failed(exitCode, output);
    return output;
  } finally {
    await engine.removeContainer(id, AbortSignal.timeout(30_000));
  }
}

function summary(output: string): { id: string; files: number; bytes: number } {
  for (const line of output.split('\n')) {
    if (!line.startsWith('{')) continue;
    const parsed = SummarySchema.safeParse(JSON.parse(line));
    if (parsed.success) {
      const { snapshot_id: id, total_files_processed: files, total_bytes_processed: bytes } = parsed.data;
      return { id, files, bytes };
    }
  }
  throw failed(0, output);
}

function failed(exitCode: number, output: string): SeatrialError {
  const words = lastLines(output, 3).join(' / ');
  return new SeatrialError({
    kind: 'environment',
    code: 'restic-failed',
    sentence: `restic ended with code ${exitCode}: ${words || 'it said nothing'}`,
    facts: { exitCode, words },
  });
}
