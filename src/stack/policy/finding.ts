import type { Finding } from '../../recipe/finding.ts';

/** Something that a recipe asks for and the policy has a word on. */
export interface PolicyFinding extends Finding {
  /** Number of the requirement of the threat model that speaks of it. */
  readonly requirement: number;
  /** A word for machines, such as `bind-mount:/etc:rw`; approvals and differences go by it. */
  readonly feature: string;
  /** Undefined where it belongs to the whole stack. */
  readonly service: string | undefined;
  /** Whether an operator's policy file can allow it. */
  readonly approvable: boolean;
}

export interface PolicyAnswer {
  readonly findings: readonly PolicyFinding[];
}
