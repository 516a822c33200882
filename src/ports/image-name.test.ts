import { expect, test } from 'vitest';
import { splitImage } from './image-name.ts';

test.each([
  ['nginx', 'nginx', undefined, undefined, 'docker.io', 'nginx'],
  ['nginx:1.27', 'nginx', '1.27', undefined, 'docker.io', 'nginx'],
  ['docker.io/library/nginx', 'docker.io/library/nginx', undefined, undefined, 'docker.io', 'nginx'],
  ['index.docker.io/x/y', 'index.docker.io/x/y', undefined, undefined, 'docker.io', 'x/y'],
  ['matrixdotorg/synapse:v1', 'matrixdotorg/synapse', 'v1', undefined, 'docker.io', 'matrixdotorg/synapse'],
  ['ghcr.io/x/y:1', 'ghcr.io/x/y', '1', undefined, 'ghcr.io', 'x/y'],
  ['ghcr.io/library/y', 'ghcr.io/library/y', undefined, undefined, 'ghcr.io', 'library/y'],
  ['127.0.0.1:5000/x:1@sha256:abc', '127.0.0.1:5000/x', '1', 'sha256:abc', '127.0.0.1:5000', 'x'],
  ['registry:5000/x', 'registry:5000/x', undefined, undefined, 'registry:5000', 'x'],
  ['localhost/x', 'localhost/x', undefined, undefined, 'localhost', 'x'],
  ['Registry.Example/x', 'Registry.Example/x', undefined, undefined, 'registry.example', 'x'],
  // No path of Docker Hub has capitals.
  ['HOST/x', 'HOST/x', undefined, undefined, 'host', 'x'],
  ['', '', undefined, undefined, 'docker.io', ''],
])('%s is taken apart', (image, repository, tag, digest, host, path) => {
  expect(splitImage(image)).toEqual({ repository, tag, digest, host, path });
});
