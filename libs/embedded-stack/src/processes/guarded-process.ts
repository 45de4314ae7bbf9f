import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { once } from 'node:events';
import { identifyProcess, isAlive, signalProcess, type ProcessIdentity } from './process-identity.js';
import { poll } from './poll.js';

export interface LaunchSpecification {
  command: string;
  commandArguments: readonly string[];
  environment: Readonly<Record<string, string | undefined>>;
  workingDirectory: string;
  /** stdout and stderr are appended here. */
  logFile: string;
  /** The unprivileged user to run as; only root may name one. */
  runAs?: { userId: number; groupId: number } | undefined;
  /** Asks for a clean stop. */
  stopSignal: 'TERM' | 'INT' | 'QUIT';
  /** After this the server is killed. */
  stopTimeoutMs: number;
}

export interface ProcessEnd {
  status: number | null;
  signal: string | null;
}

/**
 * Runs the server as a child of a small shell that reads a pipe from this process. When this process ends in any
 * way, kill -9 included, the pipe closes and the shell stops the server: cleanly first, then by force.
 * fd 3 tells the server's process id; fd 4 is the pipe. All share one process group, which ends as a whole: some
 * programs run here are scripts with children of their own.
 */
const guardScript = `
exec 4<&0 </dev/null
"$@" 3>&- 4<&- &
server=$!
echo "$server" >&3
exec 3>&-
(
  read -r ignored <&4
  trap '' USR1
  kill -s "$GUARD_STOP_SIGNAL" "$server" 2>/dev/null
  rounds=0
  while kill -0 "$server" 2>/dev/null && [ "$rounds" -lt "$GUARD_STOP_ROUNDS" ]; do
    sleep 0.1
    rounds=$((rounds + 1))
  done
  kill -s KILL 0
) &
watcher=$!
wait "$server"
status=$?
kill -s USR1 "$watcher" 2>/dev/null
exit "$status"
`;

const signalNames: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  6: 'SIGABRT',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  15: 'SIGTERM',
};

interface StartedGuard {
  server: ProcessIdentity;
  guardProcessId: number | undefined;
  ended: Promise<ProcessEnd>;
}

/** A server process that cannot outlive this one. */
export class GuardedProcess {
  readonly ended: Promise<ProcessEnd>;
  private endedAs: ProcessEnd | undefined;

  readonly server: ProcessIdentity;
  /** The guard's, for the clean-up at the next start; undefined when it never ran. */
  readonly guardProcessId: number | undefined;

  private constructor(
    started: StartedGuard,
    private readonly specification: LaunchSpecification,
  ) {
    this.server = started.server;
    this.guardProcessId = started.guardProcessId;
    this.ended = started.ended.then(async (end) => {
      // Only when the guard itself was killed can the server still run; a script's children can in any case.
      signalProcess(this.server, 'SIGKILL');
      if (this.guardProcessId !== undefined) killGroup(this.guardProcessId);
      await poll(() => !isAlive(this.server), { deadlineMs: 10_000 });
      this.endedAs = end;
      return end;
    });
  }

  /** @throws Error when the program cannot be started at all */
  static async launch(specification: LaunchSpecification): Promise<GuardedProcess> {
    const log = openSync(specification.logFile, 'a');
    const guard = spawn(
      '/bin/sh',
      ['-c', guardScript, 'rowbridge-guard', specification.command, ...specification.commandArguments],
      {
        cwd: specification.workingDirectory,
        detached: true,
        stdio: ['pipe', log, log, 'pipe'],
        env: {
          ...specification.environment,
          GUARD_STOP_SIGNAL: specification.stopSignal,
          GUARD_STOP_ROUNDS: String(Math.ceil(specification.stopTimeoutMs / 100)),
        },
        ...(specification.runAs === undefined
          ? {}
          : { uid: specification.runAs.userId, gid: specification.runAs.groupId }),
      },
    );
    closeSync(log);
    const guardEnded = new Promise<ProcessEnd>((resolve, reject) => {
      guard.once('error', reject);
      guard.once('exit', (status, signal) => resolve(describeEnd(status, signal)));
    });
    guardEnded.catch(() => undefined);
    guard.stdin?.on('error', () => undefined);
    const processId = await Promise.race([readProcessId(guard), guardEnded.then(() => undefined)]);
    const server = (processId === undefined ? undefined : identifyProcess(processId)) ?? {
      processId: processId ?? 0,
      startMark: 'ended',
    };
    return new GuardedProcess({ server, guardProcessId: guard.pid, ended: guardEnded }, specification);
  }

  get isRunning(): boolean {
    return this.endedAs === undefined;
  }

  /** Sends a signal to the server itself. */
  signal(name: NodeJS.Signals): void {
    signalProcess(this.server, name);
  }

  /** Asks for a clean stop, waits, then kills. Resolves when the process is gone. */
  async stop(): Promise<ProcessEnd> {
    this.signal(`SIG${this.specification.stopSignal}`);
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<'timeout'>((resolve) => {
      timer = setTimeout(resolve, this.specification.stopTimeoutMs, 'timeout');
    });
    const first = await Promise.race([this.ended, timeout]);
    clearTimeout(timer);
    if (first !== 'timeout') return first;
    this.signal('SIGKILL');
    return this.ended;
  }
}

/** Runs a program to its end under the same guard. @returns its exit status; null when a signal ended it */
export async function runGuarded(
  specification: LaunchSpecification,
  abortSignal?: AbortSignal,
): Promise<number | null> {
  const launched = await GuardedProcess.launch(specification);
  const abort = (): void => void launched.stop();
  abortSignal?.addEventListener('abort', abort, { once: true });
  try {
    return (await launched.ended).status;
  } finally {
    abortSignal?.removeEventListener('abort', abort);
  }
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // The usual case: nothing of the group is left.
  }
}

async function readProcessId(guard: ChildProcess): Promise<number | undefined> {
  const channel = guard.stdio[3];
  if (channel === null || channel === undefined || !('read' in channel)) return undefined;
  channel.on('error', () => undefined);
  const [chunk] = (await once(channel, 'data')) as [Buffer];
  return Number.parseInt(chunk.toString(), 10);
}

/** A shell reports a signal as 128 and the signal's number. */
function describeEnd(status: number | null, signal: NodeJS.Signals | null): ProcessEnd {
  if (signal !== null) return { status: null, signal };
  if (status !== null && status > 128)
    return { status: null, signal: signalNames[status - 128] ?? `signal ${status - 128}` };
  return { status, signal: null };
}
