import type { Engine } from '../../ports/engine.ts';
import type { StackName } from '../../shared/brand.ts';
import { until } from '../../shared/wait.ts';

const GONE_MS = 90_000;
const POLL_MS = 150;

/**
 * Removes a stack without grace: its services first, then its containers by force through the
 * engine, since Swarm's own way waits for processes that nobody needs to end well. Networks,
 * secrets and configs are asked for only when no task refers to them any more; taking them
 * earlier leaks addresses.
 */
export async function removeStack(engine: Engine, stack: StackName, signal: AbortSignal): Promise<void> {
  const ours = { 'com.docker.stack.namespace': stack };
  const wake = (stop: AbortSignal) => engine.nextEvent(stop);
  const services = await engine.services(ours, signal);
  const tasksOf = services.map(({ id }) => id);
  // Both at once: a moment after a service is gone Swarm begins its own slow way of ending the tasks.
  const running = await engine.containers(ours, signal);
  await Promise.all([
    ...services.map(({ id }) => engine.removeService(id, signal)),
    ...running.map(({ id }) => engine.removeContainer(id, signal)),
  ]);
  await until(
    { name: `removing the tasks of ${stack}`, deadline: GONE_MS, every: POLL_MS, signal, wake },
    async () => {
      const containers = await engine.containers(ours, signal);
      await Promise.all(containers.map(({ id }) => engine.removeContainer(id, signal)));
      const tasks = await engine.tasksLeft(tasksOf, signal);
      if (containers.length === 0 && tasks === 0) return { done: true, value: undefined };
      return { done: false, missing: `${containers.length} containers and ${tasks} tasks` };
    },
  );
  await until(
    { name: `removing the networks of ${stack}`, deadline: GONE_MS, every: POLL_MS, signal, wake },
    async () => {
      const networks = await engine.networks(ours, signal);
      for (const network of networks) await engine.removeNetwork(network.name, signal).catch(stillUsed);
      return networks.length === 0
        ? { done: true, value: undefined }
        : { done: false, missing: networks.map(({ name }) => name).join(', ') };
    },
  );
  for (const secret of await engine.secrets(ours, signal)) await engine.removeSecret(secret.id, signal);
  for (const config of await engine.configs(ours, signal)) await engine.removeConfig(config.id, signal);
}

/** Swarm lets go of endpoints a moment after their tasks; the next look tells. */
function stillUsed(error: unknown): void {
  const words = error instanceof Error ? error.message : '';
  if (!/active endpoints|in use|pending/i.test(words)) throw error;
}
