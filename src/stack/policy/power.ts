import { entriesOf, entryOf, pairsOf, type SourceNode, textOf } from '../../recipe/source.ts';
import type { PolicyFinding } from './finding.ts';
import { type Asked, asked, type PolicyView, type ServiceView, servicesOf, texts } from './view.ts';

/** What every container has unless it drops it: to ask for these is to ask for nothing more. */
const COMMON_CAPABILITIES = new Set([
  ...['CHOWN', 'DAC_OVERRIDE', 'FSETID', 'FOWNER', 'MKNOD', 'NET_RAW', 'SETGID', 'SETUID', 'SETFCAP'],
  ...['SETPCAP', 'NET_BIND_SERVICE', 'SYS_CHROOT', 'KILL', 'AUDIT_WRITE'],
]);
/** Settings of the kernel that belong to the container's own network alone and harm nobody else. */
const OWN_SYSCTLS = [
  /^net\.core\.somaxconn$/,
  /^net\.ipv4\.(ip_unprivileged_port_start|ip_local_port_range|tcp_syncookies|tcp_fin_timeout)$/,
  /^net\.ipv4\.tcp_keepalive_(time|intvl|probes)$/,
  /^net\.ipv6\.conf\.(all|default|lo)\.disable_ipv6$/,
];
const ULIMITS: Readonly<Record<string, number>> = { nofile: 1_048_576, nproc: 65_535, core: 0 };
const LOG_DRIVERS = new Set(['json-file', 'local', 'none', '']);

/** Requirement 29, as far as it hangs on values: capabilities, kernel settings, limits, security and log options. */
export function power(view: PolicyView): readonly PolicyFinding[] {
  return servicesOf(view).flatMap((service) => [
    ...capabilities(view, service),
    ...sysctls(view, service),
    ...ulimits(view, service),
    ...security(view, service),
    ...logging(view, service),
  ]);
}

function ask(view: PolicyView, service: string, it: Omit<Asked, 'requirement' | 'service'>): PolicyFinding {
  return asked(view, { requirement: 29, service, ...it });
}

function capabilities(view: PolicyView, { name, node }: ServiceView): readonly PolicyFinding[] {
  return texts(entryOf(node, 'cap_add')?.value).flatMap(({ text, line }) => {
    const capability = text.toUpperCase().replace(/^CAP_/, '');
    if (COMMON_CAPABILITIES.has(capability)) return [];
    return [
      ask(view, name, {
        ...{ code: 'capability', feature: `cap:${capability}`, line },
        ...(['ALL', 'SYS_ADMIN', 'SYS_MODULE', 'SYS_RAWIO', 'SYS_PTRACE', 'DAC_READ_SEARCH', 'BPF'].includes(
          capability,
        )
          ? { approvable: false as const }
          : {}),
        sentence: `Service ${name} asks for the capability ${capability}.`,
        remedy: 'Leave it out; where the app cannot do without, an operator may allow it.',
      }),
    ];
  });
}

function sysctls(view: PolicyView, { name, node }: ServiceView): readonly PolicyFinding[] {
  return pairsOf(entryOf(node, 'sysctls')?.value).flatMap(({ key, value = '', line }) =>
    OWN_SYSCTLS.some((own) => own.test(key))
      ? []
      : [
          ask(view, name, {
            ...{ code: 'sysctl', feature: `sysctl:${key}=${value}`, line },
            sentence: `Service ${name} sets \`${key}\` of the kernel.`,
            remedy: 'Leave it out, or let the operator set it on the host.',
          }),
        ],
  );
}

function ulimits(view: PolicyView, { name, node }: ServiceView): readonly PolicyFinding[] {
  return entriesOf(entryOf(node, 'ulimits')?.value).flatMap(({ key, line, value }) => {
    // Locked memory counts against the memory limit that every service has.
    if (key === 'memlock') return [];
    const most = ULIMITS[key] ?? 0;
    const numbers = numbersIn(value);
    if (numbers.every((number) => number >= 0 && number <= most)) return [];
    return [
      ask(view, name, {
        ...{
          code: 'ulimit',
          feature: `ulimit:${key}=${Math.min(...numbers) < 0 ? 'unlimited' : Math.max(...numbers)}`,
          line,
        },
        sentence: `Service ${name} raises its limit \`${key}\` beyond ${most}.`,
        remedy: 'Leave it out or lower it.',
      }),
    ];
  });
}

function numbersIn(node: SourceNode): readonly number[] {
  if (node.kind === 'map') return node.entries.flatMap(({ value }) => numbersIn(value));
  return [Number(textOf(node) ?? 'none')];
}

function security(view: PolicyView, { name, node }: ServiceView): readonly PolicyFinding[] {
  return texts(entryOf(node, 'security_opt')?.value).map(({ text, line }) => {
    const harmless = /^no-new-privileges([:=]true)?$/.test(text);
    return ask(view, name, {
      ...{ code: harmless ? 'ignored-key' : 'power-key', feature: `security_opt:${text}`, line },
      ...(harmless ? { severity: 'note' as const } : {}),
      sentence: harmless
        ? `Swarm takes no notice of \`security_opt: ${text}\` of service ${name}.`
        : `Service ${name} asks with \`security_opt: ${text}\` to be less confined.`,
      remedy: 'Leave it out, so that nobody relies on it.',
    });
  });
}

function logging(view: PolicyView, { name, node }: ServiceView): readonly PolicyFinding[] {
  const driver = entryOf(entryOf(node, 'logging')?.value, 'driver');
  const text = textOf(driver?.value) ?? '';
  if (driver === undefined || LOG_DRIVERS.has(text)) return [];
  return [
    ask(view, name, {
      ...{ code: 'log-driver', feature: `log-driver:${text}`, line: driver.line },
      sentence: `Service ${name} sends its log to \`${text}\`, out of reach of the run and its limits.`,
      remedy: 'Leave `logging:` out; operators choose where logs go.',
    }),
  ];
}
