import { constants } from 'node:os';
import { outliveReaders } from '@rowbridge/errors';
import { launch } from './launch.js';
import { exitCodeOf, messageOf } from './launch-error.js';

const stopping = new AbortController();
let endedBy: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | undefined;

outliveReaders([process.stdout, process.stderr]);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // Asked twice, it leaves at once: what it started ends with it.
    if (endedBy !== undefined) process.exit(128 + constants.signals[signal]);
    endedBy = signal;
    stopping.abort(new Error(`stopped by ${signal}`));
  });
}

try {
  process.exitCode = await launch(process.argv.slice(2), stopping.signal);
} catch (failure) {
  if (endedBy === undefined) {
    process.stderr.write(`${messageOf(failure)}\n`);
    process.exitCode = exitCodeOf(failure);
  }
}
if (endedBy !== undefined) process.exitCode = 128 + constants.signals[endedBy];
process.exit();
