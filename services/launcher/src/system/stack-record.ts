import type { RunningStack } from '@rowbridge/embedded-stack';
import type { ControlApiService } from './control-api-service.js';
import type { PairDatabase, PairDatabases } from './pair-databases.js';
import type { ServiceProcess } from './service-process.js';

export interface StackRecordParts {
  readonly system: string;
  readonly stack: RunningStack;
  readonly databases: PairDatabases;
  readonly services: readonly ServiceProcess[];
  readonly controlApi: Pick<ControlApiService, 'url' | 'token'>;
}

/** What `.rowbridge/stack.json` says of a running system; it holds the applications' passwords and the token of the control API. */
export function stackRecord({
  system,
  stack,
  databases,
  services,
  controlApi,
}: StackRecordParts): Readonly<Record<string, unknown>> {
  return {
    system,
    kafka: { brokers: stack.kafka.brokers },
    connect: { url: stack.connect.url },
    schemaRegistry: { url: stack.schemaRegistry.confluentUrl },
    databases: { legacy: databaseRecord(databases.legacy), revamp: databaseRecord(databases.revamp) },
    services: Object.fromEntries(
      services.map((service) => [service.name, { pid: service.processId ?? null, url: service.url }]),
    ),
    controlApi: { url: controlApi.url, token: controlApi.token },
  };
}

function databaseRecord(database: PairDatabase): Readonly<Record<string, string>> {
  return { engine: database.engine, version: database.version, url: database.applicationUrl };
}
