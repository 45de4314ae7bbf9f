import * as zod from 'zod';
import { readApiTokens } from './api-tokens.js';
import {
  brokersSchema,
  connectSchema,
  databaseConnectionSchema,
  databaseEnvironmentNames,
  logLevelSchema,
  schemaRegistrySchema,
  tlsSchema,
} from './connection-schemas.js';
import type { EnvironmentNames } from './environment-overrides.js';

const count = (least: number, greatest: number): zod.ZodInt => zod.int().min(least).max(greatest);
const megabyte = 1_048_576;

const httpSchema = zod.strictObject({
  host: zod.string().min(1).default('127.0.0.1').describe('Address the API listens on.'),
  port: count(0, 65_535).default(8_080).describe('Port the API listens on; 0 for any free one.'),
  corsOrigins: zod
    .array(zod.url({ protocol: /^https?$/ }))
    .default([])
    .meta({
      description: 'Origins whose pages may call the API from a browser; none unless listed.',
      examples: ['https://console.example.test'],
    }),
  trustedProxies: count(0, 10)
    .default(0)
    .describe('Proxies in front that add to X-Forwarded-For; the address before them counts as the caller.'),
  bodyLimitBytes: count(1_024, 16 * megabyte)
    .default(65_536)
    .describe('Largest body of a request, where the operation names no other.'),
  streamHeartbeatMs: count(1_000, 300_000)
    .default(15_000)
    .describe('Time between two signs of life on an idle stream.'),
});

const rateLimitSchema = zod.strictObject({
  windowMs: count(100, 3_600_000).default(60_000).describe('Time over which requests are counted.'),
  requests: count(1, 10_000_000)
    .default(30_000)
    .describe(
      'Most requests of one token from one address, or of one address without a token, in that time.',
    ),
  failedAuthentications: count(1, 1_000_000)
    .default(60)
    .describe('Most requests with a wrong or missing token from one address in that time.'),
});

/** Everything the control API is told from outside, for the pair of the two named sides. */
export function controlApiConfigurationSchema<Side extends string>(
  sides: readonly Side[],
): ControlApiSchema<Side> {
  const databases = Object.fromEntries(sides.map((side) => [side, databaseConnectionSchema])) as Record<
    Side,
    typeof databaseConnectionSchema
  >;
  return zod.strictObject({ ...fixedKeys, databases: zod.strictObject(databases) });
}

const fixedKeys = {
  kafka: zod.strictObject({
    brokers: brokersSchema,
    clientId: zod
      .string()
      .min(1)
      .default('rowbridge-control-api')
      .describe('Name shown in the logs of the brokers.'),
  }),
  connect: connectSchema,
  schemaRegistry: schemaRegistrySchema,
  controlStore: zod
    .strictObject({
      url: zod
        .string()
        .min(1)
        .default('sqlite:rowbridge-control.db')
        .meta({
          description:
            'Where history, the dead letter index and the audit log lie: a SQLite file, or a MySQL or PostgreSQL database.',
          examples: ['sqlite:/var/lib/rowbridge/control.db', 'postgres://user:password@host:5432/control'],
          writeOnly: true,
        }),
      tls: tlsSchema.prefault({}),
    })
    .prefault({}),
  tokens: zod
    .string()
    .min(1)
    .meta({
      description:
        'Tokens of the API, one a line or separated by semicolons: name, scopes (read, operate, replay, unmask) joined by commas, and the token or sha256: with its digest.',
      writeOnly: true,
    })
    .transform(readApiTokens),
  http: httpSchema.prefault({}),
  rateLimit: rateLimitSchema.prefault({}),
  deadLetters: zod
    .strictObject({
      topic: zod
        .string()
        .min(1)
        .default('sync.dlq')
        .meta({
          description: 'Topic of the dead letters, as the directions write it.',
          examples: ['sync.dlq'],
        }),
      replaysPerSecond: count(1, 100_000)
        .default(1_000)
        .describe('Most dead letters replayed in a second, where the request asks for no fewer.'),
    })
    .prefault({}),
  health: zod
    .strictObject({
      lagThresholdMs: count(1_000, 86_400_000)
        .default(300_000)
        .describe('Lag of any direction above which /health answers 503.'),
    })
    .prefault({}),
  logLevel: logLevelSchema,
};

type ControlApiSchema<Side extends string> = zod.ZodObject<
  typeof fixedKeys & { databases: zod.ZodObject<Record<Side, typeof databaseConnectionSchema>> },
  zod.core.$strict
>;

/** The configuration of the control API, with all defaults filled in. */
export type ControlApiConfiguration<Side extends string = string> = zod.output<ControlApiSchema<Side>>;

/** Environment variables of the control API besides the generic ones; those of databases are the directions' own. */
export function controlApiEnvironmentNames(sides: readonly string[]): EnvironmentNames {
  return {
    KAFKA_BROKERS: 'kafka.brokers',
    SCHEMA_REGISTRY_URL: 'schemaRegistry.url',
    CONNECT_URL: 'connect.url',
    ...Object.assign({}, ...sides.map((side) => databaseEnvironmentNames(side, `databases.${side}`))),
    LOG_LEVEL: 'logLevel',
    HOST: 'http.host',
    PORT: 'http.port',
  };
}
