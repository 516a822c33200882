/** What a verifier read where a seed was planted. */
export type SeedReading =
  | { readonly state: 'intact' }
  | { readonly state: 'missing' }
  | { readonly state: 'changed'; readonly what: string };

/** One field of the table seed × moment. */
export interface SeedRow {
  readonly seed: string;
  /** Where it is planted, for people: `volume content`, `through the app`. */
  readonly place: string;
  readonly moment: SeedMoment;
  readonly reading: SeedReading;
  /** Whether this reading is what the moment demands. */
  readonly asDemanded: boolean;
}

export const SEED_MOMENTS = [
  'planted',
  'after the upgrade',
  'before the backup',
  'after the wipe',
  'after the restore',
] as const;
export type SeedMoment = (typeof SEED_MOMENTS)[number];
