import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { fillIn } from '../../src/recipe/interpolate.ts';
import type { Recipe } from '../../src/recipe/recipe.ts';
import { renderingDeployer } from './deployer.ts';
import { temporaryDirectory } from './directory.ts';

/** Services of a stack, by name: what our model and Docker's own reader can be compared by. */
export interface ServiceViews {
  readonly [service: string]: unknown;
}

/** What our model says of the services of a recipe. */
export function ourView(recipe: Recipe): ServiceViews {
  return Object.fromEntries(
    recipe.services.map((service) => [
      service.name,
      {
        image: service.image?.value,
        environment: Object.fromEntries(service.environment.map(({ key, value }) => [key, value ?? null])),
        mounts: service.mounts
          .map(({ type, source, target, readOnly }) => [target, type, source, readOnly])
          .sort(),
        ports: service.ports
          .map(({ target, published, protocol, mode }) => [target, published, protocol, mode])
          .sort(),
        secrets: service.secrets.map(({ source, target }) => [source, target]).sort(),
        configs: service.configs.map(({ source, target }) => [source, target]).sort(),
        networks: service.networks.map(({ key }) => key).sort(),
        replicas: service.deploy.replicas?.value,
        order: service.deploy.updateOrder?.value,
        labels: Object.fromEntries(
          service.labels
            .filter(({ place }) => place === 'deploy.labels')
            .map(({ key, value }) => [fillIn(key, recipe.env), fillIn(value, recipe.env)]),
        ),
      },
    ]),
  );
}

/** What Docker says of them, from the same files and the same environment. */
export async function dockersView(
  recipe: Recipe,
  files: Readonly<Record<string, string>>,
): Promise<ServiceViews> {
  const directory = temporaryDirectory();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  const compose = recipe.compose.map(({ path }) => join(directory, path));
  const deployer = await renderingDeployer(temporaryDirectory());
  const signal = AbortSignal.timeout(60_000);
  const { services } = parse(await deployer.config(compose, directory, recipe.env, signal)) as {
    services: Record<string, DockerService>;
  };
  return Object.fromEntries(
    Object.entries(services).map(([name, service]) => [name, viewOf(service, `${directory}/`)]),
  );
}

/** What Docker prints of a service. */
interface DockerService {
  readonly image?: string;
  readonly environment?: Record<string, string | null>;
  readonly volumes?: { type: string; source?: string; target: string; read_only?: boolean }[];
  readonly ports?: { target: number; published?: number; protocol: string; mode: string }[];
  readonly secrets?: { source: string; target?: string }[];
  readonly configs?: { source: string; target?: string }[];
  readonly networks?: Record<string, unknown>;
  readonly deploy?: {
    readonly replicas?: number;
    readonly update_config?: { order?: string };
    readonly labels?: Record<string, string>;
  };
}

function viewOf(service: DockerService, directory: string): unknown {
  const { volumes = [], ports = [], secrets = [], configs = [], deploy } = service;
  return {
    image: service.image,
    environment: service.environment ?? {},
    mounts: volumes
      // Docker resolves paths of the recipe; the model keeps them as they are written.
      .map((mount) => ({ ...mount, source: mount.source?.replace(directory, './') }))
      .map((mount) => [mount.target, mount.type, mount.source, mount.read_only === true])
      .sort(),
    ports: ports
      .map((port) => [String(port.target), port.published?.toString(), port.protocol, port.mode])
      .sort(),
    secrets: secrets.map(({ source, target }) => [source, target]).sort(),
    configs: configs.map(({ source, target }) => [source, target]).sort(),
    networks: Object.keys(service.networks ?? {}).sort(),
    replicas: deploy?.replicas?.toString(),
    order: deploy?.update_config?.order,
    labels: deploy?.labels ?? {},
  };
}
