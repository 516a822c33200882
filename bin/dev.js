#!/usr/bin/env node
// Like seatrial.js, for the scripts of this repository: `node bin/dev.js FILE [ARGUMENT…]`.
import { resolve } from 'node:path';
import { launch } from './launch.js';

const [file, ...args] = process.argv.slice(2);
if (file === undefined) {
  process.stderr.write('usage: node bin/dev.js FILE [ARGUMENT…]\n');
  process.exit(2);
}
await launch(resolve(file), args);
