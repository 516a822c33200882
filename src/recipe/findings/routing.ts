import type { Finding } from '../finding.ts';
import { fillIn, variablesIn } from '../interpolate.ts';
import type { RecipeService } from '../services.ts';
import { entriesOf, nodeAt, textOf } from '../source.ts';
import { fileText, found, type View } from './view.ts';

/** Whether the proxy finds the app, and the app its own siblings. */
export function routingFindings(view: View): readonly Finding[] {
  const routed = view.services.filter((service) => label(service, view, 'traefik.enable') === 'true');
  return [
    ...routed.flatMap((service) => [...offProxy(view, service), ...severalNetworks(view, service)]),
    ...sharedRouters(view),
    ...view.services.flatMap((service) => [...rules(view, service), ...siblings(view, service)]),
    ...unrouted(view, routed),
  ];
}

function swarmLabels(service: RecipeService): RecipeService['labels'] {
  return service.labels.filter(({ place }) => place === 'deploy.labels');
}

function label(service: RecipeService, view: View, key: string): string | undefined {
  const value = swarmLabels(service).find((one) => one.key === key)?.value;
  return value === undefined ? undefined : fillIn(value, view.env);
}

/** Keys of networks that are not the stack's own. */
function externalNetworks(view: View): ReadonlySet<string> {
  return new Set(
    view.files.flatMap((file) =>
      entriesOf(nodeAt(file.root, 'networks')).flatMap(({ key, value }) => {
        const external = nodeAt(value, 'external');
        return external !== undefined && textOf(external) !== 'false' ? [key] : [];
      }),
    ),
  );
}

/** B70 */
function offProxy(view: View, service: RecipeService): Finding[] {
  const external = externalNetworks(view);
  const network = nodeAt(service.parts[0]?.node, 'network_mode');
  if (network !== undefined || service.networks.some(({ key }) => external.has(key))) return [];
  const enable = swarmLabels(service).find(({ key }) => key === 'traefik.enable');
  return [
    found(
      'B70',
      'error',
      enable ?? service,
      `The proxy is to route to service \`${service.name}\`, which is not on the network \`proxy\`, so it cannot reach it (gateway timeout).`,
      `Add \`proxy\` to \`networks:\` of service \`${service.name}\`, with \`proxy: {external: true}\` at top level.`,
    ),
  ];
}

function severalNetworks(view: View, service: RecipeService): Finding[] {
  const named = swarmLabels(service).find(
    ({ key }) => key === 'traefik.docker.network' || key === 'traefik.swarm.network',
  );
  if (named === undefined) return [];
  const network = fillIn(named.value, view.env);
  const names = service.networks.map(({ key }) =>
    view.files
      .map((file) => textOf(nodeAt(file.root, 'networks', key, 'name')))
      .find((name) => name !== undefined),
  );
  const own = service.networks.flatMap(({ key }, index) => {
    const name = names[index];
    return [key, `${view.env['STACK_NAME']}_${key}`, ...(name === undefined ? [] : [fillIn(name, view.env)])];
  });
  if (own.includes(network) || network === '') return [];
  return [
    found(
      'B70',
      'error',
      named,
      `The label sends the proxy to service \`${service.name}\` over network \`${network}\`, on which the service is not.`,
      `Name one of ${service.networks.map(({ key }) => `\`${key}\``).join(', ') || 'its networks'}.`,
    ),
  ];
}

/** B71 */
function sharedRouters(view: View): Finding[] {
  const owners = new Map<string, string>();
  return view.services.flatMap((service) =>
    swarmLabels(service).flatMap((one) => {
      const [, router] =
        /^traefik\.((?:http|tcp|udp)\.routers\.[^.]+)\.(?:rule|entrypoints)$/.exec(
          fillIn(one.key, view.env),
        ) ?? [];
      if (router === undefined || !one.key.endsWith('.rule')) return [];
      const owner = owners.get(router);
      owners.set(router, owner ?? service.name);
      if (owner === undefined || owner === service.name) return [];
      return [
        found(
          'B71',
          'error',
          one,
          `Services \`${owner}\` and \`${service.name}\` both define router \`${router.split('.').at(-1) ?? ''}\`, so the proxy drops both.`,
          'Give the second a name of its own: `traefik.http.routers.${STACK_NAME}-<part>.rule`.',
        ),
      ];
    }),
  );
}

