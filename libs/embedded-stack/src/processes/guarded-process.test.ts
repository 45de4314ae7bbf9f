import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GuardedProcess, runGuarded, type LaunchSpecification } from './guarded-process.js';
import { identifyProcess, isAlive } from './process-identity.js';
import { poll } from './poll.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rowbridge-guard-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function shell(script: string, stopTimeoutMs = 10_000): LaunchSpecification {
  return {
    command: '/bin/sh',
    commandArguments: ['-c', script],
    environment: { PATH: process.env['PATH'] },
    workingDirectory: folder,
    logFile: join(folder, 'log'),
    stopSignal: 'TERM',
    stopTimeoutMs,
  };
}

describe('a guarded process', () => {
  test('tells its exit status and leaves what it said in its log', async () => {
    expect(await runGuarded(shell('echo to stdout; echo to stderr >&2; exit 7'))).toBe(7);
    expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('to stdout\nto stderr\n');
  });

  test('that is killed tells the signal', async () => {
    const launched = await GuardedProcess.launch(shell('exec sleep 600'));
    expect(isAlive(launched.server)).toBe(true);
    launched.signal('SIGKILL');
    expect(await launched.ended).toEqual({ status: null, signal: 'SIGKILL' });
    expect(launched.isRunning).toBe(false);
  });

  test('is stopped by its own signal when that is enough', async () => {
    const launched = await GuardedProcess.launch(
      shell('trap "exit 3" TERM; echo up; while :; do sleep 0.05; done'),
    );
    await poll(() => readFileSync(join(folder, 'log'), 'utf8').includes('up'), { deadlineMs: 5_000 });
    expect(await launched.stop()).toEqual({ status: 3, signal: null });
  });

  test('is killed when it ignores that signal for too long', async () => {
    const launched = await GuardedProcess.launch(
      shell('trap "" TERM; echo up; while :; do sleep 0.05; done', 200),
    );
    await poll(() => readFileSync(join(folder, 'log'), 'utf8').includes('up'), { deadlineMs: 5_000 });
    expect(await launched.stop()).toEqual({ status: null, signal: 'SIGKILL' });
  });

  test('that is a script takes its own children with it', async () => {
    const launched = await GuardedProcess.launch(shell('sleep 600 & echo $!; wait'));
    const said = (): string => readFileSync(join(folder, 'log'), 'utf8');
    await poll(() => said().endsWith('\n'), { deadlineMs: 5_000 });
    const child = identifyProcess(Number(said()));
    expect(child).toBeDefined();
    await launched.stop();
    expect(await poll(() => child !== undefined && !isAlive(child), { deadlineMs: 5_000 })).toBe(true);
  });

  test('does not outlive a guard that is killed', async () => {
    const launched = await GuardedProcess.launch(shell('exec sleep 600'));
    process.kill(launched.guardProcessId ?? 0, 'SIGKILL');
    await launched.ended;
    expect(isAlive(launched.server)).toBe(false);
  });
});
