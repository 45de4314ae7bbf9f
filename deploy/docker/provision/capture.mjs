import { setTimeout as pause } from 'node:timers/promises';
import { declaredTopics, legacyConnector, revampConnector } from '@rowbridge/connectors';
import { connectKafka } from '@rowbridge/kafka';
import { ConnectClient } from 'debezium-connect-client';
import { ProvisionError } from './settings.mjs';

const runningTimeoutMs = 120_000;

/**
 * Makes the topics, declares both connectors and waits until they run. MySQL cannot mark the origin of a write in its
 * log, so there the source column alone guards against loops; PostgreSQL has the origin.
 * @param {ReturnType<import('./settings.mjs').readSettings>} settings
 */
export async function makeCapture(settings) {
  const { brokers, replicationFactor, connectUrl, converterSettings, legacy, revamp } = settings;
  const kafka = await connectKafka({ brokers, clientId: 'rowbridge-provision', logger: quiet });
  try {
    const topics = declaredTopics('legacy-revamp', { revampDatabase: revamp.database });
    await kafka.admin.createTopics(topics.map((topic) => ({ ...topic, replicationFactor })));
  } finally {
    await kafka.close();
  }
  const shared = { brokers, converterSettings };
  const connect = new ConnectClient({ url: connectUrl });
  const declarations = [
    legacyConnector({ ...shared, database: endpoint(legacy), logOriginGuard: true }),
    revampConnector({ ...shared, database: endpoint(revamp), engine: 'mysql' }),
  ];
  for (const { name, configuration } of declarations) {
    await connect.createOrUpdate(name, configuration);
    await waitUntilRunning(connect, name);
  }
}

function endpoint({ host, port, database, accounts }) {
  return { host, port, database, user: accounts.capture.name, password: accounts.capture.password };
}

async function waitUntilRunning(connect, name) {
  const deadline = Date.now() + runningTimeoutMs;
  for (;;) {
    const status = await connect.status(name);
    const states = [status?.state, status?.tasks[0]?.state];
    if (states.every((state) => state === 'RUNNING')) return;
    if (states.includes('FAILED')) {
      throw new ProvisionError(
        3,
        `Connector ${name} has failed: ${firstLine(status?.tasks[0]?.trace ?? status?.trace)}`,
      );
    }
    if (Date.now() > deadline) throw new ProvisionError(3, `Connector ${name} does not come to run.`);
    await pause(500);
  }
}

/** The client has taken secrets out of the trace. */
function firstLine(trace) {
  return (trace ?? 'it tells no reason').split('\n', 1)[0];
}

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
