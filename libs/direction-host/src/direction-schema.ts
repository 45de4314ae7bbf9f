import type { KafkaConnection } from '@rowbridge/kafka';
import type { DirectionParts, DirectionSchema } from './direction-parts.js';
import { HeldTables } from './held-tables.js';
import type { OpenDatabases } from './open-databases.js';
import { SchemaWatch } from './schema-watch.js';
import { UnmappedTables } from './unmapped-tables.js';

/** What keeps one direction's mapping and the tables of both sides together. */
export function createDirectionSchema(
  { pair, plan, state, logger }: DirectionParts,
  { admin }: Pick<KafkaConnection, 'admin'>,
  { source, target }: Pick<OpenDatabases, 'source' | 'target'>,
): DirectionSchema {
  const now = Date.now;
  const watch = new SchemaWatch({ pair, plan, source: source.schema, target: target.schema, now });
  const held = new HeldTables({
    plan,
    watch,
    source,
    target,
    state,
    logger,
    readEnds: async (topic) =>
      new Map((await admin.topicOffsets(topic)).map(({ partition, high }) => [partition, high])),
    now,
  });
  return { watch, held, unmapped: new UnmappedTables({ plan, source, target, logger }) };
}
