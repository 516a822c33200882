import type { TestRequest } from '../trigger/request.ts';

/** One line for a shell that does the same run again, without a forge. */
export function reproduceLine(request: TestRequest): string {
  const options = [
    ['--source', withoutCredentials(request.source)],
    ['--head', request.head],
    ['--base', request.base],
    ...(request.only.length === 0 ? [] : [['--only', request.only.join(',')]]),
  ];
  const words = options.map(([name = '', value = '']) =>
    value.startsWith('-') ? shellWord(`${name}=${value}`) : `${name} ${shellWord(value)}`,
  );
  return ['npx seatrial run', shellWord(request.recipe), ...words].join(' ');
}

/** A word as a POSIX shell takes it, whatever it holds; newlines become spaces so that the line stays one. */
export function shellWord(text: string): string {
  const flat = text.replace(/\s+/g, ' ');
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(flat) ? flat : `'${flat.replaceAll("'", "'\\''")}'`;
}

/** An address that somebody may read: without the user and password that it may carry. */
function withoutCredentials(source: string): string {
  return source.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, (all, scheme: string) =>
    /^ssh:/i.test(scheme) ? all : scheme,
  );
}
