import { GuardedProcess, type ProcessEnd } from '@rowbridge/embedded-stack';
import { LaunchError } from '../launch-error.js';
import { lastLogMessage } from './last-log-message.js';

export interface ServiceDescription {
  /** The direction, which is also the service's name. */
  readonly name: string;
  /** Its compiled program. */
  readonly program: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly logFile: string;
  readonly workingDirectory: string;
  /** Where it listens, on 127.0.0.1. */
  readonly port: number;
  /** Told of each unexpected end and each restart. */
  readonly onEvent?: ((event: ServiceEvent) => void) | undefined;
}

export type ServiceEvent =
  | {
      readonly kind: 'exited';
      readonly service: string;
      readonly end: ProcessEnd;
      readonly restartInMs: number;
    }
  | { readonly kind: 'restarted'; readonly service: string; readonly restarts: number };

const firstBackOffMs = 250;
const longestBackOffMs = 30_000;
const readyPauseMs = 50;
const readyTimeoutMs = 120_000;

/** A service as its own process that ends when this one does, and is restarted with back-off when it dies. */
export class ServiceProcess {
  private current: GuardedProcess | undefined;
  private isStopping = false;
  private wasReady = false;
  private backOffMs = firstBackOffMs;
  private supervision: Promise<void> = Promise.resolve();
  private wakeUp: () => void = () => undefined;
  restarts = 0;

  private constructor(private readonly description: ServiceDescription) {}

  /**
   * Starts the service and watches over it; it may not be ready yet.
   * @throws Error when Node cannot be started
   */
  static async start(description: ServiceDescription): Promise<ServiceProcess> {
    const service = new ServiceProcess(description);
    service.current = await service.launch();
    service.supervision = service.supervise(service.current);
    return service;
  }

  get name(): string {
    return this.description.name;
  }

  get url(): string {
    return `http://127.0.0.1:${this.description.port}`;
  }

  /** Process id of the service itself; undefined while it is down. */
  get processId(): number | undefined {
    return this.current?.isRunning === true ? this.current.server.processId : undefined;
  }

  /** Sends a signal to the service itself, as a fault would. */
  kill(signal: NodeJS.Signals): void {
    this.current?.signal(signal);
  }

  /**
   * Resolves when `/ready` answers 200.
   * @throws LaunchError exit 3 when the service ends before it was ever ready, or is not ready in time, with its last words
   */
  async waitUntilReady(abortSignal?: AbortSignal): Promise<void> {
    const deadline = performance.now() + readyTimeoutMs;
    while (!(await this.isReady())) {
      abortSignal?.throwIfAborted();
      const hasEnded = !this.wasReady && this.current?.isRunning === false;
      if (hasEnded || performance.now() > deadline) throw this.notReady(hasEnded);
      await new Promise((resolve) => setTimeout(resolve, readyPauseMs));
    }
    this.wasReady = true;
    this.backOffMs = firstBackOffMs;
  }

  /** Asks the service to drain and end, and waits for it. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.wakeUp();
    await this.current?.stop();
    await this.supervision;
  }

  private async isReady(): Promise<boolean> {
    try {
      const answer = await fetch(`${this.url}/ready`, { signal: AbortSignal.timeout(2_000) });
      await answer.arrayBuffer();
      return answer.status === 200;
    } catch {
      return false;
    }
  }

  private notReady(hasEnded: boolean): LaunchError {
    const { name, logFile } = this.description;
    const reason = hasEnded
      ? 'ended before it was ready'
      : `was not ready within ${readyTimeoutMs / 1_000} s`;
    const lastWords = lastLogMessage(logFile);
    return new LaunchError(`${name} ${reason}${lastWords ? `: ${lastWords}` : ''}. Its log: ${logFile}`, 3);
  }

  private launch(): Promise<GuardedProcess> {
    const { program, environment, logFile, workingDirectory } = this.description;
    return GuardedProcess.launch({
      command: process.execPath,
      commandArguments: [program],
      environment: { ...environment, HOST: '127.0.0.1', PORT: String(this.description.port) },
      workingDirectory,
      logFile,
      stopSignal: 'TERM',
      stopTimeoutMs: 15_000,
    });
  }

  private async supervise(first: GuardedProcess): Promise<void> {
    let watched = first;
    for (;;) {
      const end = await watched.ended;
      // A service that never was ready has something wrong that another start will not mend.
      if (this.isStopping || !this.wasReady) return;
      const restartInMs = this.backOffMs;
      this.description.onEvent?.({ kind: 'exited', service: this.name, end, restartInMs });
      this.backOffMs = Math.min(longestBackOffMs, this.backOffMs * 2);
      await this.pause(restartInMs);
      if (this.isStopping) return;
      watched = await this.launch();
      this.current = watched;
      this.restarts += 1;
      this.description.onEvent?.({ kind: 'restarted', service: this.name, restarts: this.restarts });
      this.resetBackOffWhenReady(watched);
    }
  }

  private resetBackOffWhenReady(started: GuardedProcess): void {
    const watch = async (): Promise<void> => {
      while (started.isRunning && !(await this.isReady())) {
        await new Promise((resolve) => setTimeout(resolve, readyPauseMs).unref());
      }
      if (started.isRunning) this.backOffMs = firstBackOffMs;
    };
    void watch();
  }

  private pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
