import { parseArgs } from 'node:util';
import { createProgressReporter } from './progress.js';
import { StackError } from './stack-error.js';
import type { MysqlFlavor, PostgresVersion, StackComponent } from './stack-types.js';
import { startStack } from './start-stack.js';

/**
 * Runs a stack by hand until it is asked to end, or with `--once` only until it answers:
 * `npx tsx libs/embedded-stack/src/run-stack.ts --data DIR [--components a,b] [--mysql mysql8] [--postgres 17]
 * [--ports usual] [--fresh] [--once]`. One JSON line on stdout tells when it is up; progress goes to stderr.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      components: { type: 'string' },
      mysql: { type: 'string', default: 'mariadb' },
      postgres: { type: 'string', default: '18' },
      ports: { type: 'string', default: 'free' },
      fresh: { type: 'boolean', default: false },
      once: { type: 'boolean', default: false },
    },
  });
  if (values.data === undefined) throw new StackError('--data DIR names the data directory.', 2);
  const abort = new AbortController();
  const ended = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        abort.abort(new StackError(`ended by ${signal} while starting`));
        resolve();
      });
    }
  });
  const stack = await startStack({
    dataDirectory: values.data,
    ports: values.ports === 'usual' ? 'usual' : 'free',
    mysqlFlavor: values.mysql as MysqlFlavor,
    postgresVersion: Number(values.postgres) as PostgresVersion,
    fresh: values.fresh,
    onProgress: createProgressReporter(process.stderr),
    abortSignal: abort.signal,
    ...(values.components === undefined
      ? {}
      : { components: values.components.split(',') as StackComponent[] }),
  });
  const processIds = Object.fromEntries(
    stack.components.map((component) => [component, stack.processId(component)]),
  );
  const { startSeconds, componentStartSeconds } = stack;
  process.stdout.write(`${JSON.stringify({ startSeconds, componentStartSeconds, processIds })}\n`);
  if (!values.once) await ended;
  await stack.stop();
}

main().catch((failure: unknown) => {
  process.stderr.write(`${failure instanceof Error ? failure.message : String(failure)}\n`);
  process.exitCode = failure instanceof StackError ? failure.exitCode : 1;
});
