import * as zod from 'zod';
import type { EnvironmentNames } from './environment-overrides.js';
import { secret } from './secret.js';

const httpUrl = (description: string, example: string): zod.ZodURL =>
  zod.url({ protocol: /^https?$/ }).meta({ description, examples: [example] });

/** How a server's connection is encrypted, and what it is verified by. */
export const tlsSchema = zod.strictObject({
  enabled: zod.boolean().default(false).describe('Encrypt the connection and verify the server.'),
  caFile: zod
    .string()
    .min(1)
    .optional()
    .describe(
      'PEM file of the authority that signed the server certificate; those that Node.js trusts without it.',
    ),
  serverName: zod
    .string()
    .min(1)
    .optional()
    .describe('Name the certificate must carry, where it is not the host.'),
});

/** How to reach one database. */
export const databaseConnectionSchema = zod
  .strictObject({
    engine: zod.enum(['postgres', 'mysql', 'mariadb']).describe('Kind of server.'),
    host: zod.string().min(1).default('127.0.0.1').describe('Host name or address.'),
    port: zod
      .int()
      .min(1)
      .max(65_535)
      .optional()
      .describe('Port; 5432 for postgres and 3306 for mysql and mariadb when left out.'),
    database: zod.string().min(1).describe('Database.'),
    user: zod.string().min(1).describe('User of the sync service, not of an application.'),
    password: secret('Password of the user.'),
    epoch: zod
      .int()
      .min(1)
      .max(1_000_000)
      .default(1)
      .describe('Raised by one when the server was replaced or restored.'),
    tls: tlsSchema.prefault({}),
  })
  .transform((connection) => ({
    ...connection,
    port: connection.port ?? (connection.engine === 'postgres' ? 5432 : 3306),
  }));

/** How to reach one database; the password is a {@link Secret}. */
export type DatabaseConnection = zod.output<typeof databaseConnectionSchema>;

/** Kafka brokers to start from, as `host:port`. */
export const brokersSchema = zod
  .array(zod.string().regex(/^[^\s:/]+:\d+$|^\[[0-9a-fA-F:]+\]:\d+$/))
  .min(1)
  .meta({ description: 'Brokers to start from.', examples: ['127.0.0.1:9092'] });

export const schemaRegistrySchema = zod.strictObject({
  url: httpUrl(
    'Address of the schema registry (the API compatible with Confluent).',
    'http://127.0.0.1:8082/apis/ccompat/v7',
  ),
});

export const connectSchema = zod.strictObject({
  url: httpUrl('Address of Kafka Connect.', 'http://127.0.0.1:8083'),
});

export const logLevelSchema = zod
  .enum(['debug', 'info', 'warn', 'error', 'fatal'])
  .default('info')
  .describe('Least severe log line that is written.');

const databaseKeys = ['engine', 'host', 'port', 'database', 'user', 'password', 'epoch'] as const;

/**
 * Environment variables of one database: `DB_LEGACY_HOST` and the like.
 * @param side the database's name in its pair
 * @param path of its group of keys
 */
export function databaseEnvironmentNames(side: string, path: string): EnvironmentNames {
  const prefix = `DB_${side.replaceAll('-', '_').toUpperCase()}`;
  return Object.fromEntries(databaseKeys.map((key) => [`${prefix}_${key.toUpperCase()}`, `${path}.${key}`]));
}
