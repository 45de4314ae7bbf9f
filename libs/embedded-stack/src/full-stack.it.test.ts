import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { poll } from './processes/poll.js';
import type { ComponentRestart, RunningStack } from './stack-types.js';
import { startStack } from './start-stack.js';

interface ConnectPlugin {
  class: string;
}

interface RegisteredSchema {
  id: number;
}

describe('the stack of Kafka, Kafka Connect and the schema registry', () => {
  let dataDirectory: string;
  let stack: RunningStack;
  const restarts: ComponentRestart[] = [];

  beforeAll(async () => {
    dataDirectory = mkdtempSync(join(tmpdir(), 'rowbridge-full-stack-'));
    stack = await startStack({ dataDirectory, ports: 'free', components: ['connect', 'schemaRegistry'] });
    stack.on('restarted', (restart) => restarts.push(restart));
  }, 300_000);

  afterAll(async () => {
    await stack.stop();
    rmSync(dataDirectory, { recursive: true, force: true });
  });

  async function fetchJson<Answer>(url: string, init?: RequestInit): Promise<Answer> {
    const answer = await fetch(url, init);
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
    return (await answer.json()) as Answer;
  }

  function restartOf(component: string): ComponentRestart | undefined {
    return restarts.find((restart) => restart.component === component);
  }

  test('brings Kafka along with Kafka Connect', () => {
    expect(stack.components).toEqual(['kafka', 'schemaRegistry', 'connect']);
    expect(stack.kafka.brokers).toHaveLength(1);
  });

  test('offers the Debezium connectors and the Avro converter', async () => {
    const plugins = await fetchJson<ConnectPlugin[]>(
      `${stack.connect.url}/connector-plugins?connectorsOnly=false`,
    );
    expect(plugins.map((plugin) => plugin.class)).toEqual(
      expect.arrayContaining([
        'io.debezium.connector.postgresql.PostgresConnector',
        'io.debezium.connector.mysql.MySqlConnector',
        'io.debezium.connector.mariadb.MariaDbConnector',
        stack.connectorConverterSettings['value.converter'],
      ]),
    );
  });

  test('keeps a schema under its id when the registry is killed right after it was registered', async () => {
    const schema = JSON.stringify({ type: 'record', name: 'thing', fields: [{ name: 'id', type: 'long' }] });
    const { confluentUrl } = stack.schemaRegistry;
    const { id } = await fetchJson<RegisteredSchema>(`${confluentUrl}/subjects/thing-value/versions`, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
      body: JSON.stringify({ schema }),
    });
    stack.kill('schemaRegistry');
    expect(await poll(() => restartOf('schemaRegistry') !== undefined, { deadlineMs: 90_000 })).toBe(true);
    const kept = await fetchJson<{ schema: string }>(`${confluentUrl}/schemas/ids/${id}`);
    expect(JSON.parse(kept.schema)).toMatchObject({ name: 'thing' });
  });

  test('brings a killed Kafka back under the same address, and Kafka Connect finds it again', async () => {
    const [broker] = stack.kafka.brokers;
    stack.kill('kafka');
    expect(await poll(() => restartOf('kafka') !== undefined, { deadlineMs: 90_000 })).toBe(true);
    expect(stack.kafka.brokers).toEqual([broker]);
    const answers = async (): Promise<boolean> =>
      fetchJson<string[]>(`${stack.connect.url}/connectors`).then(
        () => true,
        () => false,
      );
    expect(await poll(answers, { deadlineMs: 90_000, intervalMs: 250 })).toBe(true);
  });
});
