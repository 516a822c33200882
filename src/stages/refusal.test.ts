import { expect, test } from 'vitest';
import { refusal } from './refusal.ts';

const RPC = 'Error response from daemon: rpc error: code =';

/** As the Docker client said it, 28.2 against an engine of 20.10. */
test.each([
  [
    'B25',
    'recipe',
    'labels',
    `failed to update config s_c_v1: ${RPC} InvalidArgument desc = only updates to Labels are allowed`,
  ],
  [
    'B82',
    'environment',
    'Port 18932',
    `failed to create service s_p: ${RPC} InvalidArgument desc = port '18932' is already in use by service 't_p' (ws43) as an ingress port`,
  ],
  ['secret-missing', 'recipe', '`nope_s_v1`', 'service a: secret not found: nope_s_v1'],
  ['secret-missing', 'recipe', '`s`', 'service a: undefined secret "s"'],
  ['config-missing', 'recipe', '`nope_c_v1`', 'service a: config not found: nope_c_v1'],
  [
    'network-missing',
    'recipe',
    '`nope_n`',
    'network "nope_n" is declared as external, but could not be found. You need to create a swarm-scoped network before the stack is deployed',
  ],
  ['volume-missing', 'recipe', '`a b`', 'service a: undefined volume "a b"'],
  [
    'bad-name',
    'recipe',
    'swx_x_',
    `failed to create config swx_x_: ${RPC} InvalidArgument desc = invalid name, only 64 [a-zA-Z0-9-_.] characters allowed, and the start and end character must be [a-zA-Z0-9]`,
  ],
  [
    'bad-name',
    'recipe',
    '(75 characters)',
    `failed to create service swx3_${'y'.repeat(70)}: ${RPC} InvalidArgument desc = name must be 63 characters or fewer`,
  ],
  [
    'mode-changed',
    'recipe',
    'its mode',
    `failed to update service s_a: ${RPC} Unimplemented desc = service mode change is not allowed`,
  ],
  [
    'image-reference',
    'recipe',
    '`a`',
    'invalid image reference for service a: invalid reference format: repository name (library/Bad) must be lowercase',
  ],
  [
    'swarm-unavailable',
    'environment',
    'could not take',
    `${RPC} Unknown desc = The swarm does not have a leader. It's possible that too few managers are online.`,
  ],
  ['B37', 'recipe', '`services.app.deploy.replicas`', 'services.app.deploy.replicas must be a integer'],
  ['B37', 'recipe', 'start_period', "services.a.healthcheck.start_period Does not match format 'duration'"],
  ['B34', 'recipe', 's_cert_v1', 'secret not inserted (#generate=false): s_cert_v1'],
  ['deploy-refused', 'recipe', 'nobody', 'something nobody has foreseen'],
])('a stack that Docker refuses is %s, the fault of the %s, and names %s', (code, fault, named, words) => {
  const told = refusal(words);
  expect(told).toMatchObject({ code, fault });
  expect(told.sentence).toContain(named);
  expect(told.sentence).toMatch(/[^.]\.$/);
});
