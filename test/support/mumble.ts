import { connect } from 'node:tls';

/** What a Mumble server says of itself. */
export interface MumbleVersion {
  readonly version: string;
  readonly release: string;
}

/** Every message begins with its type, two bytes, and the length of what follows, four. */
const HEADER = 6;
const VERSION = 0;
const DEADLINE = 5000;

/** Connects as a client does, tells the server a version and gives the one that it tells. */
export function exchangeVersions(port: number): Promise<MumbleVersion> {
  return new Promise((resolve, reject) => {
    // The server has a certificate that it signed itself.
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
    let read = Buffer.alloc(0);
    socket.setTimeout(DEADLINE, () => socket.destroy(new Error('the server says nothing')));
    socket.once('secureConnect', () => socket.write(versionMessage('1.3.4', 'seatrial')));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the server hung up')));
    socket.on('data', (part) => {
      read = Buffer.concat([read, part]);
      const message = firstMessage(read);
      if (message === undefined) return;
      if (message.type === VERSION) resolve(parseVersion(message.body));
      else reject(new Error(`a message of type ${message.type} came first`));
      socket.destroy();
    });
  });
}

function firstMessage(read: Buffer): { type: number; body: Buffer } | undefined {
  if (read.length < HEADER) return undefined;
  const end = HEADER + read.readUInt32BE(2);
  return read.length < end ? undefined : { type: read.readUInt16BE(0), body: read.subarray(HEADER, end) };
}

/** Field 1 is a number of three parts, field 2 a text. */
function versionMessage(version: string, release: string): Buffer {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  const number = varint((major << 16) | (minor << 8) | patch);
  const text = Buffer.from(release);
  const body = Buffer.concat([Buffer.from([0x08]), number, Buffer.from([0x12, text.length]), text]);
  const header = Buffer.alloc(HEADER);
  header.writeUInt16BE(VERSION, 0);
  header.writeUInt32BE(body.length, 2);
  return Buffer.concat([header, body]);
}

function parseVersion(body: Buffer): MumbleVersion {
  let number = 0;
  let release = '';
  for (let at = 0; at < body.length; ) {
    const key = body[at] ?? 0;
    const { value, next } = readVarint(body, at + 1);
    const text = (key & 7) === 2;
    if (key === 0x08) number = value;
    if (key === 0x12) release = body.toString('utf8', next, next + value);
    at = text ? next + value : next;
  }
  return { version: [number >> 16, (number >> 8) & 255, number & 255].join('.'), release };
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    bytes.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) return Buffer.from(bytes);
  }
}

function readVarint(body: Buffer, start: number): { value: number; next: number } {
  let value = 0;
  let at = start;
  for (let shift = 0; ; shift += 7) {
    const byte = body[at] ?? 0;
    value += (byte & 127) * 2 ** shift;
    at += 1;
    if (byte < 128) return { value, next: at };
  }
}
