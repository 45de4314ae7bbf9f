import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectKafka } from '@rowbridge/kafka';
import type { PostgresVersion, RunningStack } from '@rowbridge/embedded-stack';
import { createDatabase, createEngineProvider } from '@rowbridge/testing';
import type { EngineProvider } from '@rowbridge/testing';
import { captureEngine } from './capture-engine.js';
import type { CapturedEngine } from './capture-engine.js';

const fixtures = join('libs', 'change-event', 'src', 'fixtures');

/** What is captured: name of its folder, and how to get its server. */
const engines: readonly Omit<CapturedEngine, 'serverUrl'>[] = [
  { name: 'postgres-16', engine: 'postgres', postgresVersion: 16 },
  { name: 'postgres-17', engine: 'postgres', postgresVersion: 17 },
  { name: 'postgres-18', engine: 'postgres', postgresVersion: 18 },
  { name: 'mysql-8.0', engine: 'mysql8', postgresVersion: null },
  { name: 'mariadb-11.4', engine: 'mariadb', postgresVersion: null },
];

async function serverUrlOf(
  provider: EngineProvider,
  engine: CapturedEngine['engine'],
  version: PostgresVersion | null,
): Promise<string> {
  if (engine === 'postgres') return (await provider.postgres({ version: version ?? 18 })).url;
  return (await provider.mysql({ flavor: engine })).url;
}

/**
 * Captures every type anew from the real connectors and writes the fixtures; engines by name as arguments limit it.
 * Run from the repository's folder: `npx tsx test/types/capture-fixtures.ts`.
 */
async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const provider = createEngineProvider();
  if (!provider.kafkaStack) throw new Error(`no Kafka from ${provider.name}`);
  const stack: RunningStack = await provider.kafkaStack({
    components: ['kafka', 'schemaRegistry', 'connect'],
  });
  const quiet = (): void => undefined;
  const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  const kafka = await connectKafka({ brokers: stack.kafka.brokers, clientId: 'fixtures', logger });
  try {
    for (const described of engines) {
      if (wanted.length > 0 && !wanted.includes(described.name)) continue;
      const serverUrl = await serverUrlOf(provider, described.engine, described.postgresVersion);
      const family = described.engine === 'postgres' ? 'postgres' : 'mariadb';
      const database = await createDatabase(family, { serverUrl });
      mkdirSync(join(fixtures, described.name), { recursive: true });
      for await (const fixture of captureEngine({ ...described, serverUrl }, { stack, kafka, database })) {
        const text = JSON.stringify(fixture.content, null, 2);
        writeFileSync(join(fixtures, described.name, `${fixture.file}.json`), `${text}\n`);
        process.stdout.write(
          `${described.name}/${fixture.file}: ${fixture.content.records.length} records\n`,
        );
      }
    }
  } finally {
    await kafka.close();
    await stack.stop();
    await provider.stop();
  }
}

await main();
