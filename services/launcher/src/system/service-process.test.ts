import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PortChooser } from '@rowbridge/embedded-stack';
import { waitUntil } from '../scenario/wait-until.js';
import { ServiceProcess, type ServiceEvent } from './service-process.js';

const answering = `
  const { createServer } = require('node:http');
  createServer((request, response) => response.end('ready')).listen(Number(process.env.PORT), process.env.HOST);
  process.on('SIGTERM', () => process.exit(0));`;

const refusing = `
  console.log(JSON.stringify({ level: 'error', msg: 'wrong password for DB_LEGACY_USER' }));
  process.exitCode = 3;`;

describe('a service as a process of its own', () => {
  let folder: string;
  let service: ServiceProcess | undefined;
  let events: ServiceEvent[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rowbridge-service-'));
    events = [];
  });

  afterEach(async () => {
    await service?.stop();
    service = undefined;
    rmSync(folder, { recursive: true });
  });

  async function start(script: string): Promise<ServiceProcess> {
    const program = join(folder, 'program.cjs');
    writeFileSync(program, script);
    service = await ServiceProcess.start({
      name: 'legacy-to-revamp',
      program,
      environment: { PATH: process.env['PATH'] },
      logFile: join(folder, 'service.log'),
      workingDirectory: folder,
      port: await new PortChooser('free').choose(8091),
      onEvent: (event) => events.push(event),
    });
    return service;
  }

  test('is started again under the same address when it is killed, and says so', async () => {
    const started = await start(answering);
    await started.waitUntilReady();
    const { url, processId } = started;
    started.kill('SIGKILL');
    await waitUntil({ what: 'the restart', deadlineMs: 10_000 }, async () => started.restarts === 1);
    await started.waitUntilReady();
    expect(started.url).toBe(url);
    expect(started.processId).not.toBe(processId);
    expect(events).toEqual([
      {
        kind: 'exited',
        service: 'legacy-to-revamp',
        end: { status: null, signal: 'SIGKILL' },
        restartInMs: 250,
      },
      { kind: 'restarted', service: 'legacy-to-revamp', restarts: 1 },
    ]);
  });

  test('is not started again when it ends before it ever was ready; its last words are told', async () => {
    const started = await start(refusing);
    await expect(started.waitUntilReady()).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(
        /^legacy-to-revamp ended before it was ready: wrong password for DB_LEGACY_USER\. Its log: /,
      ) as string,
    });
    expect(events).toEqual([]);
    expect(started.restarts).toBe(0);
  });

  test('ends when asked to, and is not taken for dead', async () => {
    const started = await start(answering);
    await started.waitUntilReady();
    await started.stop();
    expect(started.processId).toBeUndefined();
    expect(events).toEqual([]);
  });

  test('gives up waiting when the launcher is told to end', async () => {
    const started = await start('setInterval(() => undefined, 1000);');
    const stopping = new AbortController();
    const waiting = started.waitUntilReady(stopping.signal);
    stopping.abort(new Error('stopped by SIGINT'));
    await expect(waiting).rejects.toThrow('stopped by SIGINT');
  });
});
