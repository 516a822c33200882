import type { RunEvent } from '../../journal/event.ts';
import type { Finding } from '../../recipe/finding.ts';
import type { TestRequest } from '../../trigger/request.ts';
import { refusals, refused } from './refused.ts';
import {
  broken,
  closing,
  installs,
  opening,
  REQUEST,
  restores,
  type Story,
  seeds,
  story,
  upgrades,
  upgradeUntilData,
} from './stories.ts';

/** Runs as they end, one of each kind. */
export const ENDINGS: Readonly<Record<string, Story>> = {
  success: story([...opening(), ...installs(), ...upgrades(), ...restores(), ...closing()]),
  findings: story([...opening(), ...found(), ...installs(), ...upgrades(), ...restores(), ...closing()]),
  'backup-label': story([
    ...opening(),
    ...installs(),
    ...upgrades(),
    ...backupLabelMisplaced(),
    ...closing(),
  ]),
  'volume-renamed': story([...opening(), ...installs(), ...dataLost(), ...closing()]),
  'exits-at-start': story([...opening(), ...exitsAtStart(), ...closing()]),
  residue: story([...opening(), ...installs(), ...upgrades(), ...restores(), ...closing(leftovers())]),
  'router-error': story([...opening(), ...routerError(), ...closing()]),
  cancelled: story([...opening(), ...installs(), ...cancelledInUpgrade(), ...closing()]),
  'named-by-finding': story([...opening(), ...namedByFinding(), ...closing()]),
  refused: refused(refusals()),
  attack: refused([]),
};

/** Only the install was asked for. */
export function installOnly(): Story {
  const request: TestRequest = { ...REQUEST, only: ['install'] };
  return story([...opening(request), ...installs(), ...closing()], request);
}

function backupLabelMisplaced(): RunEvent[] {
  return [
    { type: 'stage-started', stage: 'backup-restore' },
    broken(
      'fail',
      { stage: 'backup-restore', id: 'configured', title: 'the recipe has a backup' },
      {
        code: 'B01',
        sentence:
          'The backup label `backupbot.backup` of service `app` stands under `labels:`, which only containers get; backup bots read `deploy.labels`, so nothing is backed up and nobody is told.',
        where: { file: 'compose.yml', line: 23 },
        evidence: ['compose.yml line 23: backupbot.backup=true'],
      },
    ),
    { type: 'stage-ended', stage: 'backup-restore', took: 1 },
  ];
}

function dataLost(): RunEvent[] {
  return [
    ...upgradeUntilData(),
    ...seeds('upgrade:content', 'after the upgrade', { state: 'missing' }),
    broken(
      'fail',
      { stage: 'upgrade', id: 'data-survives', title: 'the data is still there' },
      {
        code: 'B54',
        sentence:
          'Service `app` now mounts volume `site` at /usr/share/nginx/html, where 1.1.0+1.22.1 mounts `content`: the new one is empty, and the data is still in the old one, which nothing mounts any more.',
        where: { file: 'compose.yml', line: 41 },
        evidence: [
          'upgrade:content at /usr/share/nginx/html/seatrial-2f2b6d99b082975c.txt: gone; planted with SHA-256 8e313cb0',
        ],
      },
    ),
    { type: 'stage-ended', stage: 'upgrade', took: 8172 },
  ];
}

function exitsAtStart(): RunEvent[] {
  const log =
    '2026/11/25 15:14:35 [emerg] 1#1: unknown directive "worker_proceses" in /etc/nginx/nginx.conf:2';
  const cause = (how: string) => ({
    code: 'exits-at-start',
    sentence: `The process of service \`app\` ends at start with code 1, saying “${log}” (${how}).`,
    where: { service: 'app' },
    evidence: [log],
  });
  return [
    { type: 'stage-started', stage: 'install' },
    { type: 'stage-started', stage: 'upgrade' },
    broken(
      'fail',
      {
        stage: 'upgrade',
        id: 'upgrades',
        title: 'the change deploys over it and every service becomes healthy',
      },
      cause('so Swarm stopped the update (rollback_started)'),
    ),
    { type: 'stage-ended', stage: 'upgrade', took: 3394 },
    broken(
      'fail',
      { stage: 'install', id: 'deploys', title: 'it deploys and every service becomes healthy' },
      cause('3 times'),
    ),
    { type: 'stage-ended', stage: 'install', took: 12_417 },
  ];
}

function leftovers(): Partial<Extract<RunEvent, { type: 'torn-down' }>> {
  return {
    residue: [{ kind: 'network', name: 'custom-h-00zohv67hl-net' }],
    troubles: ['The network custom-h-00zohv67hl-net was not gone after 60 s.'],
    unexplained: [{ kind: 'volume', name: 'somebody-elses' }],
  };
}

function routerError(): RunEvent[] {
  return [
    broken(
      'error',
      { stage: 'install', id: 'prepared', title: 'the run can be carried out' },
      {
        code: 'router-unreachable',
        sentence: 'The router of the run does not answer: it has no published port',
        evidence: [],
      },
    ),
  ];
}

function cancelledInUpgrade(): RunEvent[] {
  const note = 'The pull request has moved on to 77add847d5 meanwhile.';
  return [
    { type: 'stage-started', stage: 'upgrade' },
    {
      type: 'check',
      check: {
        ...{ stage: 'upgrade', id: 'upgrades', title: 'the change deploys over it', took: 700 },
        ...{ outcome: 'aborted', note },
      },
    },
    { type: 'stage-ended', stage: 'upgrade', took: 2700 },
  ];
}

/** A stage that comes upon what a finding had told. */
function namedByFinding(): RunEvent[] {
  const finding: Finding = {
    code: 'B25',
    severity: 'error',
    file: 'abra.sh',
    line: 2,
    sentence:
      'server.conf.tmpl changed, but `SERVER_CONF_VERSION` did not: config `server_conf` keeps its name, and Swarm does not change the content of a config.',
    remedy: 'Write `export SERVER_CONF_VERSION=v2` in abra.sh.',
  };
  return [
    { type: 'findings', findings: [finding] },
    ...installs(),
    { type: 'stage-started', stage: 'upgrade' },
    broken(
      'fail',
      {
        stage: 'upgrade',
        id: 'upgrades',
        title: 'the change deploys over it and every service becomes healthy',
      },
      {
        code: finding.code,
        sentence: finding.sentence,
        where: { file: 'abra.sh', line: 2 },
        evidence: [
          'Docker does not take the stack: failed to update config custom-h-00zohv67hl_server_conf_v1: only updates to Labels are allowed',
        ],
      },
    ),
    { type: 'stage-ended', stage: 'upgrade', took: 2210 },
  ];
}

/** Findings that no stage confirms. */
function found(): RunEvent[] {
  return [
    {
      type: 'findings',
      findings: [
        {
          code: 'B80',
          severity: 'warning',
          file: 'compose.yml',
          line: 36,
          sentence: 'What is deployed changed, but the version label still says 1.1.0+1.22.1.',
          remedy: 'Raise it, for example to 1.1.1+1.22.1.',
        },
        {
          code: 'B20',
          severity: 'note',
          file: undefined,
          line: undefined,
          sentence: 'No service carries `backupbot.backup=true`.',
          remedy: 'Put it under `deploy.labels` of service `app`.',
        },
      ],
    },
  ];
}
