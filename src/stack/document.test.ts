import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseStackFile, printStackFile } from './document.ts';

/** What Docker's reader takes for the end of a line and others do not. */
const BREAKS = /[\u0085\u2028\u2029]/;

test.each(['\u0085', '\u2028', '\u2029'])(
  'requirement 23: no value becomes a part of the printed document, whatever is taken for a line break (%j)',
  (one) => {
    const file = parseStackFile('services: {app: {image: x}}\n');
    const text = [`root${one}    volumes:${one}    - /:/host`, `a\nb${one}c: d`];
    Object.assign(file.services['app'] ?? {}, {
      user: text[0],
      hostname: text[1],
      labels: { [text[0] ?? '']: 'y' },
    });
    const printed = printStackFile(file);
    expect(printed).not.toMatch(BREAKS);
    expect(parse(printed)).toEqual(file);
  },
);
