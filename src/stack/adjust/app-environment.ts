import type { StackFile } from '../document.ts';
import type { Adjustment, AppScene } from './adjustment.ts';

/** The service `app` has every variable of the app's environment in its own, as abra gives it; what it sets itself stays. */
export function giveEnvironment(file: StackFile, { env }: AppScene): Adjustment[] {
  const app = file.services['app'];
  if (app === undefined) return [];
  const missing = Object.keys(env).filter((key) => app.environment?.[key] === undefined);
  if (missing.length === 0) return [];
  app.environment = {
    ...app.environment,
    ...Object.fromEntries(missing.map((key) => [key, env[key] ?? ''])),
  };
  return [
    {
      service: 'app',
      what: `${missing.join(', ')} in its environment`,
      reason: 'abra gives `app` every variable of the app’s .env',
    },
  ];
}
