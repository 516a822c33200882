import type { StackFile } from '../document.ts';
import type { Adjustment } from './adjustment.ts';

/** Docker has put the variables of such files into the environment already, and would read the files again at deployment. */
export function dropEnvFiles(file: StackFile): Adjustment[] {
  return Object.entries(file.services).flatMap(([name, service]) => {
    if (service.env_file === undefined) return [];
    delete service.env_file;
    return [
      {
        service: name,
        what: 'variables of its `env_file` in its environment',
        reason: 'the file is read once, from the commit under test',
      },
    ];
  });
}
