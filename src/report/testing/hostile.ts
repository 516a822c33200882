/** What a stranger may write into a log, a tag, a name of a file or of a volume. */
export const HOSTILE: readonly string[] = [
  '@everyone look: @alice, @org/team and mail@example.org',
  'closes #1, !12, owner/repo#7, owner/repo!8, GH-3, 1#1: and #2.',
  '0123456789abcdef0123456789abcdef01234567 and owner/repo@0123456789',
  '<script>alert(1)</script> <img src=x onerror=alert(1)> </details></summary> <!-- open',
  '--> <!-- seatrial:sticky v1 -->',
  'https://evil.example/ www.evil.example [x](https://evil.example) ![i](//evil.example/i.png)',
  '[x]: https://evil.example',
  '```\nout of the fence @alice',
  '````` five ` one `` two `',
  '\\`@alice\\` `@bob',
  '“@carol` and “@dave”`@erin`',
  '| a | b \\| c \\\\|',
  '# heading\n- item\n> quote\n***\n===\n1. one',
  '\u001b[31mred\u001b[0m\u0000 nul \u202eevil\u202c \u2066x\u2069 \u200fr \u061c \ufeff \u2028line',
  '**bold** _em_ ~~gone~~ $x$ :tada: &#64;alice &commat;alice &lt;b&gt;',
  '\ud800 alone',
  '',
  '   ',
];

/** All of it at once. */
export const ALL_HOSTILE = HOSTILE.join(' ');
