import { describe, expect, test } from 'vitest';
import { fillIn, variablesIn } from './interpolate.ts';

const ENV = { SET: 'yes', EMPTY: '', lower: 'small' };

describe('filling in', () => {
  test.each([
    ['$SET', 'yes'],
    ['${SET}', 'yes'],
    ['a${SET}b$SET', 'ayesbyes'],
    ['$lower', 'small'],
    ['$UNSET.', '.'],
    ['${UNSET:-d}', 'd'],
    ['${EMPTY:-d}', 'd'],
    ['${EMPTY-d}', ''],
    ['${UNSET-d}', 'd'],
    ['${UNSET:-}', ''],
    ['${SET:-d}', 'yes'],
    ['${SET:?why}', 'yes'],
    ['${UNSET?why}', ''],
    ['$$SET', '$SET'],
    ['$$$SET', '$yes'],
    ['$5 and $', '$5 and $'],
    ['${R:-Host(`${DOMAIN}`)}', 'Host(`${DOMAIN`)}'],
    ['${toString}', ''],
  ])('%s gives %s', (text, filled) => {
    expect(fillIn(text, ENV)).toBe(filled);
  });
});

test('the variables of a text are told with what stands in for them', () => {
  expect(variablesIn('$A ${B:-x y} ${C-} ${D:?why} $$E $A ${F?}')).toEqual([
    { name: 'A', fallback: undefined, required: false },
    { name: 'B', fallback: 'x y', required: false },
    { name: 'C', fallback: '', required: false },
    { name: 'D', fallback: undefined, required: true },
    { name: 'A', fallback: undefined, required: false },
    { name: 'F', fallback: undefined, required: true },
  ]);
});
