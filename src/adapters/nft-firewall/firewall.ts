import { lookup } from 'node:dns/promises';
import type { Engine, Labels } from '../../ports/engine.ts';
import type { Egress, Firewall, OpenFirewall } from '../../ports/firewall.ts';
import { asSeatrialError } from '../../shared/errors.ts';
import { oneLine } from '../../shared/text.ts';
import { until } from '../../shared/wait.ts';
import { limitContainers } from './limit-containers.ts';
import { rulesFor } from './rules.ts';
import { tooLittle } from './unguarded.ts';

export interface NftFirewallOptions {
  readonly engine: Engine;
  /** An image with the program `nft`, version 1.0 or newer. */
  readonly image: string;
}

const READY_MS = 15_000;
const POLL_MS = 100;
const RULES = '/run/seatrial-rules';
const PIPE = '/run/seatrial-pipe';

/** One container a run in the node's network namespace, whose nftables table lives as long as it does. */
export function createNftFirewall(options: NftFirewallOptions): Firewall {
  const containerName = (run: string) => `seatrial-${run}-guard`;
  return {
    containerName,
    async open(run, egress, labels, signal) {
      const table = tableOf(run);
      const started = start(options, { name: containerName(run), table, egress, labels }, signal);
      started.catch(() => undefined);
      return opened(options.engine, { run, table, egress, started });
    },
  };
}

/** A table's name may not hold everything that a run's may. */
function tableOf(run: string): string {
  return `seatrial_${run.replace(/[^a-zA-Z0-9]/g, '_')}`;
}

interface Guard {
  readonly name: string;
  readonly table: string;
  readonly egress: Egress;
  readonly labels: Labels;
}

async function start(
  { engine, image }: NftFirewallOptions,
  { name, table, egress, labels }: Guard,
  signal: AbortSignal,
): Promise<string> {
  const allowed = egress.mode === 'registries' ? await addressesOf(egress.hosts) : [];
  const content = Buffer.from(rulesFor({ table, egress, allowed }));
  const id = await engine.createContainer(
    {
      ...{ name, image, labels, onNode: true, capabilities: ['NET_ADMIN'], entrypoint: ['sh', '-c'] },
      // Kept open at both ends: the table is gone as soon as nft reads an end.
      command: [`mkfifo ${PIPE} && exec 3<>${PIPE} && cat ${RULES} >&3 && exec nft -i <&3`],
    },
    signal,
  );
  const file = { path: RULES.slice(1), content, mode: 0o600, uid: 0, gid: 0, mtime: 0 };
  await engine.putFiles(id, '/', [file], signal);
  await engine.startContainer(id, signal);
  await until({ name: 'the firewall', deadline: READY_MS, every: POLL_MS, signal }, async () => {
    const listed = await engine.exec(id, ['nft', 'list', 'chain', 'inet', table, 'guard'], signal);
    // The last rule is the sign that all of them were taken.
    const rules = (listed.stdout.match(/\bdrop\b/g) ?? []).length;
    if (rules === (egress.mode === 'registries' ? 6 : 4)) return { done: true, value: undefined };
    return { done: false, missing: oneLine(listed.stderr || (await engine.logs(id, 3, signal))) };
  });
  return id;
}

interface Opening {
  readonly run: string;
  readonly table: string;
  readonly egress: Egress;
  readonly started: Promise<string>;
}

function opened(engine: Engine, { run, table, egress, started }: Opening): OpenFirewall {
  const stop = new AbortController();
  const limiting =
    egress.mode === 'registries'
      ? started.then((id) =>
          limitContainers({ engine, run, table, pipe: PIPE, guard: id, signal: stop.signal }),
        )
      : Promise.resolve();
  const lost = new AbortController();
  // A guard that did not come up at all is told by `standing`.
  limiting.catch(async (error: unknown) => {
    const stood = await started.then(
      () => true,
      () => false,
    );
    if (stood && !stop.signal.aborted) lost.abort(tooLittle(egress, asSeatrialError(error).message));
  });
  return {
    lost: lost.signal,
    async standing(signal) {
      try {
        await started;
        return undefined;
      } catch (error) {
        signal.throwIfAborted();
        const why = asSeatrialError(error).message;
        if (egress.mode === 'registries') throw tooLittle(egress, why);
        return why;
      }
    },
    async close(signal) {
      stop.abort();
      const id = await started.catch(() => undefined);
      if (id !== undefined) await engine.removeContainer(id, signal);
    },
  };
}

async function addressesOf(hosts: readonly string[]): Promise<string[]> {
  const found = await Promise.all(hosts.map((host) => lookup(host, { all: true, family: 4 })));
  return [...new Set(found.flat().map(({ address }) => address))].sort();
}
