import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type Docker from 'dockerode';
import type {
  Container,
  ContainerMount,
  ContainerSpec,
  ContainerState,
  Engine,
  ExecResult,
} from '../../ports/engine.ts';
import { SeatrialError } from '../../shared/errors.ts';
import { oneLine } from '../../shared/text.ts';
import type { Connection } from './connection.ts';
import { labelFilter } from './labels.ts';

type ContainerCalls = Pick<
  Engine,
  | 'containers'
  | 'containerState'
  | 'createContainer'
  | 'startContainer'
  | 'waitContainer'
  | 'removeContainer'
  | 'publishedPort'
  | 'logs'
  | 'exec'
>;

export function containerCalls(connection: Connection): ContainerCalls {
  const { call, find } = connection;
  return {
    async containers(labels, signal) {
      const found = await call('list containers', signal, (docker) =>
        docker.listContainers({ all: true, filters: labelFilter(labels), abortSignal: signal }),
      );
      return found.map(asContainer);
    },

    async containerState(id, signal) {
      const found = await find('inspect container', signal, (docker) =>
        docker.getContainer(id).inspect({ abortSignal: signal }),
      );
      return found === undefined ? undefined : asState(found.State);
    },

    async createContainer(spec, signal) {
      const created = await call('create container', signal, (docker) =>
        docker.createContainer({ ...createOptions(spec), abortSignal: signal }),
      );
      return created.id;
    },

    async startContainer(id, signal) {
      await call('start container', signal, (docker) =>
        docker.getContainer(id).start({ abortSignal: signal }),
      );
    },

    async waitContainer(id, signal) {
      const ended: { StatusCode: number } = await call('wait for container', signal, (docker) =>
        docker.getContainer(id).wait({ abortSignal: signal }),
      );
      return ended.StatusCode;
    },

    async removeContainer(id, signal) {
      try {
        await find('remove container', signal, (docker) =>
          docker.getContainer(id).remove({ force: true, v: true, abortSignal: signal }),
        );
      } catch (error) {
        // Somebody else, mostly Swarm itself, removes it already: then it will be gone without us.
        if (!(error instanceof SeatrialError && error.code === 'engine-409')) throw error;
      }
    },

    async publishedPort(id, port, signal) {
      const found = await find('inspect container', signal, (docker) =>
        docker.getContainer(id).inspect({ abortSignal: signal }),
      );
      const binding = found?.NetworkSettings.Ports[`${port}/tcp`]?.[0];
      return binding === undefined ? undefined : Number(binding.HostPort);
    },

    async logs(id, lines, signal) {
      const raw = await find('read logs', signal, (docker) =>
        docker
          .getContainer(id)
          .logs({ follow: false, stdout: true, stderr: true, tail: lines, abortSignal: signal }),
      );
      return raw === undefined ? '' : withoutFrames(raw).toString('utf8');
    },

    exec: (id, command, signal, user) =>
      call('exec', signal, (docker) => execute(docker, id, command, signal, user)),
  };
}

function createOptions(spec: ContainerSpec): Docker.ContainerCreateOptions {
  const publish = spec.publish === undefined ? undefined : `${spec.publish}/tcp`;
  return {
    name: spec.name,
    Image: spec.image,
    Labels: { ...spec.labels },
    Cmd: [...spec.command],
    ...(spec.entrypoint === undefined ? {} : { Entrypoint: [...spec.entrypoint] }),
    Env: Object.entries(spec.env ?? {}).map(([name, value]) => `${name}=${value}`),
    ...(publish === undefined ? {} : { ExposedPorts: { [publish]: {} } }),
    HostConfig: {
      ...(spec.offline === true ? { NetworkMode: 'none' } : {}),
      ...(spec.onNode === true ? { NetworkMode: 'host' } : {}),
      ...(spec.capabilities === undefined ? {} : { CapAdd: [...spec.capabilities] }),
      Mounts: (spec.volumes ?? []).map((mount) => ({
        Type: 'volume',
        Source: mount.volume,
        Target: mount.target,
        ReadOnly: mount.readOnly,
        VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: '', Options: {} } },
      })),
      ...(publish === undefined
        ? {}
        : { PortBindings: { [publish]: [{ HostIp: '127.0.0.1', HostPort: '' }] } }),
    },
  };
}

async function execute(
  docker: Docker,
  id: string,
  command: readonly string[],
  signal: AbortSignal,
  user: string | undefined,
): Promise<ExecResult> {
  const exec = await docker.getContainer(id).exec({
    Cmd: [...command],
    AttachStdout: true,
    AttachStderr: true,
    ...(user === undefined ? {} : { User: user }),
    abortSignal: signal,
  });
  const stream = await exec.start({ hijack: true, stdin: false, abortSignal: signal });
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  docker.modem.demuxStream(stream, stdout, stderr);
  stream.once('close', endBoth).once('end', endBoth).once('error', endBoth);
  const abort = () => stream.destroy();
  signal.addEventListener('abort', abort, { once: true });
  try {
    const [out, err] = await Promise.all([buffer(stdout), buffer(stderr)]);
    signal.throwIfAborted();
    const ended = await exec.inspect({ abortSignal: signal });
    return { exitCode: ended.ExitCode ?? -1, stdout: out.toString('utf8'), stderr: err.toString('utf8') };
  } finally {
    signal.removeEventListener('abort', abort);
  }
  function endBoth(): void {
    stdout.end();
    stderr.end();
  }
}

/** Engine logs come in frames: one byte of stream, three of nothing, four of length, then the text. */
function withoutFrames(raw: Buffer): Buffer {
  const texts: Buffer[] = [];
  let at = 0;
  while (at + 8 <= raw.length) {
    const kind = raw[at];
    if (kind === undefined || kind > 2) return raw; // a terminal's log has no frames
    const length = raw.readUInt32BE(at + 4);
    texts.push(raw.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return Buffer.concat(texts);
}

function asContainer(found: Docker.ContainerInfo): Container {
  return {
    id: found.Id,
    name: (found.Names[0] ?? found.Id).replace(/^\//, ''),
    image: found.Image,
    labels: found.Labels,
    running: found.State === 'running',
    mounts: found.Mounts.map(
      (mount): ContainerMount => ({
        type: mount.Type,
        volume: mount.Type === 'volume' ? mount.Name : undefined,
        target: mount.Destination,
        writable: mount.RW,
      }),
    ),
  };
}

function asState(state: Docker.ContainerInspectInfo['State']): ContainerState {
  const health = state.Health;
  return {
    running: state.Running,
    exitCode: state.ExitCode,
    outOfMemory: state.OOMKilled,
    error: state.Error,
    health:
      health === undefined
        ? undefined
        : { status: health.Status, lastOutput: oneLine(health.Log.at(-1)?.Output ?? '') },
  };
}
