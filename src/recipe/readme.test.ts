import { describe, expect, test } from 'vitest';
import { readmeMetadata } from './readme.ts';

describe('the metadata of a README', () => {
  test('is the list between its two comments', () => {
    const readme = `# Reader

- **Category**: not here

<!-- metadata -->

* **Category**: Apps
* **Status**: 1, alpha
- **Image**: [\`reader/reader\`](https://hub.example/r/reader), 4, upstream
* **Healthcheck**: Yes
* **Backups**: No
* **Email**:
* **Tests**: No
* **SSO**: 3 (OIDC)

<!-- endmetadata -->

* **Backups**: Yes
`;
    expect(readmeMetadata(readme)).toEqual({
      category: 'Apps',
      status: { score: 1, word: 'alpha' },
      image: '[`reader/reader`](https://hub.example/r/reader), 4, upstream',
      healthcheck: 'Yes',
      backups: 'No',
      email: undefined,
      tests: 'No',
      sso: '3 (OIDC)',
    });
  });

  test.each([
    ['5, stable', { score: 5, word: 'stable' }],
    ['**3**, `beta`', { score: 3, word: 'beta' }],
    ['0', { score: 0, word: undefined }],
    ['deprecated', { score: undefined, word: 'deprecated' }],
    ['9, beyond', { score: undefined, word: '9, beyond' }],
  ])('has a status “%s”', (text, status) => {
    expect(readmeMetadata(`<!-- metadata -->\n* **Status**: ${text}\n<!-- endmetadata -->`)?.status).toEqual(
      status,
    );
  });

  test('may miss its end, and is none without its beginning', () => {
    expect(readmeMetadata('<!--metadata-->\r\n- Category: Apps\r\n')?.category).toBe('Apps');
    expect(readmeMetadata('* **Category**: Apps')).toBeUndefined();
    expect(readmeMetadata('')).toBeUndefined();
  });
});
