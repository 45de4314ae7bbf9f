import { existsSync, readFileSync } from 'node:fs';
import { chown, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createOwnedFolder, databaseUser } from '../database-user.js';
import { runGuarded, type LaunchSpecification } from '../processes/guarded-process.js';
import { StackError } from '../stack-error.js';
import type { PostgresVersion } from '../stack-types.js';
import type { Engine, EngineContext } from './engine.js';
import { logTail } from './log-tail.js';

export interface PostgresOptions extends EngineContext {
  /** The unpacked package: `native/bin`, `native/lib`, `native/share`. */
  installation: string;
  major: PostgresVersion;
  title: string;
  port: number;
  password: string;
}

/**
 * Set up for logical capture in both directions: commit timestamps, and room for one replication origin per writing
 * connection, whose default maximum of 10 is soon reached. Writes stay durable (fsync and synchronous_commit on).
 */
function serverSettings(major: PostgresVersion): Record<string, string> {
  return {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    wal_level: 'logical',
    max_wal_senders: '50',
    max_replication_slots: '50',
    ...(major >= 18 ? { max_active_replication_origins: '50' } : {}),
    track_commit_timestamp: 'on',
    password_encryption: 'scram-sha-256',
    shared_buffers: '128MB',
    max_wal_size: '2GB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    logging_collector: 'off',
    // Statements and their values stay out of the log.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_parameter_max_length: '0',
    log_parameter_max_length_on_error: '0',
  };
}

export function createPostgresEngine(options: PostgresOptions): Engine {
  const dataFolder = join(options.folder, 'data');
  const binaries = join(options.installation, 'native', 'bin');
  const environment = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
  const launch = (program: string, commandArguments: string[]): LaunchSpecification => ({
    command: join(binaries, program),
    commandArguments,
    environment,
    workingDirectory: options.folder,
    logFile: options.logFile,
    runAs: databaseUser(),
    stopSignal: 'INT',
    stopTimeoutMs: 15_000,
  });
  return {
    component: 'postgres',
    title: options.title,
    address: `127.0.0.1:${options.port}`,
    after: [],
    readyTimeoutMs: 60_000,
    prepare: () => initialise(options, dataFolder, launch),
    launchSpecification: () =>
      launch('postgres', [
        '-D',
        dataFolder,
        '-p',
        String(options.port),
        ...Object.entries(serverSettings(options.major)).flatMap(([name, value]) => [
          '-c',
          `${name}=${value}`,
        ]),
      ]),
    isReady: async (serverProcessId) => reportsReady(dataFolder, serverProcessId),
  };
}

async function initialise(
  options: PostgresOptions,
  dataFolder: string,
  launch: (program: string, commandArguments: string[]) => LaunchSpecification,
): Promise<void> {
  createOwnedFolder(options.folder);
  if (existsSync(dataFolder)) return;
  const draft = join(options.folder, 'data.partial');
  await rm(draft, { recursive: true, force: true });
  const passwordFile = join(options.folder, 'initial-password');
  await writeFile(passwordFile, options.password, { mode: 0o600 });
  const user = databaseUser();
  if (user !== undefined) await chown(passwordFile, user.userId, user.groupId);
  // The C.UTF-8 locale inside the server (17 and later) is the same on every machine; 16 has only C.
  const locale = options.major >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : [];
  const status = await runGuarded(
    launch('initdb', [
      ...['-D', draft, '-U', 'postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
      ...['--encoding=UTF8', '--locale=C', ...locale],
    ]),
    options.abortSignal,
  );
  await rm(passwordFile, { force: true });
  options.abortSignal?.throwIfAborted();
  if (status !== 0) {
    throw new StackError(
      `${options.title} could not be initialised (initdb, exit ${status}). ${logTail(options.logFile)}`,
    );
  }
  await rename(draft, dataFolder);
}

/** The server writes its state as line 8 of postmaster.pid, its process id as line 1. */
function reportsReady(dataFolder: string, serverProcessId: number): boolean {
  try {
    const lines = readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8').split('\n');
    return lines[0] === String(serverProcessId) && lines[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}
