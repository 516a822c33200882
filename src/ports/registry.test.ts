import { describe, expect, test } from 'vitest';
import { loginFor, taggedName, throughMirror } from './registry.ts';

test.each([
  ['nginx:1.27', 'm.example/library/nginx:1.27'],
  ['docker.io/library/nginx', 'm.example/library/nginx'],
  ['x/y:1@sha256:abc', 'm.example/x/y:1@sha256:abc'],
  ['ghcr.io/x/y:1', undefined],
])('%s is asked for at a mirror of Docker Hub as %s', (image, through) => {
  expect(throughMirror(image, 'm.example/')).toBe(through);
});

test.each([
  ['nginx', 'nginx:latest'],
  ['x.example:5000/nginx', 'x.example:5000/nginx:latest'],
  ['x.example:5000/nginx:1@sha256:abc', 'x.example:5000/nginx:1'],
  ['nginx@sha256:abc', 'nginx:latest'],
])('%s has the tagged name %s', (image, name) => {
  expect(taggedName(image)).toBe(name);
});

describe('a login', () => {
  const hub = { host: 'docker.io', username: 'u', password: 'p' };
  const other = { ...hub, host: 'r.example:5000' };

  test('goes to its own registry and to no other', () => {
    expect(loginFor('nginx', [other, hub])).toBe(hub);
    expect(loginFor('r.example:5000/x', [other, hub])).toBe(other);
    expect(loginFor('r.example/x', [other, hub])).toBeUndefined();
    expect(loginFor('x.example/y', [{ ...hub, host: 'X.example' }])).toBeDefined();
  });
});
