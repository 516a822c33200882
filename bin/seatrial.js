#!/usr/bin/env node
// Runs on any Node from 18 on: finds Node 24, which runs the TypeScript of src/ as it is written.
import { fileURLToPath } from 'node:url';
import { launch } from './launch.js';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
await launch(main, process.argv.slice(2));
