import { styleText } from 'node:util';
import type { Residue } from '../journal/event.ts';

/** What `demo --json` writes. */
export interface DemoResult {
  readonly pulls: readonly DemoEnding[];
  /** Everything on Docker that carries the label of a run. */
  readonly residue: readonly Residue[];
  readonly timings: { readonly setUpSeconds: number; readonly storySeconds: number };
  /** Whether all pull requests ended as the story has it. */
  readonly asTold: boolean;
  /** The recipe's repository, for trying more. */
  readonly source: string;
}

export interface DemoEnding {
  readonly number: number;
  readonly title: string;
  readonly outcome: string | null;
  readonly stage: string | null;
  readonly cause: { readonly code: string; readonly sentence: string } | null;
  /** Our comment as the forge has it. */
  readonly comment: string;
  readonly seconds: number | null;
  readonly asTold: boolean;
}

/** The end of the story for a person. */
export function told(result: DemoResult, color: boolean): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    color ? styleText(style, text) : text;
  const lines = [
    '',
    paint('bold', 'How the four pull requests ended'),
    '',
    ...result.pulls.flatMap((pull) => {
      const outcome = pull.outcome ?? 'no verdict';
      const mark = outcome === 'success' ? paint('green', '✓ success') : paint('red', `✗ ${outcome}`);
      const where = pull.stage === null ? '' : ` in ${pull.stage}`;
      return [
        `  #${pull.number} ${pull.title}`,
        `     ${mark}${where}${pull.seconds === null ? '' : `, ${pull.seconds} s`}${pull.cause === null ? '' : `: ${pull.cause.code}`}`,
        ...(pull.cause === null ? [] : [`     ${pull.cause.sentence}`]),
        '',
        ...indented(short(pull.comment)),
        ...(pull.asTold ? [] : [paint('red', '     This is not how it had to end.')]),
        '',
      ];
    }),
    result.residue.length === 0
      ? paint('green', 'Docker holds nothing of it any more.')
      : paint(
          'red',
          `Left on Docker: ${result.residue.map(({ kind, name }) => `${kind} ${name}`).join(', ')}`,
        ),
    `The story took ${result.timings.storySeconds} s, after ${result.timings.setUpSeconds} s of set-up.`,
    '',
    'Try it yourself:',
    `  npx seatrial run custom-html --source ${result.source} --head volume-renamed`,
    '',
  ];
  return lines.join('\n');
}

/** What stands above the first fold. */
function short(comment: string): string {
  return (comment.split('<details>')[0] ?? '').trimEnd();
}

function indented(text: string): string[] {
  return text.split('\n').map((line) => `     │ ${line}`);
}
