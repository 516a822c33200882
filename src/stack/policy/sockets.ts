import { entryOf, pairsOf } from '../../recipe/source.ts';
import type { PolicyFinding } from './finding.ts';
import { mountsOf } from './mounts.ts';
import { hostPath } from './recipe-path.ts';
import { asked, type PolicyView, servicesOf, texts } from './view.ts';

const SOCKETS = [
  ...['/run/docker.sock', '/var/run/docker.sock', '/run/docker', '/var/run/docker', '/var/lib/docker'],
  ...['/run/containerd', '/var/run/containerd', '/var/lib/containerd', '/run/podman', '/run/crio'],
];
const SOCKET_NAME = /(^|\/)(docker|containerd|podman|crio|dockershim|buildkitd|dockerd)\.(sock|pid)$/;
/** Windows into the host: through them every path above can be had, whatever it is called there. */
const WINDOWS = ['/proc', '/dev', '/sys'];
/** Every container has it. Mounted over a file, it hides that file. */
export const NOTHING = '/dev/null';

/**
 * Whether a path of the host is Docker's socket, leads to it, or is a directory above it.
 * Who has that socket is root on every node.
 */
export function leadsToSocket(source: string): boolean {
  const path = hostPath(source);
  if (path === NOTHING) return false;
  if (SOCKET_NAME.test(path) || /docker_engine|\\pipe\\/i.test(source)) return true;
  if (WINDOWS.some((window) => path === window || path.startsWith(`${window}/`))) return true;
  return SOCKETS.some(
    (socket) =>
      path === '/' || path === socket || socket.startsWith(`${path}/`) || path.startsWith(`${socket}/`),
  );
}

const NEVER = 'Who has Docker’s socket is root on every node; a recipe that needs it cannot be tried here.';
const OVER_TCP = /\b(tcp|https?|ssh):\/\/[^\s"']*:237[5-7]\b/i;

/** Requirement 28: Docker's own interface, by its name, a directory above it, or over the network. */
export function sockets(view: PolicyView): readonly PolicyFinding[] {
  return servicesOf(view).flatMap(({ name, node }) => [
    ...mountsOf(node)
      .filter(
        ({ type, source }) =>
          (type === 'bind' && source.startsWith('/') && leadsToSocket(source)) || type === 'npipe',
      )
      .map(({ source, line }) => {
        const path = source.startsWith('/') && !source.startsWith('//') ? hostPath(source) : source;
        return asked(view, {
          ...{
            requirement: 28,
            code: 'docker-socket',
            feature: `docker-socket:${path}`,
            service: name,
            line,
          },
          approvable: false,
          sentence: `Service ${name} mounts \`${path}\` of the host, through which Docker’s own socket can be reached.`,
          remedy: NEVER,
        });
      }),
    ...[
      ...pairsOf(entryOf(node, 'environment')?.value).map(({ key, value = '', line }) => ({
        key,
        value,
        line,
      })),
      ...texts(entryOf(node, 'command')?.value).map(({ text, line }) => ({
        key: 'command',
        value: text,
        line,
      })),
      ...texts(entryOf(node, 'entrypoint')?.value).map(({ text, line }) => ({
        key: 'entrypoint',
        value: text,
        line,
      })),
    ]
      .filter(({ key, value }) => (key === 'DOCKER_HOST' && value !== '') || OVER_TCP.test(value))
      .map(({ key, value, line }) =>
        asked(view, {
          ...{ requirement: 28, code: 'docker-socket', feature: `docker-host:${value}`, service: name, line },
          approvable: false,
          sentence: `Service ${name} is told in \`${key}\` to talk to a Docker engine over the network.`,
          remedy: NEVER,
        }),
      ),
  ]);
}
