import type { Recipe } from '../../recipe/recipe.ts';
import type { PolicyFinding } from './finding.ts';

/**
 * Variables by which the loader of programs, Docker's client and its language's runtime are told
 * what to do. The client fills variables in from its own environment, so that it has them all.
 */
const STEERING =
  /^(LD_\w+|DYLD_\w+|GLIBC_\w+|GCONV_PATH|GO(DEBUG|GC|MAXPROCS|MEMLIMIT|TRACEBACK|COVERDIR)|OTEL_\w+|BUILDX_\w+|BUILDKIT_\w+|DOCKER_(CLI_\w+|HOST|CONTEXT|CONFIG|CERT_PATH|TLS\w*|API_VERSION|CUSTOM_HEADERS|AUTH_CONFIG|DEFAULT_PLATFORM))$/i;

/** Requirement 25: the variables of a recipe are for its files, and steer no program of the machine that deploys. */
export function steering(recipe: Recipe): readonly PolicyFinding[] {
  const set = [
    ...(recipe.envSample ?? []).map(({ key, line }) => ({ name: key, line, file: '.env.sample' })),
    ...recipe.exports.map(({ name, line }) => ({ name, line, file: 'abra.sh' })),
  ];
  return set
    .filter(({ name }) => STEERING.test(name))
    .map(({ name, line, file }) => ({
      ...{ requirement: 25, code: 'machine-variable', feature: `steers:${name}`, severity: 'refusal' },
      ...{ service: undefined, file, line, approvable: false },
      sentence: `${file} sets ${name}, which steers programs of the machine that deploys.`,
      remedy: 'Call the variable otherwise, and give it its name under `environment:` of the service.',
    }));
}
