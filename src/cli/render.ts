import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { AppRole } from '../plan/plan.ts';
import type { EngineInfo } from '../ports/engine.ts';
import { pinApps } from '../run/pins.ts';
import { prepare, renderApp } from '../run/prepare.ts';
import { prepareRouter } from '../run/router.ts';
import { isSeatrialError, SeatrialError } from '../shared/errors.ts';
import { newRunId } from '../shared/ids.ts';
import { oneLine } from '../shared/text.ts';
import type { Adjustment } from '../stack/adjust/adjustment.ts';
import type { Stack } from '../stack/stack.ts';
import { EXIT, ending } from './exit-codes.ts';
import { type CommonFlags, settingFlags } from './flags.ts';
import type { Parts } from './parts.ts';
import { type RequestFlags, requestOf, takeRequest } from './request.ts';

interface RenderFlags extends CommonFlags, RequestFlags {
  readonly app: string;
  readonly explain?: boolean;
}

const ROLES: readonly AppRole[] = ['fresh', 'live'];

export function addRender(program: Command, parts: Parts): void {
  takeRequest(
    program.command('render').description('prints the very stack that a run would deploy from the head'),
  )
    .option('--app <fresh|live>', 'which app of the run', 'fresh')
    .option('--explain', 'says above it what we changed, and why')
    .addHelpText(
      'after',
      `
Needs a Docker client that has \`stack config\` (23 or newer), and no engine:
without one the node, its kernel and the digests of images are not known, and
standard error says so. Values of secrets are never shown.

Examples:
  seatrial render custom-html --source ./custom-html
  seatrial render custom-html --source ./custom-html --app live --explain
  seatrial render custom-html --source ./custom-html --head my-change --json`,
    )
    .action(
      ending(parts, async (recipe: string, _options: unknown, command: Command) => {
        const flags = command.optsWithGlobals<RenderFlags>();
        const { stack, unknown } = await rendered(parts, recipe, flags);
        for (const line of unknown) parts.streams.err(`${line}\n`);
        for (const finding of stack.findings) parts.streams.err(`${finding.code}: ${finding.sentence}\n`);
        if (flags.json === true) parts.streams.out(`${JSON.stringify(told(stack, unknown), null, 2)}\n`);
        else
          parts.streams.out(`${flags.explain === true ? explained(stack) : ''}${stack.deployment.document}`);
        return EXIT.success;
      }),
    );
}

/** The stack, and what of it could not be known here. */
interface Outcome {
  readonly stack: Stack;
  readonly unknown: readonly string[];
}

/** Stands for what only an engine tells. */
const NODE = 'the-node-of-the-run';

async function rendered(parts: Parts, recipe: string, flags: RenderFlags): Promise<Outcome> {
  const { environment, signal } = parts;
  const role = ROLES.find((one) => one === flags.app);
  if (role === undefined) throw noApp(flags.app);
  const settings = parts.settings(settingFlags(flags));
  const request = await requestOf(recipe, flags, environment, Date.now(), signal);
  const run = newRunId(Date.now(), () => new Uint8Array(2));
  const work = join(tmpdir(), `seatrial-render-${process.pid}`);
  try {
    const { deployer, engine, router } = await parts.openRenderer(settings);
    const house = { settings: { ...parts.runSettings(settings), work }, deployer, router };
    const prepared = await prepare({ run, request, house, signal });
    const app = prepared.plan.paths.find((path) => path.app.role === role)?.app;
    if (app === undefined) throw noApp(role);
    const info = await engine.info(signal).catch(noEngine);
    const nodeId = info?.swarm.kind === 'manager' ? info.swarm.nodeId : NODE;
    const expires = Math.ceil((Date.now() + settings.runDeadline) / 1000);
    const key = crypto.getRandomValues(new Uint8Array(32));
    const { trust } = await prepareRouter(router, prepared, expires);
    const context = { prepared, house, trust, key, expires, nodeId, ipvs: info?.ipvs ?? true, signal };
    const plain = await renderApp(context, app);
    const [pinned = plain] = info === undefined ? [plain] : await pinApps(engine, [plain], signal);
    return { stack: pinned.head, unknown: unknownOf(info, nodeId) };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function noEngine(error: unknown): undefined {
  if (isSeatrialError(error) && error.code === 'engine-unreachable') return undefined;
  throw error;
}

function unknownOf(info: EngineInfo | undefined, nodeId: string): string[] {
  if (info === undefined)
    return [
      `No Docker engine answers: ${NODE} stands for its node, virtual addresses are taken to work there, and images keep their tags.`,
    ];
  return nodeId === NODE ? [`The Docker engine is no manager of a swarm: ${NODE} stands for its node.`] : [];
}

/** As comments, so that what is printed is the document all the same; what several services have in common once. */
function explained({ adjustments }: Stack): string {
  const groups = Map.groupBy(adjustments, ({ what, reason }) => `${what}\n${reason}`);
  const lines = [...groups.values()].flatMap((group) =>
    group.slice(0, 1).map(({ what, reason }: Adjustment) => {
      const services = group.map(({ service }) => service ?? 'the stack').join(', ');
      return `# ${oneLine(`${services}: ${what}`)}\n#   ${oneLine(reason)}\n`;
    }),
  );
  return `# What Seatrial changed in the recipe, and why:\n${lines.join('')}`;
}

function told(stack: Stack, unknown: readonly string[]): object {
  const { deployment, adjustments, findings, routes } = stack;
  const { recipe, sha, domain, compose } = deployment.origin;
  return {
    ...{ recipe, head: sha, stack: deployment.stack, app: stack.place.app, domain, compose },
    document: deployment.document,
    adjustments: adjustments.map(({ service, ...rest }) => ({ service: service ?? null, ...rest })),
    findings: findings.map(({ file, line, ...rest }) => ({
      ...rest,
      file: file ?? null,
      line: line ?? null,
    })),
    secrets: deployment.secrets.map(({ key, name, version }) => ({ key, name, version })),
    ...{ routes, unknown },
  };
}

function noApp(app: string): SeatrialError {
  return new SeatrialError({
    kind: 'input',
    code: 'unknown-app',
    sentence: `This run has no app called ${app}.`,
    remedy: `The apps of a whole run are ${ROLES.join(' and ')}; --only may leave one of them out.`,
  });
}
