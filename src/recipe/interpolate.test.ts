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
    ['$SET-api.rule', 'yes'],
    ['${SET}-api.$UNSET-x} y', 'yes-api.x} y'],
    ['$UNSET:-$SET', '$SET'],
    ['${SET:?see the read-me}', 'me'],
    ['${SET-a:-b}', 'b'],
  ])('%s gives %s', (text, filled) => {
    expect(fillIn(text, ENV)).toBe(filled);
  });
});

test('the variables of a text are told with what stands in for them', () => {
  const plain = { fallback: undefined, required: false, trap: undefined };
  expect(variablesIn('$A ${B:-x y} ${C-} ${D:?why} $$E $A ${F?}')).toEqual([
    { ...plain, name: 'A' },
    { ...plain, name: 'B', fallback: 'x y' },
    { ...plain, name: 'C', fallback: '' },
    { ...plain, name: 'D', required: true },
    { ...plain, name: 'A' },
    { ...plain, name: 'F', required: true },
  ]);
});

test('what Docker reads otherwise than it looks is told', () => {
  expect(variablesIn('routers.$STACK_NAME-api.rule=Host(`${DOMAIN}`)')).toMatchObject([
    { name: 'STACK_NAME', fallback: 'api.rule=Host(`${DOMAIN', trap: 'no-braces' },
  ]);
  expect(variablesIn('${X:?see the read-me}')).toMatchObject([
    { name: 'X', fallback: 'me', trap: 'operator-in-words' },
  ]);
});
