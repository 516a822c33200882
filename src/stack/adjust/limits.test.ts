import { describe, expect, test } from 'vitest';
import { DEFAULT_POLICY } from '../../config/policy.ts';
import { parseStackFile } from '../document.ts';
import { limit } from './limits.ts';

const GIB = 1024 ** 3;
const LIMITS = { ...DEFAULT_POLICY.limits, cpus: 2, memory: 2 * GIB, pids: 500, restartAttempts: 50 };

describe('requirement 33: every service', () => {
  test('that says nothing gets limits for CPUs, memory, processes, log and restarts', () => {
    const { service, adjustments } = limited('image: x');
    expect(service.deploy).toEqual({
      resources: { limits: { cpus: '2', memory: String(2 * GIB), pids: 500 } },
      restart_policy: { max_attempts: 50 },
    });
    expect(service.logging).toEqual({
      driver: 'json-file',
      options: { 'max-size': '10240k', 'max-file': '3' },
    });
    expect(adjustments).toHaveLength(3);
    for (const { service: name, what, reason } of adjustments) {
      expect(name).toBe('app');
      expect(what).not.toBe('');
      expect(reason).not.toBe('');
    }
  });

  test('keeps limits of its own that are lower', () => {
    const { service } = limited(
      'deploy: {resources: {limits: {cpus: "0.5", memory: "268435456", pids: 20}}, restart_policy: {max_attempts: 3}}',
    );
    expect(service.deploy?.resources?.limits).toEqual({ cpus: '0.5', memory: '268435456', pids: 20 });
    expect(service.deploy?.restart_policy).toEqual({ max_attempts: 3 });
  });

  test('has higher ones cut, and what it reserves with them', () => {
    const { service } = limited(
      'deploy: {resources: {limits: {cpus: "64", memory: "999999999999"}, reservations: {cpus: "32", memory: "99999999999"}}, restart_policy: {condition: any, max_attempts: 9999}}',
    );
    expect(service.deploy?.resources).toEqual({
      limits: { cpus: '2', memory: String(2 * GIB), pids: 500 },
      reservations: { cpus: '2', memory: String(2 * GIB) },
    });
    expect(service.deploy?.restart_policy).toEqual({ condition: 'any', max_attempts: 50 });
  });

  test('has its restarts counted however long ago they were', () => {
    const { service } = limited('deploy: {restart_policy: {condition: any, max_attempts: 3, window: 1ns}}');
    expect(service.deploy?.restart_policy).toEqual({ condition: 'any', max_attempts: 3 });
  });

  test('that is never restarted stays so', () => {
    const { service } = limited('deploy: {restart_policy: {condition: none}}');
    expect(service.deploy?.restart_policy).toEqual({ condition: 'none' });
  });

  test('has its log kept where the run finds it, whatever it asks for', () => {
    const { service } = limited('logging: {driver: none}');
    expect(service.logging).toMatchObject({ driver: 'json-file' });
  });

  test('is probed once a second at most', () => {
    const quick = limited('healthcheck: {test: [CMD, "true"], interval: 200ms}');
    expect(quick.service.healthcheck).toMatchObject({ interval: '1000ms' });
    expect(quick.adjustments.map(({ what }) => what)).toContain(
      'health check asked every 1 s instead of 200ms',
    );
    for (const interval of ['1s', '30s', '0s'])
      expect(
        limited(`healthcheck: {test: [CMD, "true"], interval: ${interval}}`).service.healthcheck,
      ).toMatchObject({ interval });
  });
});

test.each([
  ['3.8', '3.9'],
  ['3', '3.9'],
  ['3.9', '3.9'],
  ['3.13', '3.13'],
])('version %s of the format becomes %s, since older ones cannot limit processes', (before, after) => {
  const file = parseStackFile(`version: "${before}"\nservices: {app: {image: x}}\n`);
  limit(file, LIMITS);
  expect(file.version).toBe(after);
});

function limited(lines: string) {
  const file = parseStackFile(`version: "3.8"\nservices:\n  app:\n    ${lines}\n`);
  const adjustments = limit(file, LIMITS);
  const service = file.services['app'];
  if (service === undefined) throw new Error('no service');
  return { service, adjustments };
}
