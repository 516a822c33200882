import { describe, expect, test } from 'vitest';
import { type ImageTroubleKind, imageCause, imageTrouble, isPassing } from './image-trouble.ts';

type Row = readonly [ImageTroubleKind, 'recipe' | 'environment', string];

/** What engines from 20.10 to 28 said of pulls that failed, those of the containerd image store among them. */
const CORPUS: readonly Row[] = [
  ['missing', 'recipe', 'manifest for 127.0.0.1:5391/b:2 not found: manifest unknown: manifest unknown'],
  ['missing', 'recipe', 'manifest for bitnami/redis:7.0 not found: manifest unknown'],
  [
    'missing',
    'recipe',
    'failed to resolve reference "docker.io/library/nginx:9.99": docker.io/library/nginx:9.99: not found',
  ],
  ['missing', 'recipe', 'name unknown: repository name not known to registry'],
  ['missing', 'recipe', 'No such image: 127.0.0.1:5089/nginx:9.9'],
  [
    'denied',
    'recipe',
    "pull access denied for nope/nope, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
  ],
  [
    'denied',
    'recipe',
    'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
  ],
  ['denied', 'recipe', 'denied'],
  ['denied', 'recipe', 'Head "https://ghcr.io/v2/nope/nope/manifests/1": denied'],
  [
    'denied',
    'recipe',
    'errors: denied: requested access to the resource is denied unauthorized: authentication required',
  ],
  ['architecture', 'recipe', 'no matching manifest for linux/arm64/v8 in the manifest list entries'],
  ['architecture', 'recipe', 'no matching manifest for linux/amd64 in the manifest list entries'],
  ['architecture', 'recipe', 'no match for platform in manifest: not found'],
  ['architecture', 'recipe', 'image operating system "windows" cannot be used on this platform'],
  [
    'format',
    'recipe',
    'Docker Image Format v1 and Docker Image manifest version 2, schema 1 support has been removed. Suggest the author of docker.io/x/y:1 to upgrade',
  ],
  ['reference', 'recipe', 'invalid reference format: repository name must be lowercase'],
  [
    'limit',
    'environment',
    'toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit',
  ],
  [
    'limit',
    'environment',
    'toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit',
  ],
  ['limit', 'environment', 'received unexpected HTTP status: 429 Too Many Requests'],
  ['login', 'environment', 'Head "http://127.0.0.1:5391/v2/b/manifests/1": no basic auth credentials'],
  ['login', 'environment', 'unauthorized: authentication required'],
  [
    'login',
    'environment',
    'Get "https://registry-1.docker.io/v2/": unauthorized: incorrect username or password',
  ],
  [
    'login',
    'environment',
    'unexpected status from HEAD request to https://r.example/v2/x/manifests/1: 401 Unauthorized',
  ],
  [
    'login',
    'environment',
    'unexpected status from HEAD request to https://r.example/v2/x/manifests/1: 403 Forbidden',
  ],
  [
    'unreachable',
    'environment',
    'Get "http://127.0.0.1:5/v2/": dial tcp 127.0.0.1:5: connect: connection refused',
  ],
  [
    'unreachable',
    'environment',
    'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on 10.255.255.53:53: no such host',
  ],
  ['unreachable', 'environment', 'Get "https://r.example/v2/": net/http: TLS handshake timeout'],
  [
    'unreachable',
    'environment',
    'Get "https://registry-1.docker.io/v2/": x509: certificate signed by unknown authority',
  ],
  [
    'unreachable',
    'environment',
    'Get "https://registry-1.docker.io/v2/": tls: failed to verify certificate: x509: certificate is valid for *.a.example, not registry-1.docker.io',
  ],
  [
    'unreachable',
    'environment',
    'Get "https://r.example/v2/": http: server gave HTTP response to HTTPS client',
  ],
  [
    'unreachable',
    'environment',
    'Get "https://r.example/v2/": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
  ],
  ['unreachable', 'environment', 'Get "https://r.example/v2/": context deadline exceeded'],
  ['unreachable', 'environment', 'read tcp 10.0.0.2:4711->10.0.0.3:443: i/o timeout'],
  ['unreachable', 'environment', 'lookup r.example: Temporary failure in name resolution'],
  ['unreachable', 'environment', 'received unexpected HTTP status: 503 Service Unavailable'],
  ['unreachable', 'environment', 'unexpected EOF'],
  [
    'disk',
    'environment',
    'failed to register layer: Error processing tar file(exit status 1): write /usr/lib/x.so: no space left on device',
  ],
  ['unknown', 'environment', 'something nobody has foreseen'],
];

describe('an image that cannot be pulled', () => {
  test.each(CORPUS)('is %s, the fault of the %s: %s', (kind, fault, words) => {
    expect(imageTrouble(words)).toMatchObject({ kind, fault });
  });

  test.each<[string, ImageTroubleKind]>([
    ['B48', 'missing'],
    ['B48', 'denied'],
    ['B85', 'architecture'],
    ['image-format', 'format'],
    ['registry-limit', 'limit'],
    ['registry-auth', 'login'],
    ['registry', 'unreachable'],
    ['no-space', 'disk'],
  ])('has the cause %s where it is %s', (code, kind) => {
    const words = CORPUS.find(([one]) => one === kind)?.[2] ?? '';
    const image = `r.example:5000/x/y:1@sha256:${'a'.repeat(64)}`;
    const cause = imageCause('app', image, imageTrouble(words));
    expect(cause).toMatchObject({ code, where: { service: 'app' }, evidence: [words] });
    expect(cause.sentence).toContain('r.example:5000/x/y:1 of service `app`');
    expect(cause.sentence).not.toContain('aaaa');
  });

  test('is worth another attempt only where its registry was out of reach', () => {
    const passing = CORPUS.filter(([, , words]) => isPassing(imageTrouble(words)));
    expect(new Set(passing.map(([kind]) => kind))).toEqual(new Set(['unreachable']));
  });
});
