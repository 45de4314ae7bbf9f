import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '../engines/engine.js';
import type { ComponentExit, ComponentRestart } from '../stack-types.js';
import { poll } from './poll.js';
import { SupervisedEngine } from './supervised-engine.js';

let folder: string;
let script: string;
let exits: ComponentExit[];
let restarts: ComponentRestart[];
let supervised: SupervisedEngine;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rowbridge-supervised-'));
  script = 'exec sleep 600';
  exits = [];
  restarts = [];
  supervised = new SupervisedEngine({
    engine: engine(),
    recordFile: join(folder, 'run', 'postgres.json'),
    onExited: (exit) => exits.push(exit),
    onRestarted: (restart) => restarts.push(restart),
  });
});

afterEach(async () => {
  await supervised.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A server that is whatever `script` says at the time it is launched; it answers when it runs. */
function engine(): Engine {
  return {
    component: 'postgres',
    title: 'A server',
    address: 'nowhere',
    after: [],
    readyTimeoutMs: 10_000,
    prepare: () => Promise.resolve(),
    launchSpecification: () => ({
      command: '/bin/sh',
      commandArguments: ['-c', script],
      environment: { PATH: process.env['PATH'] },
      workingDirectory: folder,
      logFile: join(folder, 'log'),
      stopSignal: 'TERM',
      stopTimeoutMs: 2_000,
    }),
    isReady: () => Promise.resolve(script.includes('sleep')),
  };
}

describe('a supervised server', () => {
  test('that ends unasked is started again, and both are reported', async () => {
    await supervised.start();
    supervised.signal('SIGKILL');
    expect(await poll(() => restarts.length === 1, { deadlineMs: 10_000 })).toBe(true);
    expect(exits).toEqual([{ component: 'postgres', status: null, signal: 'SIGKILL', restartInMs: 500 }]);
    expect(restarts[0]).toMatchObject({ component: 'postgres', restarts: 1 });
    expect(supervised.processId).toBeDefined();
  });

  test('that keeps failing is tried at longer and longer intervals', async () => {
    await supervised.start();
    script = 'exit 5';
    supervised.signal('SIGKILL');
    expect(await poll(() => exits.length === 3, { deadlineMs: 10_000 })).toBe(true);
    expect(exits.map(({ restartInMs }) => restartInMs)).toEqual([500, 1_000, 2_000]);
    expect(exits.map(({ status }) => status)).toEqual([null, 5, 5]);
  });

  test('is not started again after it was stopped, although a restart was waiting', async () => {
    await supervised.start();
    script = 'exit 5';
    supervised.signal('SIGKILL');
    await poll(() => exits.length === 2, { deadlineMs: 10_000 });
    script = 'exec sleep 600';
    await supervised.stop();
    expect(supervised.processId).toBeUndefined();
    expect(restarts).toEqual([]);
    expect(existsSync(join(folder, 'run', 'postgres.json'))).toBe(false);
  });

  test('that ends while starting is refused with exit code 3 and the end of its log', async () => {
    script = 'echo the disk is on fire; exit 1';
    const start = supervised.start();
    await expect(start).rejects.toMatchObject({ exitCode: 3 });
    await expect(start).rejects.toThrow(/A server ended while starting[\s\S]*the disk is on fire/);
    expect(exits).toEqual([]);
  });
});
