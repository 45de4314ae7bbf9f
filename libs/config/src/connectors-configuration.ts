import * as zod from 'zod';
import { brokersSchema, connectSchema } from './connection-schemas.js';
import type { EnvironmentNames } from './environment-overrides.js';
import { secret } from './secret.js';

const capturedDatabaseSchema = zod
  .strictObject({
    engine: zod.enum(['postgres', 'mysql', 'mariadb']).describe('Kind of server.'),
    host: zod
      .string()
      .min(1)
      .default('127.0.0.1')
      .describe('Host name or address, as Kafka Connect sees it.'),
    port: zod.int().min(1).max(65_535).optional().describe('Port; 5432 or 3306 when left out.'),
    database: zod.string().min(1).describe('Database.'),
    captureUser: zod.string().min(1).describe('User the connector reads the log as.'),
    capturePassword: secret('Password of that user.'),
  })
  .transform((database) => ({
    ...database,
    port: database.port ?? (database.engine === 'postgres' ? 5432 : 3306),
  }));

/** What the connectors of a pair are declared with, whatever its two sides are named. */
export function connectorsConfigurationSchema<Side extends string>(
  sides: readonly Side[],
): zod.ZodObject<
  {
    kafka: zod.ZodObject<{ brokers: typeof brokersSchema }, zod.core.$strict>;
    connect: typeof connectSchema;
    logOrigin: zod.ZodDefault<zod.ZodEnum<{ auto: 'auto'; off: 'off' }>>;
    databases: zod.ZodObject<Record<Side, typeof capturedDatabaseSchema>, zod.core.$strict>;
  },
  zod.core.$strict
> {
  const databases = Object.fromEntries(sides.map((side) => [side, capturedDatabaseSchema])) as Record<
    Side,
    typeof capturedDatabaseSchema
  >;
  return zod.strictObject({
    kafka: zod.strictObject({ brokers: brokersSchema }),
    connect: connectSchema,
    logOrigin: zod
      .enum(['auto', 'off'])
      .default('auto')
      .describe(
        'Leave out what sync services wrote, where the server can tell; off: the source column guards.',
      ),
    databases: zod.strictObject(databases),
  });
}

export type ConnectorsConfiguration<Side extends string> = zod.output<
  ReturnType<typeof connectorsConfigurationSchema<Side>>
>;

const databaseKeys = {
  ENGINE: 'engine',
  HOST: 'host',
  PORT: 'port',
  DATABASE: 'database',
  CAPTURE_USER: 'captureUser',
  CAPTURE_PASSWORD: 'capturePassword',
} as const;

/** Environment variables besides the generic ones: `DB_<SIDE>_HOST` and the like, as the directions know them. */
export function connectorsEnvironmentNames(sides: readonly string[]): EnvironmentNames {
  const databases = sides.flatMap((side) =>
    Object.entries(databaseKeys).map(([name, key]) => [
      `DB_${side.replaceAll('-', '_').toUpperCase()}_${name}`,
      `databases.${side}.${key}`,
    ]),
  );
  return {
    KAFKA_BROKERS: 'kafka.brokers',
    CONNECT_URL: 'connect.url',
    ...(Object.fromEntries(databases) as Record<string, string>),
  };
}
