import * as zod from 'zod';
import {
  brokersSchema,
  connectSchema,
  databaseConnectionSchema,
  databaseEnvironmentNames,
  logLevelSchema,
  schemaRegistrySchema,
} from './connection-schemas.js';
import type { EnvironmentNames } from './environment-overrides.js';

const milliseconds = (least: number): zod.ZodInt => zod.int().min(least).max(86_400_000);
const count = (least: number, greatest: number): zod.ZodInt => zod.int().min(least).max(greatest);
const port = zod.int().min(0).max(65_535);
const guardSwitch = zod.enum(['auto', 'on', 'off']);

const kafkaSchema = zod.strictObject({
  brokers: brokersSchema,
  clientId: zod.string().min(1).default('rowbridge').describe('Name shown in the logs of the brokers.'),
  sessionTimeoutMs: milliseconds(6_000)
    .default(30_000)
    .describe('A consumer silent for longer loses its partitions.'),
  maxWaitMs: milliseconds(1)
    .default(50)
    .describe(
      'Longest wait of a fetch for the first record; bounds how late a resumed partition is read again.',
    ),
  maxBytesPerPartition: count(16_384, 104_857_600)
    .default(524_288)
    .describe('Most bytes fetched of a partition at once.'),
});

const poolsSchema = zod
  .strictObject({
    maxOpen: count(2, 1_000).default(8).describe('Most connections open to each database.'),
    maxIdle: count(0, 1_000).default(4).describe('Most connections kept while nothing is to do.'),
    lifetimeMs: milliseconds(1_000).default(1_800_000).describe('Age at which a connection is replaced.'),
  })
  .refine(({ maxOpen, maxIdle }) => maxIdle <= maxOpen, {
    error: 'maxIdle is above maxOpen; allowed: at most as many idle connections as open ones',
  });

const retrySchema = zod
  .strictObject({
    maxAttempts: count(1, 100)
      .default(3)
      .describe('Attempts before a record that perhaps is at fault is dead-lettered.'),
    initialDelayMs: milliseconds(1).default(1_000).describe('Wait before the second attempt.'),
    maxDelayMs: milliseconds(1).default(30_000).describe('Longest wait between attempts.'),
    multiplier: zod
      .number()
      .min(1)
      .max(10)
      .default(2)
      .describe('Growth of the wait from attempt to attempt.'),
  })
  .refine(({ initialDelayMs, maxDelayMs }) => initialDelayMs <= maxDelayMs, {
    error: 'initialDelayMs is above maxDelayMs; allowed: a first wait no longer than the longest',
  });

const breakerSchema = zod
  .strictObject({
    deadLetters: count(1, 100_000)
      .default(50)
      .describe('Dead letters among the latest records that stop the direction.'),
    ofLast: count(1, 100_000).default(100).describe('How many of the latest records are looked at.'),
  })
  .refine(({ deadLetters, ofLast }) => deadLetters <= ofLast, {
    error: 'deadLetters is above ofLast; allowed: at most as many dead letters as records looked at',
  });

/** Everything one direction's service is told from outside. Durations are milliseconds, as their names say. */
export const directionConfigurationSchema = zod.strictObject({
  direction: zod
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
    .meta({ description: 'Name of the direction.', examples: ['legacy-to-revamp'] }),
  kafka: kafkaSchema,
  schemaRegistry: schemaRegistrySchema,
  connect: connectSchema,
  source: databaseConnectionSchema,
  target: databaseConnectionSchema,
  pools: poolsSchema.prefault({}),
  batch: zod
    .strictObject({
      maxRows: count(1, 100_000).default(500).describe('Most records of one transaction in the target.'),
      patienceMs: milliseconds(0)
        .default(400)
        .describe(
          'Longest wait of a partition for parents on their way, before their children are listed for second looks.',
        ),
    })
    .prefault({}),
  retry: retrySchema.prefault({}),
  deadLetterTopic: zod
    .string()
    .regex(/^[a-zA-Z0-9._-]{1,249}$/)
    .default('sync.dlq')
    .meta({ description: 'Topic of the dead letters.', examples: ['sync.dlq'] }),
  ledger: zod
    .strictObject({
      retentionHours: count(1, 87_600)
        .default(192)
        .describe('Age at which event ids are forgotten; above the retention of the topics.'),
    })
    .prefault({}),
  guards: zod
    .strictObject({
      sourceColumn: guardSwitch
        .default('auto')
        .describe(
          'Guard against loops by the column sync_source; auto: where the log origin is not to be had.',
        ),
      logOrigin: guardSwitch
        .default('auto')
        .describe('Guard against loops by the origin in the log; auto: where the server has it.'),
    })
    .prefault({}),
  breaker: breakerSchema.prefault({}),
  secondLook: zod
    .strictObject({
      pollIntervalMs: milliseconds(10).default(200).describe('Wait between two rounds of second looks.'),
      batchSize: count(1, 10_000).default(100).describe('Most keys of one round.'),
      stuckAfterMs: milliseconds(1_000).default(300_000).describe('Age at which a look is shown as stuck.'),
    })
    .prefault({}),
  health: zod
    .strictObject({
      lagThresholdMs: milliseconds(1_000).default(300_000).describe('Lag above which /health answers 503.'),
    })
    .prefault({}),
  http: zod
    .strictObject({
      host: zod
        .string()
        .min(1)
        .default('127.0.0.1')
        .describe('Address that /health, /ready, /live and /metrics are served on.'),
      port: port.default(8081).describe('Their port; 0 takes a free one.'),
    })
    .prefault({}),
  logLevel: logLevelSchema,
  startTimeoutMs: milliseconds(0)
    .default(60_000)
    .describe('How long the start waits for what it cannot reach, before it exits with 3.'),
  drainTimeoutMs: milliseconds(0)
    .default(10_000)
    .describe('How long a batch in progress may take to end after SIGTERM.'),
});

/** The configuration of one direction, with all defaults filled in. */
export type DirectionConfiguration = zod.output<typeof directionConfigurationSchema>;

/**
 * Environment variables of a direction besides the generic ones. A database keeps its variables in both directions:
 * `DB_LEGACY_HOST` is the source's host in legacy-to-revamp and the target's in revamp-to-legacy.
 *
 * @param sides the names of the two databases, such as `{ source: 'legacy', target: 'revamp' }`
 */
export function directionEnvironmentNames(sides: {
  readonly source: string;
  readonly target: string;
}): EnvironmentNames {
  return {
    KAFKA_BROKERS: 'kafka.brokers',
    KAFKA_CLIENT_ID: 'kafka.clientId',
    SCHEMA_REGISTRY_URL: 'schemaRegistry.url',
    CONNECT_URL: 'connect.url',
    ...databaseEnvironmentNames(sides.source, 'source'),
    ...databaseEnvironmentNames(sides.target, 'target'),
    SYNC_MAX_RETRY_ATTEMPTS: 'retry.maxAttempts',
    LOG_LEVEL: 'logLevel',
    HOST: 'http.host',
    PORT: 'http.port',
  };
}
