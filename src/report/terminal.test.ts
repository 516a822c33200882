import { stripVTControlCharacters } from 'node:util';
import { afterEach, expect, test, vi } from 'vitest';
import type { RunEvent } from '../journal/event.ts';
import { parseRunId, type RunId } from '../shared/brand.ts';
import { watchRuns } from './terminal.ts';
import { ENDINGS, installOnly } from './testing/endings.ts';
import { opening, REQUEST, RUN, record, STARTED_AT, type Story, upgrades } from './testing/stories.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('without a terminal there is a line for each event that matters, with the seconds since the start', async () => {
  const { lines, view } = watching(false);
  for (const recorded of ending('volume-renamed').events) view.see(RUN, recorded);
  view.end();
  await expect(lines.join('')).toMatchFileSnapshot('testing/summaries/lines.txt');
});

test('checks that passed are not worth a line; those that did not are, with their sentence', () => {
  const { lines, view } = watching(false);
  for (const recorded of ending('backup-label').events) view.see(RUN, recorded);
  expect(lines.join('')).toContain('backup-restore: the recipe has a backup: failed: The backup label');
  expect(lines.join('')).not.toContain('the data is still there');
});

test('a log that would be silent says every half minute what is still waited for', () => {
  vi.useFakeTimers();
  const { lines, view } = watching(false);
  const waits: RunEvent = { type: 'progress', stage: 'install', text: 'app: not healthy yet' };
  const events: RunEvent[] = [...opening(), { type: 'stage-started', stage: 'install' }, waits];
  for (const recorded of record(events)) view.see(RUN, recorded);
  const before = lines.length;
  vi.advanceTimersByTime(61_000);
  view.end();
  vi.advanceTimersByTime(61_000);
  expect(lines.slice(before)).toEqual(
    Array.from({ length: 2 }, () => '   60.0 s  custom-html #3  install since 58 s: app: not healthy yet\n'),
  );
});

test('several runs are told apart by their pull requests', () => {
  const { lines, view } = watching(false);
  const other = runId('00zohv999');
  const elsewhere = { ...REQUEST, origin: { ...REQUEST.origin, pull: 4 } } as typeof REQUEST;
  for (const recorded of record(opening())) view.see(RUN, recorded);
  for (const recorded of record(opening(elsewhere))) view.see(other, recorded);
  expect(lines.filter((line) => line.includes('custom-html #3'))).not.toEqual([]);
  expect(lines.filter((line) => line.includes('custom-html #4'))).not.toEqual([]);
});

test('on a terminal the stages stand side by side, with what each waits for and its seconds', () => {
  const { lines, view } = watching(true);
  const events: RunEvent[] = [
    ...opening(),
    { type: 'stage-started', stage: 'install' },
    { type: 'stage-started', stage: 'upgrade' },
    { type: 'progress', stage: 'install', text: 'app: not healthy yet' },
  ];
  for (const recorded of record(events)) view.see(RUN, recorded);
  const shown = stripVTControlCharacters(lines.join(''));
  view.end();
  expect(shown).toContain('● install 58 s   ● upgrade 57 s   · backup-restore');
  expect(shown).toContain('install: app: not healthy yet');
});

test('a long wait is cut to the width of the terminal, or drawing over it would fail', () => {
  const { lines, view } = watching(true, 60);
  const events: RunEvent[] = [
    ...opening(),
    { type: 'stage-started', stage: 'install' },
    { type: 'progress', stage: 'install', text: 'app: '.repeat(100) },
  ];
  for (const recorded of record(events)) view.see(RUN, recorded);
  view.end();
  const longest = Math.max(
    ...stripVTControlCharacters(lines.join(''))
      .split('\n')
      .map((line) => line.length),
  );
  expect(longest).toBeLessThan(60);
});

test('a run that is torn down leaves the live region, and its lines stay', () => {
  const { lines, view, clock } = watching(true);
  for (const recorded of installOnly().events) view.see(RUN, recorded);
  // Whoever is still shown is drawn anew, since its seconds have changed.
  clock.time += 5000;
  const before = lines.length;
  view.see(runId('00zohv999'), { seq: 1, at: STARTED_AT, event: { type: 'waiting', reason: 'all taken' } });
  const after = stripVTControlCharacters(lines.slice(before).join(''));
  view.end();
  expect(stripVTControlCharacters(lines.join(''))).toContain('torn down in 0.3 s, nothing left behind');
  expect(after).toContain('00zohv999');
  expect(after).not.toContain('custom-html #3');
});

test('a run that ends before it is planned leaves the live region too', () => {
  const { lines, view } = watching(true);
  const unreadable: RunEvent = {
    type: 'check',
    check: { stage: 'install', id: 'readable', title: 'the recipe can be read', outcome: 'error', took: 0 },
  };
  for (const recorded of record([...opening().slice(0, 1), unreadable])) view.see(RUN, recorded);
  const before = lines.length;
  view.say('still here');
  view.end();
  expect(lines.slice(before).join('')).not.toContain('custom-html #3');
});

test('a run whose teardown failed leaves the live region too', () => {
  const { lines, view } = watching(true);
  const failed: RunEvent = {
    type: 'check',
    check: {
      stage: 'teardown',
      id: 'torn-down',
      title: 'everything is taken away',
      outcome: 'error',
      took: 0,
    },
  };
  for (const recorded of record([...opening(), { type: 'teardown-started' }, failed]))
    view.see(RUN, recorded);
  const before = lines.length;
  view.say('still here');
  view.end();
  expect(lines.slice(before).join('')).not.toContain('custom-html #3');
});

test('after its end the view draws nothing more, may be ended again, and still says what it is told', () => {
  vi.useFakeTimers();
  const { lines, view } = watching(true);
  for (const recorded of record([...opening(), ...upgrades()])) view.see(RUN, recorded);
  view.end();
  expect(vi.getTimerCount()).toBe(0);
  const before = lines.length;
  vi.advanceTimersByTime(5000);
  expect(lines.slice(before)).toEqual([]);
  view.end();
  view.say('the daemon stops');
  expect(stripVTControlCharacters(lines.slice(before).join(''))).toBe('the daemon stops\n');
});

function watching(live: boolean, columns = 100) {
  const lines: string[] = [];
  const clock = { time: STARTED_AT + 60_000, now: () => clock.time, monotonic: () => 0 };
  const stream = { err: (text: string) => void lines.push(text), live, color: false, columns };
  return { lines, clock, view: watchRuns(stream, clock) };
}

function ending(name: string): Story {
  const run = ENDINGS[name];
  if (run === undefined) throw new Error(`there is no story ${name}`);
  return run;
}

function runId(text: string): RunId {
  const id = parseRunId(text);
  if (id === undefined) throw new TypeError(`${text} is no run id`);
  return id;
}
