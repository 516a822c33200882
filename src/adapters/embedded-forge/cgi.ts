import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface CgiOptions {
  readonly file: string;
  readonly args: readonly string[];
  /** The whole environment of the child. */
  readonly env: Readonly<Record<string, string>>;
  /** Awaited after the child has ended and before the answer does. */
  readonly beforeEnd: () => Promise<void>;
}

const LONGEST_HEAD = 64 * 1024;

/**
 * Answers a request with a CGI program, streaming both ways; a client that goes away
 * takes the program with it. This is the one place that starts a process by itself: shared/process keeps a
 * program's output in memory, and a clone has no bound that would fit there. No shell either.
 */
export async function answerWithCgi(
  request: IncomingMessage,
  response: ServerResponse,
  options: CgiOptions,
): Promise<void> {
  const child = spawn(options.file, [...options.args], {
    env: options.env,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ended = once(child, 'close');
  const gone = new Promise<void>((resolve) => response.once('close', resolve));
  response.once('close', () => child.kill());
  try {
    await Promise.all([sendBody(request, child.stdin), sendAnswer(child.stdout, response, gone), ended]);
  } finally {
    child.kill();
  }
  await options.beforeEnd();
  response.end();
}

/** A program may end without reading all it was sent: that shows in its answer. */
async function sendBody(request: IncomingMessage, stdin: Writable): Promise<void> {
  await pipeline(request, stdin).catch(() => request.resume());
}

async function sendAnswer(stdout: Readable, response: ServerResponse, gone: Promise<void>): Promise<void> {
  let head = Buffer.alloc(0);
  for await (const chunk of stdout) {
    if (response.headersSent) {
      await write(response, chunk, gone);
      continue;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0 && head.length < LONGEST_HEAD) continue;
    if (end < 0) break;
    writeHead(response, head.subarray(0, end).toString('latin1'));
    await write(response, head.subarray(end + 4), gone);
  }
  if (!response.headersSent) response.writeHead(500);
}

function writeHead(response: ServerResponse, head: string): void {
  let status = 200;
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim();
    const value = line.slice(colon + 1).trim();
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
  response.writeHead(status);
}

/** Waits where the client reads slowly, but not for one that is gone. */
async function write(response: ServerResponse, chunk: Uint8Array, gone: Promise<void>): Promise<void> {
  if (response.destroyed || response.write(chunk)) return;
  await Promise.race([once(response, 'drain'), gone]);
}
