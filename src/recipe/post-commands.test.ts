import { expect, test } from 'vitest';
import { parsePostCommands } from './post-commands.ts';

test('each part names a service, a function of abra.sh and what it is given', () => {
  expect(parsePostCommands('app set_up|db grant "a b" $X | app done_now')).toEqual([
    { service: 'app', call: 'set_up', args: '' },
    { service: 'db', call: 'grant', args: '"a b" $X' },
    { service: 'app', call: 'done_now', args: '' },
  ]);
});

test('nothing is no command', () => {
  expect(parsePostCommands(' | ')).toEqual([]);
});

test('a part without a function, or with something that is none, is told as it is', () => {
  expect(parsePostCommands('app|app $(id)')).toEqual([{ text: 'app' }, { text: 'app $(id)' }]);
});
