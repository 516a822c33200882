import type { StackFile } from '../document.ts';
import type { Adjust, Adjustment, AppScene } from './adjustment.ts';
import { giveEnvironment } from './app-environment.ts';
import { avoidVirtualIps } from './endpoint-mode.ts';
import { dropEnvFiles } from './env-files.ts';
import { withoutGrace } from './grace.ts';
import { addLabels } from './labels.ts';
import { makeLiteral } from './literal.ts';
import { replaceProxy } from './network.ts';
import { pinNode } from './node-pin.ts';
import { quicken } from './quicken.ts';
import { trustRouter } from './trust.ts';

/** All adjustments, in the order in which they are made and told. */
const ADJUSTMENTS: readonly Adjust[] = [
  trustRouter,
  addLabels,
  replaceProxy,
  withoutGrace,
  pinNode,
  quicken,
  avoidVirtualIps,
  dropEnvFiles,
  makeLiteral,
  giveEnvironment,
];

/** Adjusts in place and says what was changed. */
export function adjust(file: StackFile, place: AppScene): Adjustment[] {
  return ADJUSTMENTS.flatMap((one) => one(file, place));
}
