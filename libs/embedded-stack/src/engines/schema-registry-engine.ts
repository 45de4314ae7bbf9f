import { join } from 'node:path';
import type { SchemaRegistryEndpoint } from '../stack-types.js';
import type { Engine, EngineContext } from './engine.js';
import { javaFlags, javaProgram, prepareJavaFolder, type JavaRuntime } from './java-launch.js';
import { answersHttp } from './network-probes.js';

export interface SchemaRegistryOptions extends EngineContext {
  installation: string;
  title: string;
  port: number;
  managementPort: number;
  java: JavaRuntime;
}

/** The registry's addresses for its three kinds of client. */
export function schemaRegistryEndpoint(port: number): SchemaRegistryEndpoint {
  const url = `http://127.0.0.1:${port}`;
  return { url, confluentUrl: `${url}/apis/ccompat/v7`, converterUrl: `${url}/apis/registry/v2` };
}

/**
 * Schemas lie in a database file, written at each commit: a schema id that is in a topic must never be lost or given
 * to another schema, whatever happens to this process.
 */
export function createSchemaRegistryEngine(options: SchemaRegistryOptions): Engine {
  const endpoint = schemaRegistryEndpoint(options.port);
  const settings = {
    'quarkus.http.host': '127.0.0.1',
    'quarkus.http.port': options.port,
    // On a kept connection the server now and then never answers a request that follows close upon another one. The
    // converter's client knows no time limit, and its connector would stand still for ever: each request gets a
    // connection of its own. There are few: clients keep the schemas they have seen.
    'quarkus.http.header.Connection.value': 'close',
    'quarkus.management.host': '127.0.0.1',
    'quarkus.management.port': options.managementPort,
    'quarkus.banner.enabled': 'false',
    'quarkus.log.console.color': 'false',
    'apicurio.datasource.url': `jdbc:h2:file:${join(options.folder, 'schemas')};WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE`,
    'apicurio.datasource.jdbc.initial-size': 2,
    'apicurio.datasource.jdbc.min-size': 2,
    'apicurio.datasource.jdbc.max-size': 20,
  };
  return {
    component: 'schemaRegistry',
    title: options.title,
    address: endpoint.url,
    after: [],
    readyTimeoutMs: 120_000,
    prepare: async () => {
      await prepareJavaFolder(options.folder);
    },
    launchSpecification: () => ({
      command: javaProgram(options.java),
      commandArguments: [
        ...javaFlags({
          runtime: options.java,
          archiveName: 'schema-registry',
          heapMegabytes: 512,
          folder: options.folder,
        }),
        // Start-up is nearly all it does, and the optimising compiler would take half of that.
        '-XX:TieredStopAtLevel=1',
        ...Object.entries(settings).map(([name, value]) => `-D${name}=${value}`),
        '-jar',
        join(options.installation, 'quarkus-run.jar'),
      ],
      environment: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', TZ: 'UTC' },
      workingDirectory: options.folder,
      logFile: options.logFile,
      stopSignal: 'TERM',
      stopTimeoutMs: 15_000,
    }),
    isReady: () => answersHttp(`${endpoint.confluentUrl}/subjects`),
  };
}

/**
 * Settings that make Kafka Connect write Avro in the Confluent wire format (magic byte, four-byte id) and register
 * each schema it meets; field names become valid Avro names.
 */
export function avroConverterSettings(endpoint: SchemaRegistryEndpoint): Record<string, string> {
  const converter = {
    '': 'io.apicurio.registry.utils.converter.AvroConverter',
    '.apicurio.registry.url': endpoint.converterUrl,
    '.apicurio.registry.auto-register': 'true',
    '.apicurio.registry.find-latest': 'true',
    '.apicurio.registry.as-confluent': 'true',
    '.apicurio.registry.headers.enabled': 'false',
    '.apicurio.registry.use-id': 'contentId',
  };
  const entries = ['key.converter', 'value.converter'].flatMap((side) =>
    Object.entries(converter).map(([name, value]) => [`${side}${name}`, value] as const),
  );
  return { ...Object.fromEntries(entries), 'schema.name.adjustment.mode': 'avro' };
}
