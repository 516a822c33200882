import { list } from '../../shared/text.ts';
import type { Finding } from '../finding.ts';
import type { RecipeService } from '../services.ts';
import { databaseOf } from './images.ts';
import { found, serviceAnywhere, type View } from './view.ts';

/** How services start, are watched and are replaced. */
export function serviceFindings(view: View): readonly Finding[] {
  return view.services.flatMap((service) => [
    ...unwatched(service),
    ...asksByName(service),
    ...startsFirst(service),
    ...dependencies(view, service),
    ...shortGrace(service),
    ...sharedPorts(view, service),
    ...oneShot(service),
  ]);
}

function isDatabase(service: RecipeService): boolean {
  const kind = databaseOf(service.image?.value ?? '')?.kind;
  return kind !== undefined && kind !== 'redis';
}

/** B61 */
function unwatched(service: RecipeService): Finding[] {
  if (service.name !== 'app' && !isDatabase(service)) return [];
  if (service.image === undefined || service.healthcheck !== undefined) return [];
  return [
    found(
      'B61',
      'warning',
      service,
      `Service \`${service.name}\` has no health check: it counts as running before it is usable, and is routed to too early.`,
      'Add `healthcheck:` with a test that only succeeds when the service answers.',
    ),
  ];
}

/** B59, for a program that tries one address only; others go on to the next. */
function asksByName(service: RecipeService): Finding[] {
  const test = service.healthcheck?.test;
  if (test === undefined || !/\bwget\b.*\/\/localhost\b/.test(test.words.join(' '))) return [];
  return [
    found(
      'B59',
      'note',
      test,
      `The health check of service \`${service.name}\` asks \`localhost\`, which can be \`::1\` first: where the server listens on IPv4 only, nothing answers.`,
      'Write 127.0.0.1.',
    ),
  ];
}

/** B56 and B57 */
function startsFirst(service: RecipeService): Finding[] {
  const order = service.deploy.updateOrder;
  if (order?.value !== 'start-first') return [];
  const held = service.ports.find(({ mode, published }) => mode === 'host' && published !== undefined);
  if (held !== undefined) {
    return [
      found(
        'B57',
        'error',
        order,
        `Service \`${service.name}\` starts the new task first, but the old one still holds port ${held.published ?? held.target} of the node (“no suitable node (host-mode port already in use)”).`,
        'Write `order: stop-first`.',
      ),
    ];
  }
  const volume = service.mounts.find(
    ({ type, source, readOnly }) => type === 'volume' && source !== undefined && !readOnly,
  );
  if (volume === undefined) return [];
  const database = isDatabase(service);
  const writer = database || isSqlite(service);
  return [
    found(
      'B56',
      database ? 'error' : writer ? 'warning' : 'note',
      order,
      `Service \`${service.name}\` starts the new task first, so two tasks have volume \`${volume.source ?? ''}\` open during an update${writer ? ', and the second cannot get the lock or damages the data' : ''}.`,
      writer ? 'Write `order: stop-first`.' : 'Write `order: stop-first` if only one may write.',
    ),
  ];
}

function isSqlite(service: RecipeService): boolean {
  const known =
    /(^|\/)(vaultwarden|server-vaultwarden|uptime-kuma|mumble-server|murmur|pds|grafana|drone|linkding|ntfy|headscale|gitea-sqlite)(:|$)/;
  return (
    known.test(service.image?.value ?? '') ||
    service.environment.some(({ value }) => /sqlite|\.(db|sqlite3?)(\?|$)/i.test(value ?? ''))
  );
}

/** B63 and B64 */
function dependencies(view: View, service: RecipeService): Finding[] {
  const unknown = service.dependsOn.filter(({ value }) => serviceAnywhere(view, value) === undefined);
  const [first] = service.dependsOn;
  if (first === undefined) return [];
  if (unknown.length > 0) {
    return unknown.map((name) =>
      found(
        'B64',
        'warning',
        name,
        `\`depends_on\` of service \`${service.name}\` names \`${name.value}\`, and there is no such service; strict readers refuse the file, Swarm ignores it.`,
        `Name one of ${view.services.map((one) => `\`${one.name}\``).join(', ')}, or take the line out.`,
      ),
    );
  }
  return [
    found(
      'B63',
      'note',
      first,
      `Swarm ignores \`depends_on\`: service \`${service.name}\` may start before ${service.dependsOn.map(({ value }) => `\`${value}\``).join(', ')}.`,
      'Let the service try again until what it needs is there.',
    ),
  ];
}

/** B79 */
function shortGrace(service: RecipeService): Finding[] {
  if (!isDatabase(service) || service.stopGracePeriod !== undefined || service.image === undefined) return [];
  return [
    found(
      'B79',
      'note',
      service,
      `Database \`${service.name}\` has no \`stop_grace_period\`: 10 s after the signal to stop it is killed, and has to recover at the next start.`,
      'Add `stop_grace_period: 1m`.',
    ),
  ];
}

/** B82 */
function sharedPorts(view: View, service: RecipeService): Finding[] {
  if (view.overlay !== undefined) return [];
  const ports = service.ports.flatMap(({ mode, published, file, line }) =>
    mode === 'host' || published === undefined || published === '' ? [] : [{ published, file, line }],
  );
  const numbers = [...new Set(ports.map(({ published }) => published))];
  return [
    ...ports
      .slice(0, 1)
      .map((port) =>
        found(
          'B82',
          'warning',
          port,
          `Service \`${service.name}\` publishes ${numbers.length === 1 ? 'port' : 'the ports'} ${list(numbers)} for the whole cluster: a second app of this recipe, or any other with ${numbers.length === 1 ? 'that port' : 'one of them'}, is refused.`,
          'Route it through the proxy, or publish it in an overlay that operators switch on.',
        ),
      ),
  ];
}

/** B84 */
function oneShot(service: RecipeService): Finding[] {
  const condition = service.deploy.restartCondition;
  // A service that is off is started by something else, such as a timer, and stands at 0 of 0.
  const off = service.deploy.replicas?.value === '0';
  if (condition?.value !== 'none' || off || service.deploy.mode?.value.endsWith('-job') === true) return [];
  return [
    found(
      'B84',
      'note',
      condition,
      `Service \`${service.name}\` is not started again when it ends, so it stands at 0 of 1, which looks like a failure to whoever waits for convergence.`,
      'Use `mode: replicated-job` for a job, `condition: on-failure` for a service.',
    ),
  ];
}
