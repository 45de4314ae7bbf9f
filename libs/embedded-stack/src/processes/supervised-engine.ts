import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Engine } from '../engines/engine.js';
import { logTail } from '../engines/log-tail.js';
import { StackError } from '../stack-error.js';
import type { ComponentExit, ComponentRestart } from '../stack-types.js';
import { GuardedProcess, type ProcessEnd } from './guarded-process.js';
import { identifyProcess } from './process-identity.js';
import { poll } from './poll.js';
import type { ProcessRecord } from './process-records.js';

export interface SupervisionOptions {
  engine: Engine;
  /** Where the running server's identity is written for the clean-up at the next start. */
  recordFile: string;
  onExited: (exit: ComponentExit) => void;
  onRestarted: (restart: ComponentRestart) => void;
  abortSignal?: AbortSignal | undefined;
}

const firstBackOffMs = 500;
const longestBackOffMs = 30_000;
/** After so long a life the next failure starts again with the shortest wait. */
const healthyAfterMs = 60_000;
const readyIntervalMs = 40;

/** One server kept alive: started, watched, started again with back-off when it ends unasked, stopped. */
export class SupervisedEngine {
  private current: GuardedProcess | undefined;
  private wanted = false;
  private restarts = 0;
  private failuresInARow = 0;
  private startedAt = 0;
  private wake: (() => void) | undefined;
  private revival: Promise<void> = Promise.resolve();

  constructor(private readonly options: SupervisionOptions) {}

  get engine(): Engine {
    return this.options.engine;
  }

  get processId(): number | undefined {
    return this.current?.isRunning === true ? this.current.server.processId : undefined;
  }

  /** @returns seconds until it answered. @throws StackError exit 3 when it ends or stays silent */
  async start(): Promise<number> {
    this.wanted = true;
    const began = performance.now();
    const launched = await this.launch();
    const ready = await this.waitUntilReady(launched);
    if (!ready) {
      this.wanted = false;
      const running = launched.isRunning;
      await launched.stop();
      this.forget();
      this.options.abortSignal?.throwIfAborted();
      throw new StackError(
        `${this.engine.title} ${running ? `did not answer at ${this.engine.address} within ${this.engine.readyTimeoutMs / 1000} s` : 'ended while starting'}. ${logTail(this.engine.launchSpecification().logFile)}`,
      );
    }
    this.watch(launched);
    return (performance.now() - began) / 1000;
  }

  /** Stops it for good; a restart that was waiting is given up. */
  async stop(): Promise<void> {
    this.wanted = false;
    this.wake?.();
    await this.current?.stop();
    await this.revival;
    await this.current?.stop();
    this.forget();
  }

  async restart(): Promise<number> {
    await this.stop();
    return this.start();
  }

  signal(name: NodeJS.Signals): void {
    this.current?.signal(name);
  }

  private async launch(): Promise<GuardedProcess> {
    const specification = this.engine.launchSpecification();
    const launched = await GuardedProcess.launch(specification);
    this.current = launched;
    this.startedAt = performance.now();
    const guard =
      launched.guardProcessId === undefined ? undefined : identifyProcess(launched.guardProcessId);
    const record: ProcessRecord = {
      title: this.engine.title,
      server: launched.server,
      guard,
      stopSignal: specification.stopSignal,
    };
    mkdirSync(dirname(this.options.recordFile), { recursive: true });
    writeFileSync(this.options.recordFile, JSON.stringify(record));
    return launched;
  }

  private async waitUntilReady(launched: GuardedProcess): Promise<boolean> {
    let ready = false;
    await poll(
      async () => {
        if (!launched.isRunning || !this.wanted) return true;
        ready = await this.engine.isReady(launched.server.processId);
        return ready;
      },
      {
        deadlineMs: this.engine.readyTimeoutMs,
        intervalMs: readyIntervalMs,
        abortSignal: this.options.abortSignal,
      },
    );
    return ready && launched.isRunning;
  }

  private watch(launched: GuardedProcess): void {
    void launched.ended.then((end) => {
      if (this.wanted) this.revival = this.revive(end);
    });
  }

  private async revive(firstEnd: ProcessEnd): Promise<void> {
    const downSince = performance.now();
    let end = firstEnd;
    while (this.wanted) {
      if (performance.now() - this.startedAt >= healthyAfterMs) this.failuresInARow = 0;
      const restartInMs = Math.min(firstBackOffMs * 2 ** this.failuresInARow, longestBackOffMs);
      this.failuresInARow += 1;
      this.options.onExited({ component: this.engine.component, ...end, restartInMs });
      await this.pause(restartInMs);
      if (!this.wanted) return;
      const launched = await this.launch();
      if (await this.waitUntilReady(launched)) {
        this.restarts += 1;
        this.options.onRestarted({
          component: this.engine.component,
          restarts: this.restarts,
          downMs: Math.round(performance.now() - downSince),
        });
        this.watch(launched);
        return;
      }
      end = await launched.stop();
    }
  }

  private async pause(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = undefined;
  }

  private forget(): void {
    rmSync(this.options.recordFile, { force: true });
  }
}
