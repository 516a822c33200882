import { z } from 'zod';
import type { Service, Task } from '../../ports/engine.ts';

const MountSchema = z.object({
  Type: z.string(),
  Source: z.string().optional(),
  Target: z.string(),
  ReadOnly: z.boolean().optional(),
});

const TemplateSchema = z.looseObject({
  ContainerSpec: z.looseObject({
    Image: z.string(),
    Mounts: z.array(MountSchema).nullish(),
    Healthcheck: z.looseObject({ Test: z.array(z.string()).nullish() }).nullish(),
  }),
  RestartPolicy: z
    .object({
      Condition: z.string().optional(),
      MaxAttempts: z.number().optional(),
      Delay: z.number().optional(),
    })
    .nullish(),
  Runtime: z.string().optional(),
});

const PortSchema = z.object({ PublishMode: z.string().optional(), PublishedPort: z.number().optional() });

/** Which round of a job this is; the first has no number. */
const RoundSchema = z.object({ Index: z.number().optional() }).nullish();

const ServiceSchema = z.object({
  ID: z.string(),
  UpdatedAt: z.string(),
  Spec: z.object({
    Name: z.string(),
    Labels: z.record(z.string(), z.string()).nullish(),
    TaskTemplate: TemplateSchema,
    Mode: z.object({
      Replicated: z.object({ Replicas: z.number().optional() }).optional(),
      Global: z.unknown().optional(),
      ReplicatedJob: z.object({ TotalCompletions: z.number().optional() }).optional(),
    }),
    UpdateConfig: z.object({ Monitor: z.number().optional(), Order: z.string().optional() }).nullish(),
    EndpointSpec: z.object({ Ports: z.array(PortSchema).nullish() }).nullish(),
  }),
  UpdateStatus: z
    .object({ State: z.string().optional(), Message: z.string().optional(), StartedAt: z.string().nullish() })
    .nullish(),
  JobStatus: z.object({ JobIteration: RoundSchema }).nullish(),
});

const TaskSchema = z.object({
  ID: z.string(),
  ServiceID: z.string(),
  Slot: z.number().optional(),
  NodeID: z.string().optional(),
  CreatedAt: z.string(),
  DesiredState: z.string(),
  Spec: TemplateSchema,
  JobIteration: RoundSchema,
  Status: z.object({
    State: z.string(),
    Timestamp: z.string(),
    Err: z.string().optional(),
    Message: z.string().optional(),
    ContainerStatus: z
      .object({ ContainerID: z.string().optional(), ExitCode: z.number().optional() })
      .nullish(),
  }),
});

// Swarm's own defaults, which the engine leaves out of its answers.
const DEFAULT_MONITOR_MS = 5000;
const DEFAULT_RESTART_DELAY_MS = 5000;
const NANOSECONDS = 1_000_000;

export function asService(raw: unknown): Service {
  const service = ServiceSchema.parse(raw);
  const template = service.Spec.TaskTemplate;
  const test = template.ContainerSpec.Healthcheck?.Test ?? [];
  return {
    id: service.ID,
    name: service.Spec.Name,
    labels: service.Spec.Labels ?? {},
    image: template.ContainerSpec.Image,
    mode: modeOf(service.Spec.Mode),
    hasHealthCheck: test.length > 0 && test[0] !== 'NONE',
    monitor: milliseconds(service.Spec.UpdateConfig?.Monitor, DEFAULT_MONITOR_MS),
    restart: {
      condition: template.RestartPolicy?.Condition ?? 'any',
      maxAttempts: template.RestartPolicy?.MaxAttempts ?? 0,
      delay: milliseconds(template.RestartPolicy?.Delay, DEFAULT_RESTART_DELAY_MS),
    },
    updateOrder: service.Spec.UpdateConfig?.Order === 'start-first' ? 'start-first' : 'stop-first',
    hostPorts: (service.Spec.EndpointSpec?.Ports ?? []).flatMap((port) =>
      port.PublishMode === 'host' && port.PublishedPort !== undefined ? [port.PublishedPort] : [],
    ),
    mounts: (template.ContainerSpec.Mounts ?? []).map((mount) => ({
      type: mount.Type,
      volume: mount.Type === 'volume' && mount.Source !== '' ? mount.Source : undefined,
      target: mount.Target,
      writable: mount.ReadOnly !== true,
    })),
    update: updateOf(service.UpdateStatus),
    template: fingerprint(template, service.JobStatus?.JobIteration),
    updatedAt: Date.parse(service.UpdatedAt) / 1000,
  };
}

const ENDED = ['complete', 'failed', 'shutdown', 'rejected', 'orphaned', 'remove'];

/** Swarm never forgets the tasks of a job, not even when the job is gone; they hold nothing any more. */
export function isEndedJob(raw: unknown): boolean {
  const task = TaskSchema.parse(raw);
  return task.JobIteration !== undefined && task.JobIteration !== null && ENDED.includes(task.Status.State);
}

export function asTask(raw: unknown): Task {
  const task = TaskSchema.parse(raw);
  const container = task.Status.ContainerStatus;
  const ended = ENDED.includes(task.Status.State);
  return {
    id: task.ID,
    serviceId: task.ServiceID,
    slot: task.Slot === undefined ? (task.NodeID ?? '') : String(task.Slot),
    state: task.Status.State,
    desired: task.DesiredState,
    error: task.Status.Err ?? '',
    message: task.Status.Message ?? '',
    exitCode: ended ? container?.ExitCode : undefined,
    containerId: container?.ContainerID || undefined,
    image: task.Spec.ContainerSpec.Image,
    template: fingerprint(task.Spec, task.JobIteration),
    since: Date.parse(task.Status.Timestamp),
    createdAt: Date.parse(task.CreatedAt),
  };
}

function modeOf(mode: z.infer<typeof ServiceSchema>['Spec']['Mode']): Service['mode'] {
  if (mode.Replicated !== undefined) return { kind: 'replicated', replicas: mode.Replicated.Replicas ?? 1 };
  if (mode.Global !== undefined) return { kind: 'global' };
  const completions =
    mode.ReplicatedJob === undefined ? 'global' : (mode.ReplicatedJob.TotalCompletions ?? 1);
  return { kind: 'job', completions };
}

function updateOf(status: z.infer<typeof ServiceSchema>['UpdateStatus']): Service['update'] {
  if (status?.State === undefined || status.State === '') return undefined;
  const startedAt =
    status.StartedAt === undefined || status.StartedAt === null ? 0 : Date.parse(status.StartedAt);
  return { state: status.State, message: status.Message ?? '', startedAt };
}

function milliseconds(nanoseconds: number | undefined, otherwise: number): number {
  return nanoseconds === undefined || nanoseconds === 0 ? otherwise : nanoseconds / NANOSECONDS;
}

/** Services carry `Runtime` where their tasks do not; all else of the two is the same text when the task is current. */
function fingerprint(template: z.infer<typeof TemplateSchema>, round: z.infer<typeof RoundSchema>): string {
  const { Runtime: _, ...rest } = template;
  const text = JSON.stringify(sorted(rest));
  return round === undefined || round === null ? text : `${round.Index ?? 0} ${text}`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
