import type { Adjustment } from './adjust/adjustment.ts';
import type { Stack } from './stack.ts';
import { supplementOf } from './supplement.ts';

/** Adjustments that do not reach an app whose deployer merges the recipe's files itself, one for each service. */
export function unsaidOf({ merged, file }: Pick<Stack, 'merged' | 'file'>): readonly Adjustment[] {
  const { unsaid } = supplementOf(merged, file);
  return Object.keys(file.services).flatMap((service) => {
    const place = `services.${service}.`;
    const keys = unsaid.filter((path) => path.startsWith(place)).map((path) => path.slice(place.length));
    if (keys.length === 0) return [];
    return [
      {
        service,
        what: `${keys.map((key) => `\`${key}\``).join(', ')} left as the recipe has it`,
        reason: 'the deployer merges the compose files itself, and one more file cannot change this',
      },
    ];
  });
}
