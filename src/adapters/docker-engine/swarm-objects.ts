import type Docker from 'dockerode';
import type { Engine, Labels, SwarmObject } from '../../ports/engine.ts';
import { SeatrialError } from '../../shared/errors.ts';
import type { Connection } from './connection.ts';
import { labelFilter } from './labels.ts';
import { asService, asTask, isEndedJob } from './services.ts';

type SwarmCalls = Pick<
  Engine,
  | 'services'
  | 'tasks'
  | 'tasksLeft'
  | 'removeService'
  | 'configs'
  | 'config'
  | 'createConfig'
  | 'relabelConfig'
  | 'removeConfig'
  | 'secrets'
  | 'createSecret'
  | 'removeSecret'
>;

/** Services, tasks, configs and secrets of the swarm that this engine manages. */
export function swarmCalls(connection: Connection): SwarmCalls {
  const { call, find } = connection;
  return {
    async services(labels, signal) {
      const found = await call('list services', signal, (docker) =>
        docker.listServices({ filters: labelFilter(labels), abortSignal: signal }),
      );
      return found.map(asService);
    },

    async tasks(serviceNames, signal) {
      if (serviceNames.length === 0) return [];
      const found = await call('list tasks', signal, (docker) =>
        docker.listTasks({ filters: { service: [...serviceNames] }, abortSignal: signal }),
      );
      return found.map(asTask).sort((a, b) => b.createdAt - a.createdAt);
    },

    async tasksLeft(serviceIds, signal) {
      if (serviceIds.length === 0) return 0;
      const found = await call('list tasks', signal, (docker) => docker.listTasks({ abortSignal: signal }));
      const kept = found.filter((task) => !isEndedJob(task)).map(asTask);
      return kept.filter((task) => serviceIds.includes(task.serviceId)).length;
    },

    async removeService(id, signal) {
      await find('remove service', signal, (docker) => docker.getService(id).remove({ abortSignal: signal }));
    },

    async configs(labels, signal) {
      const found = await call('list configs', signal, (docker) =>
        docker.listConfigs({ filters: labelFilter(labels), abortSignal: signal }),
      );
      return found.map(asObject);
    },

    async config(name, signal) {
      const found = await find(`inspect config ${name}`, signal, (docker) =>
        docker.getConfig(name).inspect({ abortSignal: signal }),
      );
      return found === undefined ? undefined : asObject(found);
    },

    createConfig: (name, labels, content, signal) =>
      claimed(() =>
        call(`create config ${name}`, signal, (docker) =>
          docker.createConfig({
            Name: name,
            Labels: { ...labels },
            Data: base64(content),
            abortSignal: signal,
          }),
        ),
      ),

    async relabelConfig(config, labels, signal) {
      try {
        await call(`update config ${config.name}`, signal, (docker) =>
          relabel(docker, config, labels, signal),
        );
        return true;
      } catch (error) {
        if (error instanceof SeatrialError && isLostRace(error)) return false;
        throw error;
      }
    },

    async removeConfig(id, signal) {
      await find('remove config', signal, (docker) => docker.getConfig(id).remove({ abortSignal: signal }));
    },

    async secrets(labels, signal) {
      const found = await call('list secrets', signal, (docker) =>
        docker.listSecrets({ filters: labelFilter(labels), abortSignal: signal }),
      );
      return found.map(asObject);
    },

    createSecret: (name, labels, content, signal) =>
      claimed(() =>
        call(`create secret ${name}`, signal, (docker) =>
          docker.createSecret({
            Name: name,
            Labels: { ...labels },
            Data: base64(content),
            abortSignal: signal,
          }),
        ),
      ),

    async removeSecret(id, signal) {
      await find('remove secret', signal, (docker) => docker.getSecret(id).remove({ abortSignal: signal }));
    },
  };
}

async function claimed(create: () => Promise<unknown>): Promise<boolean> {
  try {
    await create();
    return true;
  } catch (error) {
    if (error instanceof SeatrialError && error.code === 'engine-409') return false;
    throw error;
  }
}

/** Only labels may differ, but the whole specification has to be sent; its content is read just before. */
async function relabel(
  docker: Docker,
  config: SwarmObject,
  labels: Labels,
  signal: AbortSignal,
): Promise<void> {
  const present = await docker.getConfig(config.id).inspect({ abortSignal: signal });
  await docker.getConfig(config.id).update({
    _query: { version: config.version },
    _body: { ...present.Spec, Labels: { ...labels } },
    abortSignal: signal,
  });
}

/** The engine answers the slower of two writers with 500 and these words. */
function isLostRace(error: SeatrialError): boolean {
  if (error.code === 'engine-404') return true;
  return error.code === 'engine-500' && String(error.facts['words']).includes('update out of sequence');
}

interface RawObject {
  readonly ID: string;
  readonly Version?: { readonly Index?: number | undefined } | undefined;
  readonly Spec?: { readonly Name?: string | undefined; readonly Labels?: Labels | undefined } | undefined;
}

function asObject(raw: RawObject): SwarmObject {
  return {
    id: raw.ID,
    name: raw.Spec?.Name ?? '',
    labels: raw.Spec?.Labels ?? {},
    version: raw.Version?.Index ?? 0,
  };
}

function base64(content: string): string {
  return Buffer.from(content, 'utf8').toString('base64');
}
