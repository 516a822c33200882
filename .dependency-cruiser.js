// The order of the rooms is the way of the data: a room may import what stands left of it, never right.
const ROOMS = [
  ['shared', '^src/shared/'],
  ['harness', '^harness/'],
  ['config', '^src/config/'],
  ['ports', '^src/ports/'],
  ['recipe', '^src/recipe/'],
  ['stack', '^src/stack/'],
  ['suite', '^src/suite/'],
  ['trigger', '^src/trigger/'],
  ['plan', '^src/plan/'],
  ['queue', '^src/queue/'],
  ['journal', '^src/journal/'],
  ['integrity', '^src/integrity/'],
  ['stages', '^src/stages/'],
  ['verdict', '^src/verdict/'],
  ['run', '^src/run/'],
  ['report', '^src/report/'],
  ['dashboard', '^src/dashboard/'],
  ['serve', '^src/serve/'],
  ['adapters', '^src/adapters/'],
  ['lab', '^lab/'],
  ['cli', '^src/cli/'],
  ['main', '^src/main[^/]*\\.ts$'],
];

const TESTS = '\\.test\\.ts$|^lab/testing/';

const order = ROOMS.map(([name, path], index) => ({
  name: `${name}-imports-only-what-stands-left-of-it`,
  severity: 'error',
  comment: `Move what both need to the left of ${name}, hand it in as a parameter, or put the code where it may import this. See CONTRIBUTING.md, "The way of the data".`,
  from: { path, pathNot: TESTS },
  to: { path: ROOMS.slice(index + 1).map(([, right]) => right) },
})).filter(({ to }) => to.path.length > 0);

/** Third-party packages stay behind one door. */
const DOORS = [
  ['dockerode', '^src/adapters/docker-engine/'],
  ['gitea-js', '^src/adapters/gitea/'],
  ['execa', '^src/shared/process\\.ts$'],
  ['handlebars', '^src/report/'],
  ['p-limit', '^src/run/'],
  ['commander', '^src/cli/'],
  ['tar-stream', '^src/adapters/docker-engine/'],
  ['log-update', '^src/report/'],
  ['smol-toml', '^src/(config|suite)/'],
  ['@peculiar/x509', '^src/adapters/caddy/'],
  ['reflect-metadata', '^src/adapters/caddy/'],
  ['yaml', '^src/(recipe|stack)/'],
];

const doors = DOORS.map(([name, door]) => ({
  name: `${name}-stays-behind-its-door`,
  severity: 'error',
  comment: `Only ${door} may use ${name}; use what that room offers, or add it there.`,
  from: { path: '^(src|lab|harness)/', pathNot: [door, TESTS] },
  to: { path: `node_modules/${name}/` },
}));

/** Values in, values out: no clock, no disk, no network. */
const PURE = [
  '^src/plan/',
  '^src/verdict/',
  '^src/trigger/grammar\\.ts$',
  '^src/stages/(convergence|service-state|task-end|hopeless|rejection|refusal|image-trouble|blame|backup-plan)\\.ts$',
  '^src/recipe/(?!(git|git-command|locate|commit-files|write-files|work-tree)\\.ts$)',
  '^src/stack/(adjust|policy)/',
  '^src/stack/(pace|duration|environment|supplement|secrets|secret-value|words|routes|unsaid)\\.ts$',
];

export default {
  forbidden: [
    {
      name: 'no-circles',
      severity: 'error',
      comment: 'Two files that need each other are one idea, or a third one is missing.',
      from: {},
      to: { circular: true },
    },
    ...order,
    {
      name: 'only-main-wires-adapters',
      severity: 'error',
      comment: 'Take the port as a parameter; main.ts chooses the adapter.',
      from: { path: '^(src|lab|harness)/', pathNot: ['^src/main[^/]*\\.ts$', '^src/adapters/', TESTS] },
      to: { path: '^src/adapters/' },
    },
    {
      name: 'adapters-do-not-know-each-other',
      severity: 'error',
      comment: 'What one adapter needs of another is a port.',
      from: { path: '^src/adapters/([^/]+)/', pathNot: TESTS },
      to: { path: '^src/adapters/([^/]+)/', pathNot: '^src/adapters/$1/' },
    },
    {
      name: 'harness-knows-nothing-of-src',
      severity: 'error',
      comment: 'Suites import the harness; what they need of a run reaches them through the run context.',
      from: { path: '^harness/' },
      to: { path: '^src/' },
    },
    {
      name: 'src-knows-only-the-contract-of-the-harness',
      severity: 'error',
      comment: 'Import harness/contract.ts alone.',
      from: { path: '^src/' },
      to: { path: '^harness/', pathNot: '^harness/contract\\.ts$' },
    },
    {
      name: 'pure-rooms-touch-nothing',
      severity: 'error',
      comment: 'Hand the value in: a clock, a file or an answer is read further right.',
      from: { path: PURE, pathNot: TESTS },
      to: { dependencyTypes: ['core'] },
    },
    ...doors,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js'], conditionNames: ['import', 'node', 'default'] },
  },
};
