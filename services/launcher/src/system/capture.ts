import {
  declaredTopics,
  forgetUnfinishedSnapshot,
  legacyConnector,
  revampConnector,
  type ConnectorDeclaration,
} from '@rowbridge/connectors';
import type { RunningStack } from '@rowbridge/embedded-stack';
import type { KafkaAdmin } from '@rowbridge/kafka';
import type { ConnectClient } from 'debezium-connect-client';
import { LaunchError } from '../launch-error.js';
import { waitUntil } from '../scenario/wait-until.js';
import type { Account, Accounts } from './accounts.js';
import type { LoopGuard } from './direction-services.js';
import type { PairDatabase, PairDatabases } from './pair-databases.js';

export interface CaptureOptions {
  readonly stack: RunningStack;
  readonly databases: PairDatabases;
  readonly accounts: Accounts;
  readonly guards: Readonly<Record<'legacy' | 'revamp', LoopGuard>>;
  readonly kafka: KafkaAdmin;
  readonly connect: ConnectClient;
}

const runningTimeoutMs = 90_000;

/**
 * Makes the topics, declares both connectors to Kafka Connect and waits until they run.
 * @returns the connectors' names
 * @throws LaunchError exit 3 with the reason when one does not come to run
 */
export async function registerCapture(options: CaptureOptions): Promise<{ legacy: string; revamp: string }> {
  const { stack, databases, accounts, guards, kafka, connect } = options;
  await kafka.createTopics(declaredTopics('legacy-revamp', { revampDatabase: databases.revamp.database }));
  const shared = { brokers: stack.kafka.brokers, converterSettings: stack.connectorConverterSettings };
  const legacy = legacyConnector({
    ...shared,
    database: endpoint(databases.legacy, accounts.legacy.capture),
    logOriginGuard: guards.legacy === 'log_origin',
  });
  const revamp = revampConnector({
    ...shared,
    engine: databases.engine,
    database: endpoint(databases.revamp, accounts.revamp.capture),
  });
  await Promise.all([legacy, revamp].map((declaration) => register(connect, declaration)));
  return { legacy: legacy.name, revamp: revamp.name };
}

function endpoint(
  { host, port, database }: PairDatabase,
  { name, password }: Account,
): { host: string; port: number; database: string; user: string; password: string } {
  return { host, port, database, user: name, password };
}

async function register(
  connect: ConnectClient,
  { name, configuration }: ConnectorDeclaration,
): Promise<void> {
  await connect.createOrUpdate(name, configuration);
  let isRestarted = false;
  let reason = '';
  await waitUntil({ what: `connector ${name} to run`, deadlineMs: runningTimeoutMs }, async () => {
    const status = await connect.status(name);
    const [task] = status?.tasks ?? [];
    if (status?.state === 'RUNNING' && task?.state === 'RUNNING') return true;
    if (status?.state === 'FAILED' || task?.state === 'FAILED') {
      reason = rootCause(task?.trace ?? status?.trace ?? '');
      // What it failed of may have been an earlier run's end in its first snapshot, or an earlier run's address.
      if (!isRestarted && !(await forgetUnfinishedSnapshot(connect, name))) {
        await connect.restart(name, { includeTasks: true, onlyFailed: true });
      }
      isRestarted = true;
    }
    return false;
  }).catch(() => {
    throw new LaunchError(
      `connector ${name} did not come to run within ${runningTimeoutMs / 1_000} s${reason === '' ? '' : `: ${reason}`}`,
      3,
    );
  });
}

/** The innermost cause of a Java stack trace, or its first line. */
function rootCause(trace: string): string {
  const lines = trace.split('\n');
  return (lines.findLast((line) => line.startsWith('Caused by: ')) ?? lines[0] ?? '')
    .replace('Caused by: ', '')
    .trim();
}
