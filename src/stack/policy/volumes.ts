import { bytesOf } from '../../config/policy.ts';
import { entriesOf, entryOf, textOf } from '../../recipe/source.ts';
import type { PolicyFinding } from './finding.ts';
import { type Mount, mountsOf } from './mounts.ts';
import { hostPath, recipePath } from './recipe-path.ts';
import { leadsToSocket, NOTHING } from './sockets.ts';
import { asked, objectsOf, type PolicyView, type ServiceView, servicesOf, texts } from './view.ts';

/** Requirement 27: what services mount, and what volumes are made of. */
export function volumes(view: PolicyView): readonly PolicyFinding[] {
  return [
    ...servicesOf(view).flatMap((service) => [
      ...mountsOf(service.node).flatMap((mount) => mounted(view, service, mount)),
      ...tmpfs(view, service),
    ]),
    ...objectsOf(view)
      .filter(({ kind, external }) => kind === 'volume' && !external)
      .flatMap(({ key, node }) => [...driver(view, key, node), ...options(view, key, node)]),
  ];
}

function mounted(view: PolicyView, { name }: ServiceView, mount: Mount): readonly PolicyFinding[] {
  const { type, line } = mount;
  if (type === 'volume') return [];
  if (type === 'bind') return bind(view, name, mount);
  if (type === 'tmpfs') return mount.size === undefined ? [] : sized(view, name, mount.size, line);
  if (type === 'npipe') return [];
  return [
    asked(view, {
      ...{ requirement: 27, code: 'mount-type', feature: `mount:${type}`, service: name, line },
      approvable: false,
      sentence: `Service ${name} has a mount of type \`${type}\`; recipes may mount volumes and small tmpfs only.`,
      remedy: 'Use a named volume.',
    }),
  ];
}

function bind(view: PolicyView, service: string, mount: Mount): readonly PolicyFinding[] {
  const { source, line, readOnly, propagation } = mount;
  const base = { requirement: 27, code: 'bind-mount', service, line };
  const access = readOnly ? 'ro' : 'rw';
  const inRecipe = recipePath(source, view.place);
  if (inRecipe.kind === 'outside' && !source.startsWith('/')) {
    return [
      asked(view, {
        ...{ ...base, requirement: 26, code: 'path-outside', feature: `bind-mount:${source}:${access}` },
        approvable: false,
        sentence: `Service ${service} mounts \`${source}\`, ${inRecipe.why}.`,
        remedy: 'Use a named volume, or a config for a file of the recipe.',
      }),
    ];
  }
  if (inRecipe.kind === 'inside') {
    return [
      asked(view, {
        ...{ ...base, feature: `bind-mount:./${inRecipe.path}:${access}` },
        approvable: false,
        sentence: `Service ${service} mounts \`./${inRecipe.path}\` of the recipe from the machine that deploys, which the node does not have.`,
        remedy: 'Make it a config with `file:`.',
      }),
    ];
  }
  const path = hostPath(source);
  // The rule about sockets speaks of these.
  if (leadsToSocket(source) || (path === NOTHING && propagation === undefined)) return [];
  return [
    asked(view, {
      ...{
        ...base,
        feature: `bind-mount:${path}:${access}${propagation === undefined ? '' : `,${propagation}`}`,
      },
      ...(readOnly && propagation === undefined ? {} : { approvable: false as const }),
      sentence: `Service ${service} mounts \`${path}\` of the host${readOnly ? ' to read it' : ' and may write there'}.`,
      remedy: readOnly
        ? 'Use a named volume, or a config for a single file.'
        : 'Use a named volume. What an operator allows of the host can only be read: add `:ro` where that is enough.',
    }),
  ];
}

function tmpfs(view: PolicyView, { name, node }: ServiceView): readonly PolicyFinding[] {
  return texts(entryOf(node, 'tmpfs')?.value).flatMap(({ text, line }) => {
    const size = /(?:^|[:,])size=([^,]+)/.exec(text)?.[1];
    return size === undefined ? [] : sized(view, name, size, line);
  });
}

function sized(view: PolicyView, service: string, size: string, line: number): readonly PolicyFinding[] {
  const most = view.place.limits.tmpfs;
  const bytes = bytesOf(size);
  if (bytes <= most) return [];
  const noSize = Number.isNaN(bytes);
  return [
    asked(view, {
      ...{ requirement: 27, code: 'tmpfs-size', feature: `tmpfs:${size}`, service, line },
      sentence: `Service ${service} asks for a tmpfs of ${size}${noSize ? ', which is no number of bytes' : ''}; it may have ${most} bytes of memory for one.`,
      remedy: noSize ? 'Write for example `size=64m`.' : 'Make it smaller, or use a named volume.',
    }),
  ];
}

type Node = Parameters<typeof entryOf>[0];

function driver(view: PolicyView, key: string, node: Node): readonly PolicyFinding[] {
  const entry = entryOf(node, 'driver');
  const text = textOf(entry?.value);
  if (entry === undefined || text === undefined || text === 'local' || text === '') return [];
  return [
    asked(view, {
      ...{
        requirement: 27,
        code: 'volume-driver',
        feature: `volume-driver:${key}:${text}`,
        line: entry.line,
      },
      sentence: `Volume ${key} asks for the driver \`${text}\`; only \`local\` keeps data on the node of the run.`,
      remedy: 'Leave `driver:` out.',
    }),
  ];
}

function options(view: PolicyView, key: string, node: Node): readonly PolicyFinding[] {
  const entry = entryOf(node, 'driver_opts');
  const given = entriesOf(entry?.value).map((option) => `${option.key}=${textOf(option.value) ?? ''}`);
  if (entry === undefined || given.length === 0) return [];
  const value = (name: string) => textOf(entryOf(entry.value, name)?.value) ?? '';
  const [type, device, o] = [value('type').toLowerCase(), value('device'), value('o')];
  const isBind = type === 'none' || /\b(r?bind|move|remount)\b/.test(o);
  const remote = /^(nfs\d?|cifs|smb\d?|9p|sshfs)$/.test(type);
  return [
    asked(view, {
      ...{ requirement: 27, code: 'volume-options', line: entry.line },
      feature: `volume-options:${key}:${given.toSorted().join(',')}`,
      ...(isBind || (!remote && type !== 'tmpfs') ? { approvable: false as const } : {}),
      sentence: isBind
        ? `Volume ${key} is \`${device}\` of the host in disguise (\`driver_opts\` with a bind).`
        : `Volume ${key} chooses by \`driver_opts\` what it is made of (${given.join(', ')}).`,
      remedy: 'Leave `driver_opts:` out: a plain volume of the node is what a test can wipe and restore.',
    }),
  ];
}
