import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningSystem, ServiceProcess } from '@rowbridge/launcher';
import { waitFor } from '@rowbridge/testing';
import { serviceVariables } from './bad-input-harness.js';

interface Account {
  readonly name: string;
  readonly password: string;
}

/** The users of either site's database. */
export function readAccounts({
  stack,
}: RunningSystem): Readonly<
  Record<'legacy' | 'revamp', Record<'capture' | 'sync' | 'application', Account>>
> {
  return JSON.parse(readFileSync(join(stack.dataDirectory, 'accounts.json'), 'utf8')) as ReturnType<
    typeof readAccounts
  >;
}

/** A held table as `/health` shows it. */
export interface ShownTable {
  readonly table: string;
  readonly errorCode: string;
  readonly what: string;
  readonly statement: string | null;
  readonly mappingPatch: string | null;
  readonly since: string;
}

export interface SchemaHealth {
  readonly status: string;
  readonly consumer: {
    readonly state: string;
    readonly heldTables: readonly ShownTable[];
    readonly unmappedTables: Readonly<Record<string, readonly string[]>>;
  };
}

export async function schemaHealthOf(service: { readonly url: string }): Promise<SchemaHealth> {
  const answer = await fetch(`${service.url}/health`, { signal: AbortSignal.timeout(5_000) });
  return (await answer.json()) as SchemaHealth;
}

/** Waits until the service holds exactly this table. */
export function isHeld(service: Pick<ServiceProcess, 'name' | 'url'>, table: string): Promise<ShownTable> {
  return waitFor(
    async () => {
      const held = await schemaHealthOf(service)
        .then(({ consumer }) => consumer.heldTables)
        .catch(() => []);
      return held.length === 1 && held[0]?.table === table ? held[0] : undefined;
    },
    { what: `${service.name} to hold ${table}`, deadlineMs: 60_000, intervalMs: 200 },
  );
}

/** The gauge follows the monitor's tick, so it is waited for. */
export async function showsHeldTables(
  service: Pick<ServiceProcess, 'name' | 'url'>,
  count: number,
): Promise<void> {
  await waitFor(
    async () => {
      const metrics = await (await fetch(`${service.url}/metrics`)).text();
      const [, value] = /^sync_schema_drift\{[^}]*\} (\d+)$/m.exec(metrics) ?? [];
      return Number(value ?? Number.NaN) === count;
    },
    { what: `${service.name} to show sync_schema_drift ${count}`, deadlineMs: 30_000, intervalMs: 200 },
  );
}

export async function holdsNothing(service: Pick<ServiceProcess, 'name' | 'url'>): Promise<void> {
  await waitFor(
    async () => {
      const { consumer } = await schemaHealthOf(service);
      return consumer.heldTables.length === 0 && consumer.state === 'running';
    },
    { what: `${service.name} to hold nothing`, deadlineMs: 60_000, intervalMs: 200 },
  );
}

export interface RecordedDrift {
  readonly table_name: string;
  readonly error_code: string;
  readonly statement: string | null;
  readonly mapping_patch: string | null;
  readonly is_open: boolean;
}

const driftColumns = 'table_name, error_code, statement, mapping_patch';

/** The drifts a direction recorded in its target, oldest first. */
export async function recordedDrifts(
  { databases: { legacyPool, revampPool } }: RunningSystem,
  direction: 'legacy-to-revamp' | 'revamp-to-legacy',
): Promise<readonly RecordedDrift[]> {
  const from = 'rowbridge.schema_drift where direction =';
  if (direction === 'revamp-to-legacy') {
    const { rows } = await legacyPool.query(
      `select ${driftColumns}, (resolved_at is null)::text as open_text from ${from} $1 order by first_seen`,
      [direction],
    );
    return rows.map(withOpenness);
  }
  const [rows] = await revampPool.query(
    `select ${driftColumns}, if(resolved_at is null, 'true', 'false') as open_text from ${from} ? order by first_seen`,
    [direction],
  );
  return (rows as unknown[]).map(withOpenness);
}

function withOpenness(row: unknown): RecordedDrift {
  const { open_text: openText, ...drift } = row as RecordedDrift & { readonly open_text: string };
  return { ...drift, is_open: openText === 'true' };
}

/** A service that runs with a patched mapping, as one process of its own. */
export interface PatchedService {
  readonly name: string;
  readonly url: string;
  stop(): Promise<void>;
}

/** Deploys one direction with the mapping patch; its group is the one of the service it stands in for. */
export async function startPatchedService(
  system: RunningSystem,
  deployment: { readonly sourceSide: 'legacy' | 'revamp'; readonly patch: string },
): Promise<PatchedService> {
  const service = spawn(process.execPath, [join(import.meta.dirname, 'patched-service.mjs')], {
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      ROWBRIDGE_KAFKA_SESSION_TIMEOUT_MS: '6000',
      ...serviceVariables(system),
      MAPPING_PATCH: deployment.patch,
      SOURCE_SIDE: deployment.sourceSide,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [service.stdout, service.stderr]) {
    stream.on('data', (text: Buffer) => (output += text.toString()));
  }
  const ended = new Promise<void>((resolve) => service.once('close', () => resolve()));
  const stop = async (): Promise<void> => {
    service.kill('SIGTERM');
    await ended;
  };
  try {
    const url = await waitFor(() => /Listening on (http:[^"\s]+)/.exec(output)?.[1], {
      what: 'the patched service to listen',
      deadlineMs: 30_000,
    });
    await waitFor(async () => (await fetch(`${url}/ready`).catch(() => null))?.status === 200, {
      what: `the patched service to be ready: ${output.slice(-2_000)}`,
      deadlineMs: 60_000,
      intervalMs: 200,
    });
    return { name: `patched ${deployment.sourceSide}`, url, stop };
  } catch (failure) {
    await stop();
    throw new Error(`The patched service did not start: ${output.slice(-3_000)}`, { cause: failure });
  }
}
