import { Document, parse, Scalar, visit } from 'yaml';
import { z } from 'zod';
import { SeatrialError } from '../shared/errors.ts';

const LabelsSchema = z.record(z.string(), z.coerce.string());
const DurationSchema = z.union([z.string(), z.number()]);

const HealthCheckSchema = z.looseObject({
  test: z.union([z.string(), z.array(z.string())]).optional(),
  disable: z.boolean().optional(),
  interval: DurationSchema.optional(),
  timeout: DurationSchema.optional(),
  start_period: DurationSchema.optional(),
  retries: z.number().optional(),
});

const MountSchema = z.looseObject({
  type: z.string(),
  source: z.string().optional(),
  target: z.string().default(''),
  read_only: z.boolean().optional(),
});

const PortSchema = z.looseObject({ mode: z.string().optional(), target: z.number().optional() });

/** CPUs as a decimal number, memory in bytes, both as text. */
const AmountSchema = z.looseObject({ cpus: z.string().optional(), memory: z.string().optional() });

const DeploySchema = z.looseObject({
  labels: LabelsSchema.nullish(),
  endpoint_mode: z.string().optional(),
  update_config: z.looseObject({ order: z.string().optional() }).nullish(),
  placement: z.looseObject({ constraints: z.array(z.string()).nullish() }).nullish(),
  resources: z
    .looseObject({
      limits: AmountSchema.extend({ pids: z.number().optional() }).nullish(),
      reservations: AmountSchema.nullish(),
    })
    .nullish(),
  restart_policy: z
    .looseObject({ condition: z.string().optional(), max_attempts: z.number().optional() })
    .nullish(),
});

const ServiceSchema = z.looseObject({
  image: z.string().optional(),
  labels: LabelsSchema.nullish(),
  deploy: DeploySchema.nullish(),
  healthcheck: HealthCheckSchema.nullish(),
  volumes: z.array(MountSchema).nullish(),
  ports: z.array(PortSchema).nullish(),
  environment: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).nullish(),
  env_file: z.unknown().optional(),
  secrets: z.array(z.looseObject({ source: z.string().default('') })).nullish(),
  networks: z.unknown().optional(),
  logging: z.unknown().optional(),
  configs: z.array(z.looseObject({ source: z.string(), target: z.string().optional() })).nullish(),
});

const NamedSchema = z.looseObject({
  name: z.string().optional(),
  external: z.union([z.boolean(), z.looseObject({ name: z.string().optional() })]).optional(),
  labels: LabelsSchema.nullish(),
});
const NamedMapSchema = z.record(z.string(), NamedSchema.nullable()).nullish();

const DocumentSchema = z.looseObject({
  version: z.coerce.string().optional(),
  services: z.record(z.string(), ServiceSchema),
  networks: NamedMapSchema,
  volumes: NamedMapSchema,
  configs: NamedMapSchema,
  secrets: NamedMapSchema,
});

/** A merged and interpolated stack as Docker prints it. */
export type StackFile = z.infer<typeof DocumentSchema>;
export type ServiceEntry = z.infer<typeof ServiceSchema>;
export type NamedEntry = z.infer<typeof NamedSchema>;

export function parseStackFile(text: string): StackFile {
  const parsed = DocumentSchema.safeParse(parse(text));
  if (parsed.success) return parsed.data;
  throw new SeatrialError({
    kind: 'internal',
    code: 'stack-config-unreadable',
    sentence: `What \`docker stack config\` printed is not understood: ${z.prettifyError(parsed.error)}`,
  });
}

/**
 * The text that `docker stack deploy` reads as this very document: every `$` doubled, so that
 * nothing is filled in twice, and characters that Docker's reader takes for line breaks escaped,
 * so that no value becomes a part of the document.
 */
export function printStackFile(file: StackFile): string {
  const document = new Document(file, { version: '1.1' });
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && BREAKS.test(node.value)) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return document
    .toString({ lineWidth: 0 })
    .replaceAll('$', '$$$$')
    .replace(ALL_BREAKS, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const BREAKS = /[\u007f-\u009f\u2028\u2029\ufeff]/;
const ALL_BREAKS = new RegExp(BREAKS, 'g');

export function isExternal(entry: NamedEntry | null): boolean {
  return entry !== null && entry.external !== undefined && entry.external !== false;
}
