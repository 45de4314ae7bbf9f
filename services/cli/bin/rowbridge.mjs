#!/usr/bin/env node
import { existsSync } from 'node:fs';

const program = new URL('../dist/main.js', import.meta.url);
if (existsSync(program)) {
  await import(program.href);
} else {
  process.stderr.write(
    'rowbridge: not built yet. Run npm ci and npm run build in the folder of the project.\n',
  );
  process.exitCode = 3;
}
