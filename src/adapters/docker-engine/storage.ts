import type { Engine } from '../../ports/engine.ts';
import type { Connection } from './connection.ts';
import { labelFilter } from './labels.ts';

type StorageCalls = Pick<
  Engine,
  | 'volumes'
  | 'createVolume'
  | 'removeVolume'
  | 'networks'
  | 'addressesOn'
  | 'createOverlay'
  | 'connect'
  | 'removeNetwork'
>;

/** Volumes and networks. */
export function storageCalls(connection: Connection): StorageCalls {
  const { call, find } = connection;
  return {
    async volumes(labels, signal) {
      const found = await call('list volumes', signal, (docker) =>
        docker.listVolumes({ filters: labelFilter(labels), abortSignal: signal }),
      );
      return (found.Volumes ?? []).map((volume) => ({
        name: volume.Name,
        labels: volume.Labels ?? {},
        createdAt: 'CreatedAt' in volume ? String(volume.CreatedAt) : '',
      }));
    },

    async createVolume(name, labels, signal) {
      await call('create volume', signal, (docker) =>
        docker.createVolume({ Name: name, Labels: { ...labels }, abortSignal: signal }),
      );
    },

    async removeVolume(name, signal) {
      await find(`remove volume ${name}`, signal, (docker) =>
        docker.getVolume(name).remove({ abortSignal: signal }),
      );
    },

    async networks(labels, signal) {
      const found = await call('list networks', signal, (docker) =>
        docker.listNetworks({ filters: labelFilter(labels), abortSignal: signal }),
      );
      return found.map((network) => ({ id: network.Id, name: network.Name, labels: network.Labels ?? {} }));
    },

    async addressesOn(network, signal) {
      const found = await find(`inspect network ${network}`, signal, (docker) =>
        docker.getNetwork(network).inspect(),
      );
      return new Map(
        Object.entries(found?.Containers ?? {}).map(([id, at]) => [id, at.IPv4Address.split('/')[0] ?? '']),
      );
    },

    async createOverlay({ name, labels, internal }, signal) {
      await call(`create network ${name}`, signal, (docker) =>
        docker.createNetwork({
          Name: name,
          Driver: 'overlay',
          Attachable: true,
          Internal: internal,
          CheckDuplicate: true,
          Labels: { ...labels },
          abortSignal: signal,
        }),
      );
    },

    async connect(network, containerId, aliases, signal) {
      await call(`connect to network ${network}`, signal, (docker) =>
        docker.getNetwork(network).connect({
          Container: containerId,
          EndpointConfig: { Aliases: [...aliases] },
        }),
      );
    },

    async removeNetwork(name, signal) {
      await find(`remove network ${name}`, signal, (docker) =>
        docker.getNetwork(name).remove({ abortSignal: signal }),
      );
    },
  };
}
