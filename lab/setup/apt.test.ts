import { expect, test } from 'vitest';
import { mirrorIn } from './apt.ts';

const PRINTED = `'https://packages.third-party.example/repo/dists/nodistro/InRelease' a 0 
'http://mirror.example/debian-security/dists/bookworm-security/InRelease' b 0 
'http://mirror.example/debian/dists/bookworm-updates/InRelease' c 0 
'http://mirror.example/debian/dists/bookworm/InRelease' d 0 
'http://mirror.example/debian/dists/bookworm/main/binary-amd64/Packages.xz' e 0 
`;

test('the mirror is the one of the main suite, not of security, updates or a third party', () => {
  expect(mirrorIn(PRINTED, ['bookworm'])).toBe('http://mirror.example/debian');
});

test('the mirror of a machine that follows a rolling name is found by that name', () => {
  const rolling = PRINTED.replaceAll('bookworm/', 'sid/');
  expect(mirrorIn(rolling, ['bookworm', 'testing', 'sid'])).toBe('http://mirror.example/debian');
});

test('there is no mirror where the sources name other suites only', () => {
  expect(mirrorIn(PRINTED, ['trixie', ''])).toBeUndefined();
});