/** B90: rules that the proxy cannot read once they are filled in. */
function rules(view: View, service: RecipeService): Finding[] {
  return swarmLabels(service).flatMap((one) => {
    if (!/^traefik\.(http|tcp)\.routers\.[^.]+\.rule$/.test(fillIn(one.key, view.env))) return [];
    if (/\$\{[^}]*\$\{/.test(one.value)) return [];
    const missing = variablesIn(one.value).find(
      ({ name, fallback }) =>
        fallback === undefined && (view.env[name] ?? '') === '' && name !== 'EXTRA_DOMAINS',
    );
    const rule = fillIn(one.value, view.env);
    const wrong =
      rule.trim() === ''
        ? 'is empty'
        : balanced(rule)
          ? undefined
          : `is not valid once it is filled in: ${rule.slice(0, 120)}`;
    if (wrong === undefined && !/``/.test(rule)) return [];
    return [
      found(
        'B90',
        missing === undefined ? 'error' : 'warning',
        one,
        `The router rule of service \`${service.name}\` ${wrong ?? 'names an empty host'}${missing === undefined ? '' : ` (\`${missing.name}\` has no value in .env.sample)`}, so the proxy ignores this router.`,
        'Write ``Host(`${DOMAIN}`${EXTRA_DOMAINS})``, with `EXTRA_DOMAINS` beginning with a comma.',
      ),
    ];
  });
}

function balanced(rule: string): boolean {
  if ((rule.split('`').length - 1) % 2 !== 0) return false;
  const outside = rule.replace(/`[^`]*`/g, '""').replace(/"[^"]*"/g, '""');
  let depth = 0;
  for (const character of outside) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0 && !/""\s*""/.test(outside);
}

/** B68: a short name that every stack has on the shared network. */
function siblings(view: View, service: RecipeService): Finding[] {
  const external = externalNetworks(view);
  const shared = (one: RecipeService) =>
    one.networks.filter(({ key }) => external.has(key)).map(({ key }) => key);
  const own = shared(service);
  if (own.length === 0) return [];
  const neighbours = view.services.filter(
    (one) => one !== service && shared(one).some((key) => own.includes(key)),
  );
  return neighbours.flatMap((neighbour) => {
    const address = new RegExp(`(?:://|@)${neighbour.name}(?=[:/?]|$)|^${neighbour.name}:\\d+$`);
    const inFile = new RegExp(
      `(?://|@)${neighbour.name}(?=[:/;\\s]|$)|\\bupstreams?\\s+${neighbour.name}:\\d+|\\breverse_proxy\\s+(?:http://)?${neighbour.name}:\\d+|\\bserver\\s+${neighbour.name}:\\d+`,
    );
    const pair = service.environment.find(({ value }) => address.test(value ?? ''));
    const inConfig = service.configs.flatMap(({ source }) => {
      const path = view.configs.find(({ key }) => key === source)?.path;
      const lines = (path === undefined ? undefined : fileText(view.recipe, path))?.split('\n') ?? [];
      const at = lines.findIndex((line) => !line.trimStart().startsWith('#') && inFile.test(line));
      return path === undefined || at < 0 ? [] : [{ file: path, line: at + 1 }];
    })[0];
    const place = pair ?? inConfig;
    if (place === undefined) return [];
    return [
      found(
        'B68',
        'warning',
        { file: place.file, line: place.line },
        `Service \`${service.name}\` reaches \`${neighbour.name}\` by its short name on the shared network \`${own[0] ?? ''}\`, where every stack's \`${neighbour.name}\` answers to it.`,
        `Write \`\${STACK_NAME}_${neighbour.name}\`, or take \`${neighbour.name}\` to a network of the stack alone.`,
      ),
    ];
  });
}

/** R010 of abra's lint */
function unrouted(view: View, routed: readonly RecipeService[]): Finding[] {
  const sample = view.recipe.envSample ?? [];
  if (view.overlay !== undefined || routed.length > 0 || !sample.some(({ key }) => key === 'DOMAIN'))
    return [];
  const app = view.services.find(({ name }) => name === 'app');
  const some = view.anywhere.some((service) =>
    swarmLabels(service).some(({ key }) => key === 'traefik.enable'),
  );
  if (app === undefined || some) return [];
  return [
    found(
      'not-routed',
      'warning',
      app,
      '.env.sample asks for a `DOMAIN`, but no service has the label `traefik.enable=true`, so nothing answers there.',
      'Add the router labels under `deploy.labels`, or take `DOMAIN` out of .env.sample.',
    ),
  ];
}
