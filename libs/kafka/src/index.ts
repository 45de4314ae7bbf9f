export { connectKafka } from './connect-kafka.js';
export type { KafkaConnection, KafkaOptions } from './connect-kafka.js';
export type { DeclaredTopic, KafkaAdmin, PartitionOffsets, TopicDeclaration } from './kafka-admin.js';
export type { KafkaLogger } from './kafka-logger.js';
export { takingLargeRecords } from './large-records.js';
export type {
  BatchOutcome,
  ConsumerCrash,
  ConsumerOptions,
  PartitionName,
  RecordBatch,
  RecordConsumer,
} from './record-consumer.js';
export type { OutgoingRecord, RecordProducer } from './record-producer.js';
export type { RecordPlace, RecordReader } from './record-reader.js';
export { createRegistrySchemaSource } from './registry-schema-source.js';
export type { RegistryOptions } from './registry-schema-source.js';
export type { FollowOptions, TopicFollower } from './topic-follower.js';
