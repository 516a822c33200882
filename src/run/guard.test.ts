import { expect, test } from 'vitest';
import { forgeRequest, localRequest } from '../../test/support/requests.ts';
import { DEFAULT_POLICY } from '../config/policy.ts';
import { egressOf, policyFor } from './guard.ts';

const SETTINGS = { ...DEFAULT_POLICY, egress: 'registries', egressForks: 'none' } as const;

test('requirement 41: a change from a fork reaches what the configuration gives to strangers', () => {
  const asked = forgeRequest('1');
  const stranger = { ...asked, origin: { ...asked.origin, ownBranch: false } };
  expect(policyFor(stranger, SETTINGS).egress).toBe('none');
  expect(policyFor(asked, SETTINGS).egress).toBe('registries');
  expect(policyFor(localRequest('2'), SETTINGS).egress).toBe('registries');
});

test('hosts go along only where they are what counts', () => {
  const registries = ['registry.example'];
  expect(egressOf({ ...SETTINGS, registries })).toEqual({ mode: 'registries', hosts: registries });
  expect(egressOf({ ...SETTINGS, registries, egress: 'open' })).toEqual({ mode: 'open' });
});
