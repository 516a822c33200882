import { describe, expect, test } from 'vitest';
import { compareReleases, isRelease } from './versions.ts';

describe('releases in order', () => {
  test.each([
    ['by numbers, not by letters', ['0.9.0+1.0', '0.10.0+1.0', '1.0.0+1.0', '1.2.0+1.0', '1.10.0+1.0']],
    ['the part of the recipe before the part of the app', ['1.0.0+9.9.9', '1.0.1+1.0.0']],
    ['on a tie by the part of the app', ['1.0.0+1.9.0', '1.0.0+1.10.0', '1.0.0+2.0']],
    [
      'a pre-release before the release it leads to',
      ['1.0.0-rc1+1.0', '1.0.0-rc2+1.0', '1.0.0+1.0', '1.0.1-a+1.0'],
    ],
    [
      'however upstream writes its versions',
      ['0.4.0+v1.149.1', '0.4.0+v1.150.0', '0.5.0+8.0', '0.5.0+8.0.1'],
    ],
    ['with suffixes', ['1.0.0+1.24.2', '1.0.0+1.24.2-rootless', '1.0.0+1.24.10']],
    [
      'with numbers beyond all counting',
      ['1.0.0+90071992547409931', '1.0.0+90071992547409932', '1.0.0+100000000000000000000'],
    ],
    ['with a leading v', ['v1.0.0+1.0', 'v1.1.0+1.0', '1.2.0+1.0']],
  ])('%s', (_, ordered) => {
    const mixed = [...ordered].reverse();
    expect(mixed.sort(compareReleases)).toEqual(ordered);
    for (const [index, earlier] of ordered.entries()) {
      for (const later of ordered.slice(index + 1)) {
        expect(compareReleases(earlier, later), `${earlier} before ${later}`).toBeLessThan(0);
        expect(compareReleases(later, earlier), `${later} after ${earlier}`).toBeGreaterThan(0);
      }
      expect(compareReleases(earlier, earlier)).toBe(0);
    }
  });
});

describe('a tag', () => {
  test.each(['1.0.0+1.0', 'v1.0.0+v2', '0.1.0+6-alpine', '1.0.0-rc1+1.0', '2+1', '1.0.0+2024.06.37'])(
    '%s is a release',
    (name) => {
      expect(isRelease(name)).toBe(true);
    },
  );

  test.each(['1.0.0', 'v1.0.0', 'latest', '+1.0', '1.0.0+', 'release-1.0.0+1.0', ''])(
    '“%s” is no release',
    (name) => {
      expect(isRelease(name)).toBe(false);
    },
  );
});
