import type { LaunchSpecification } from '../processes/guarded-process.js';
import type { StackComponent } from '../stack-types.js';

/** One server of the stack: how to set it up, start it, and know that it answers. */
export interface Engine {
  readonly component: StackComponent;
  /** For people: `PostgreSQL 18.4`. */
  readonly title: string;
  /** Where it listens, for people. */
  readonly address: string;
  /** Must answer before this one is started. */
  readonly after: readonly StackComponent[];
  readonly readyTimeoutMs: number;
  /** Creates what the server needs on disk; does nothing the second time. */
  prepare(): Promise<void>;
  launchSpecification(): LaunchSpecification;
  /** @param serverProcessId the server that was launched, so that a predecessor's traces are not taken for an answer */
  isReady(serverProcessId: number): Promise<boolean>;
}

/** What every engine is given. */
export interface EngineContext {
  /** Folder for this engine's own files. */
  folder: string;
  logFile: string;
  abortSignal?: AbortSignal | undefined;
}
