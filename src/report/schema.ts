import { z } from 'zod';
import { STAGES } from '../trigger/request.ts';

/** Changes when a field is renamed, removed or means something else; see docs/report-json.md. */
export const SCHEMA_VERSION = 1;

const RESULT_STAGES = [...STAGES, 'teardown'] as const;
const CHECK_OUTCOMES = ['pass', 'fail', 'invalid', 'error', 'skipped', 'aborted'] as const;
/** The last two only while the run is under way. */
const STAGE_STATES = [
  'success',
  'failure',
  'error',
  'cancelled',
  'skipped',
  'not reached',
  'running',
  'to come',
] as const;
const PHASES = ['queued', 'preparing', 'waiting', 'testing', 'tearing down', 'over'] as const;
const RUN_OUTCOMES = ['refused', 'failure', 'error', 'cancelled', 'success'] as const;
const LEFT_KINDS = [
  'stack',
  'service',
  'container',
  'volume',
  'network',
  'secret',
  'config',
  'directory',
] as const;

const milliseconds = z.number().int().nonnegative();
const instant = z.iso.datetime();
const sha = z.string().regex(/^[0-9a-f]{40}$/);

const place = z.union([
  z.object({ file: z.string(), line: z.number().int().nonnegative() }),
  z.object({ service: z.string() }),
]);

const cause = z.object({
  code: z.string(),
  sentence: z.string(),
  where: place.nullable(),
  evidence: z.array(z.string()),
});

const check = z.object({
  id: z.string(),
  title: z.string(),
  outcome: z.enum(CHECK_OUTCOMES),
  note: z.string().nullable(),
  cause: cause.nullable(),
  tookMs: milliseconds,
});

const stage = z.object({
  stage: z.enum(RESULT_STAGES),
  outcome: z.enum(STAGE_STATES),
  note: z.string(),
  /** Null where it was not begun. */
  tookMs: milliseconds.nullable(),
  checks: z.array(check),
});

const seed = z.object({
  seed: z.string(),
  place: z.string(),
  moment: z.string(),
  state: z.enum(['intact', 'missing', 'changed']),
  what: z.string().nullable(),
  asDemanded: z.boolean(),
});

const level = z.object({
  reached: z.number().int(),
  name: z.string(),
  of: z.number().int(),
  stopsAt: z.object({ level: z.number().int(), name: z.string(), reason: z.string() }),
});

const SEVERITIES = ['refusal', 'error', 'warning', 'note'] as const;

const finding = z.object({
  code: z.string(),
  severity: z.enum(SEVERITIES),
  file: z.string().nullable(),
  line: z.number().int().positive().nullable(),
  sentence: z.string(),
  remedy: z.string(),
});

const refusal = z.object({
  code: z.string(),
  sentence: z.string(),
  remedy: z.string(),
  file: z.string().nullable(),
  line: z.number().int().positive().nullable(),
  service: z.string().nullable(),
  /** As an operator's policy file names it. */
  feature: z.string(),
  approvable: z.boolean(),
  requirement: z.number().int(),
  /** Whether the change asks for it and its base does not; null where there is no base. */
  added: z.boolean().nullable(),
});

const left = z.object({ kind: z.enum(LEFT_KINDS), name: z.string() });

/** What `report.json` holds; each field is described in docs/report-json.md. */
export const ReportSchema = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  run: z.string(),
  recipe: z.string(),
  source: z.string(),
  head: sha,
  base: z.string(),
  previous: z.object({ tag: z.string(), sha }).nullable(),
  only: z.array(z.enum(STAGES)),
  pull: z
    .object({
      forge: z.string(),
      owner: z.string(),
      repository: z.string(),
      number: z.number().int(),
      requester: z.string(),
    })
    .nullable(),
  phase: z.enum(PHASES),
  /** Null while the run is under way. */
  outcome: z.enum(RUN_OUTCOMES).nullable(),
  stage: z.enum(RESULT_STAGES).nullable(),
  cause: cause.nullable(),
  level: level.nullable(),
  /** Known from the files alone; they move neither outcome nor level. */
  findings: z.array(finding),
  /** What the policy refuses; empty unless the outcome is `refused`. */
  refusals: z.array(refusal),
  stages: z.array(stage),
  seeds: z.array(seed),
  adjustments: z.array(z.object({ service: z.string().nullable(), what: z.string(), reason: z.string() })),
  residue: z.array(left),
  unexplained: z.array(left),
  troubles: z.array(z.string()),
  timings: z.object({
    startedAt: instant,
    endedAt: instant.nullable(),
    totalMs: milliseconds,
    teardownMs: milliseconds.nullable(),
  }),
  reproduce: z.string(),
  evidence: z.string(),
});

export type Report = z.infer<typeof ReportSchema>;
export type Phase = Report['phase'];
export type ReportedLevel = z.infer<typeof level>;
export type ReportedStage = Report['stages'][number];
export type StageState = ReportedStage['outcome'];
export type ReportedCause = z.infer<typeof cause>;
export type ReportedFinding = z.infer<typeof finding>;
export type ReportedRefusal = z.infer<typeof refusal>;
export type ReportedSeed = Report['seeds'][number];
