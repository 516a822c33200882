import { describe, expect, test } from 'vitest';
import { fatalWords, refused } from './refusal.ts';

const same = (text: string) => text;

describe('what abra says at its end decides whose fault it is', () => {
  test.each([
    ['services.app.deploy.replicas must be a integer', 'recipe', 'deploy-refused'],
    ["services.app.healthcheck.start_period Does not match format 'duration'", 'recipe', 'deploy-refused'],
    ['version mismatched between two composefiles : 3.8 and 3.13', 'recipe', 'deploy-refused'],
    [
      'failed to update config x_v1: rpc error: only updates to Labels are allowed',
      'recipe',
      'deploy-refused',
    ],
    ['secret not inserted (#generate=false): x_cert_v1', 'recipe', 'deploy-refused'],
    ['invalid mount config for type "bind"', 'recipe', 'deploy-refused'],
    ['invalid image reference for service x_app: a//b', 'recipe', 'deploy-refused'],
    ['recipe (/x) has locally unstaged changes?', 'internal', 'abra-failed'],
    ['x.test is already deployed', 'internal', 'abra-failed'],
    ['the input device is not a TTY', 'internal', 'abra-failed'],
    ['Cannot connect to the Docker daemon at unix:///x', 'environment', 'engine-unreachable'],
    ['unable to clone the catalogue', 'environment', 'abra-failed'],
    ['', 'environment', 'abra-failed'],
  ])('“%s” is of kind %s', (words, kind, code) => {
    const error = refused('abra refused', { exitCode: 1, stdout: '', stderr: `FATA ${words}\n` }, same);
    expect(error).toMatchObject({ kind, code, facts: { exitCode: 1 } });
    expect(error.message).toContain(words);
  });
});

test('the fatal line counts, without colours, and what stands before it does not', () => {
  const stderr = 'WARN secret x already exists\n\u001b[31mFATA\u001b[0m[0003] it is over\nsecond line\n';
  expect(fatalWords({ exitCode: 1, stdout: '', stderr })).toBe('it is over second line');
});

test('what is secret is not in the error', () => {
  const redact = (text: string) => text.replaceAll('hunter2', '[redacted]');
  const error = refused('x', { exitCode: 1, stdout: '', stderr: 'FATA value hunter2 is bad' }, redact);
  expect(JSON.stringify([error.message, error.facts])).not.toContain('hunter2');
});
