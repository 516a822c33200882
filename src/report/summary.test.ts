import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { summary } from './summary.ts';
import { ENDINGS } from './testing/endings.ts';
import { ALL_HOSTILE } from './testing/hostile.ts';
import { hostileRefusal, hostileReport } from './testing/hostile-report.ts';
import { reportOn, type Story } from './testing/stories.ts';

test.each(Object.entries(ENDINGS))(
  'the summary of a run that ends with %s reads as it was approved',
  async (name, run) => {
    await expect(summary(reportOn(run), { color: false })).toMatchFileSnapshot(
      `testing/summaries/${name}.txt`,
    );
  },
);

test('a summary has colours only where they are asked for, and says the same', () => {
  const report = reportOn(ending('volume-renamed'));
  const coloured = summary(report, { color: true });
  expect(coloured).toContain('\u001b[');
  expect(stripVTControlCharacters(coloured)).toBe(summary(report, { color: false }));
});

test.each(['refused', 'findings', 'named-by-finding'])(
  'the summary of %s says the same on a narrow terminal, and only what is copied is longer than its lines',
  (name) => {
    const report = reportOn(ending(name));
    const words = (text: string) => text.split(/\s+/).toSorted().join(' ');
    const narrow = summary(report, { color: true, columns: 80 });
    expect(words(stripVTControlCharacters(narrow))).toBe(words(summary(report, { color: false })));
    const long = stripVTControlCharacters(narrow)
      .split('\n')
      .filter((line) => line.length > 80 && !/^ {2}(again|\|) /.test(line));
    expect(long).toEqual([]);
  },
);

test('nothing that an app prints reaches the terminal as a control sequence', () => {
  for (const report of [hostileReport(ALL_HOSTILE), hostileRefusal(ALL_HOSTILE)]) {
    const text = summary(report, { color: false });
    expect(text.replaceAll('\n', '')).toBe(stripVTControlCharacters(text.replaceAll('\n', '')));
    expect(text).not.toContain('\u0000');
  }
});

function ending(name: string): Story {
  const run = ENDINGS[name];
  if (run === undefined) throw new Error(`there is no story ${name}`);
  return run;
}
