import { describe, expect, test } from 'vitest';
import { REFUSAL_MARKER, STICKY_MARKER } from '../report/comment.ts';
import { parseCommand } from './grammar.ts';

describe('a command is understood', () => {
  test.each([
    ['alone', '!testme'],
    ['with a Windows line end', '!testme\r\n'],
    ['with an old Mac line end', 'Please:\r!testme\rThanks'],
    ['with up to three spaces before it', '   !testme'],
    ['with white space behind it', '!testme \t '],
    ['in upper case', '!TestMe'],
    ['between other lines', 'Looks good to me.\n\n!testme\n\nThanks!'],
    ['behind a quote', '> what about this?\n\n!testme'],
    ['behind code that has ended', '```\n!testme\n```\n!testme'],
    ['behind a longer fence', '````\n```\n!testme\n````\n!testme'],
    ['behind code in a list', '1. ```\n   !testme\n   ```\n\n!testme'],
    ['behind an HTML comment', '<!-- !testme -->\n!testme'],
    ['behind something folded away', '<details>\n\n!testme\n\n</details>\n\n!testme'],
    ['behind inline code in HTML', 'use <code>x</code>\n!testme'],
    ['twice, which is one command', '!testme\n!testme'],
  ])('%s', (_, body) => {
    expect(parseCommand(body)).toEqual({ kind: 'test' });
  });
});

describe('no command is', () => {
  test.each([
    ['nothing', ''],
    ['another word', '!test'],
    ['a word that begins with it', '!testmeplease'],
    ['a command with text behind it', '!testme please'],
    ['a command with options nobody knows', '!testme --only install'],
    ['a command within a sentence', 'please !testme this'],
    ['two commands on a line', '!testme !testme'],
    ['a quote', '> !testme'],
    ['a quote without a space', '>!testme'],
    ['a quote in a quote', '> > !testme'],
    ['an item of a list', '- !testme'],
    ['an item of a numbered list', '1. !testme'],
    ['a heading', '# !testme'],
    ['inline code', '`!testme`'],
    ['emphasis', '**!testme**'],
    ['a task', '- [ ] !testme'],
    ['a row of a table', '| !testme |'],
    ['indented code', '    !testme'],
    ['code indented by a tab', '\t!testme'],
    ['fenced code', '```\n!testme\n```'],
    ['fenced code with a language', '```sh\n!testme\n```'],
    ['code fenced with tildes', '~~~\n!testme\n~~~'],
    ['code behind a shorter fence inside', '````\n```\n!testme\n````'],
    ['code behind a fence of the other kind inside', '~~~\n```\n!testme\n~~~'],
    ['code behind a fence with words inside', '```\n```sh\n!testme\n```'],
    ['code behind an indented fence inside', '```\n    ```\n!testme\n```'],
    ['code that never ends', '```\n!testme'],
    ['code in an indented fence', '  ```\n!testme\n  ```'],
    ['code in a list', '- ```\n  !testme\n  ```'],
    ['code in a numbered list', '1. ```sh\n   !testme\n   ```'],
    ['code in a list in a list', '- 1. ```\n  !testme\n     ```'],
    ['preformatted text', '<pre>\n!testme\n</pre>'],
    ['code in HTML', '<pre><code>\n!testme\n</code></pre>'],
    ['something folded away', '<details>\n<summary>Log</summary>\n\n!testme\n\n</details>'],
    ['something folded away twice', '<details>\n<details>\n</details>\n!testme\n</details>'],
    ['an HTML comment', '<!-- !testme -->'],
    ['an HTML comment over several lines', '<!--\n!testme\n-->'],
    ['an HTML comment that never ends', 'Template\n<!--\n!testme'],
    ['an invisible character before it', '\u200b!testme'],
    ['a no-break space before it', '\u00a0!testme'],
    ['a bidirectional mark behind it', '!testme\u202e'],
    ['a NUL behind it', '!testme\u0000'],
    ['a full-width exclamation mark', '！testme'],
    ['a letter that only looks alike', '!tеstme'],
  ])('%s', (_, body) => {
    expect(parseCommand(body)).toBeUndefined();
  });

  test('what we ourselves write', () => {
    for (const marker of [STICKY_MARKER, REFUSAL_MARKER])
      expect(parseCommand(`${marker}\nTo test again, comment \`!testme\`.`)).toBeUndefined();
  });
});

test('a comment of 64 KB is looked at in no time, whatever it is made of', () => {
  for (const piece of ['<!--', '```\n', '> ', '!testme ', '<pre>', ' ', '- ', '1. ', '\u0000']) {
    const body = piece.repeat(Math.ceil(65_536 / piece.length));
    const started = performance.now();
    expect(parseCommand(body)).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(1000);
  }
});
