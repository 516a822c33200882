import { expect, test } from 'vitest';
import { versionNote } from './version.ts';

test.each(['abra version 0.13.0-beta-06a57de', 'abra version 0.10.0-beta', 'abra version 0.12.1\n'])(
  '“%s” is a version that is known',
  (text) => expect(versionNote(text)).toBeUndefined(),
);

test.each(['abra version 0.9.0-beta', 'abra version 0.14.0-beta-06a57de', 'abra version 1.10.0'])(
  'of “%s” nothing is known',
  (text) => expect(versionNote(text)).toContain('nothing is known'),
);

test.each(['', 'Abra project manager 3', 'version 0.13.0'])('“%s” is no version of abra', (text) =>
  expect(versionNote(text)).toContain('not how abra'),
);
