import type { StackFile } from '../document.ts';
import type { Adjustment } from './adjustment.ts';

/** Environment keys without a value would be filled from our own environment at deployment. */
export function makeLiteral(file: StackFile): Adjustment[] {
  for (const service of Object.values(file.services)) {
    if (service.environment === undefined || service.environment === null) continue;
    service.environment = Object.fromEntries(
      Object.entries(service.environment).filter(([, value]) => value !== null),
    );
  }
  return [];
}
