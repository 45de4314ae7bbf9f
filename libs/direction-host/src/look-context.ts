import { createChangeDecoder, type ChangeDecoder } from '@rowbridge/change-event';
import { ConnectClient } from 'debezium-connect-client';
import { createRegistrySchemaSource } from '@rowbridge/kafka';
import { deriveDirectionPlan } from '@rowbridge/mapping';
import type { LookContext, SettlementWatch } from '@rowbridge/pipeline';
import { defaultLogOriginServerId } from '@rowbridge/writer-mysql';
import { createDeadLetterSink } from './dead-letter-sink.js';
import { createDirectionObserver } from './direction-observer.js';
import type { DirectionParts, DirectionReach } from './direction-parts.js';
import { createHandOverSink } from './hand-over-topic.js';
import { createSettlementWatch } from './settlement-watch.js';

/** The row's path and the second look of one direction, wired to what it reaches. */
export function createLookContext(
  parts: DirectionParts,
  { kafka, databases, clock, breaker, schema }: DirectionReach,
): LookContext {
  const { source, target, guards } = databases;
  const { plan, configuration, settings, logger, metrics, tally, state } = parts;
  const decoder = createDecoder(parts, { databases, schema }, { inOrder: true });
  return {
    plan,
    source,
    target,
    decode: async (records) => schema.watch.admit(await decoder.decode(records)),
    tableFaultBehind: (table, refusal) => schema.watch.tableFaultBehind(table, refusal),
    deadLetters: createDeadLetterSink({
      producer: kafka.producer,
      topic: configuration.deadLetterTopic,
      direction: plan.name,
      connectorOf: () => plan.source.topicPrefix,
      now: clock.now,
    }),
    actingGuard: guards.actingGuard,
    stamping: guards.stamping,
    get retry() {
      return settings.current.retry;
    },
    observer: createDirectionObserver({
      metrics,
      logger,
      breaker,
      tally,
      failed: (error) => state.errorMet(error),
      target: plan.target.name,
      now: clock.now,
    }),
    clock,
    watch: createWatch(parts, { kafka, databases }),
    handOvers: createHandOverSink(kafka.producer),
    get lookBatchSize() {
      return settings.current.secondLook.batchSize;
    },
  };
}

/** @param reading whether records come in the order of their topics, or singly, as dead letters do */
export function createDecoder(
  { plan, configuration }: DirectionParts,
  { databases, schema }: Pick<DirectionReach, 'databases' | 'schema'>,
  reading: { readonly inOrder: boolean },
): ChangeDecoder {
  // PostgreSQL itself leaves out what has an origin; a binlog holds everything, with the server id of who wrote it.
  const marksSyncWrites =
    plan.source.engineFamily === 'mysql' && databases.guards.actingGuard === 'log_origin';
  return createChangeDecoder({
    schemas: createRegistrySchemaSource({ url: configuration.schemaRegistry.url }),
    connectors: [
      {
        topicPrefix: plan.source.topicPrefix,
        engineFamily: plan.source.engineFamily,
        epoch: configuration.source.epoch,
        syncServerId: marksSyncWrites ? defaultLogOriginServerId : undefined,
      },
    ],
    wanted: (owner, table) => schema.watch.wantedColumns(owner, table),
    ...reading,
  });
}

function createWatch(
  { pair, plan, configuration }: DirectionParts,
  { kafka, databases }: Pick<DirectionReach, 'kafka' | 'databases'>,
): SettlementWatch {
  const { source, target } = databases;
  const reverseTopics = new Map(
    deriveDirectionPlan(pair, plan.target.name).tables.map((table) => [table.entity, table.topic]),
  );
  return createSettlementWatch({
    connect: new ConnectClient({ url: configuration.connect.url }),
    admin: kafka.admin,
    source: { name: plan.source.topicPrefix, epoch: configuration.source.epoch },
    target: { name: plan.target.topicPrefix, epoch: configuration.target.epoch },
    reverseTopicOf: (table) => reverseTopics.get(table.entity) ?? null,
    readApplied: () =>
      Promise.all([target.readAppliedOffsets(plan.name), source.readAppliedOffsets(plan.reverseDirection)]),
  });
}
