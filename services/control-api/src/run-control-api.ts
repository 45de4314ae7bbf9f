import {
  controlApiConfigurationSchema,
  controlApiEnvironmentNames,
  loadConfiguration,
} from '@rowbridge/config';
import { exitCodeFor, RowbridgeError } from '@rowbridge/errors';
import type { PairDeclaration } from '@rowbridge/mapping';
import { createLogger } from '@rowbridge/observability';
import { collectDefaultMetrics } from 'prom-client';
import { serveControlApi } from './control-api.js';
import { createModules } from './modules.js';
import { openContext } from './open-context.js';

/** One pair and the names of its connectors. */
export interface ControlApiDefinition {
  readonly pair: PairDeclaration;
  /** Name of the connector that reads a side's database, by side. */
  readonly connectorBySide: ReadonlyMap<string, string>;
}

/**
 * Runs the control API of a pair until SIGTERM or SIGINT, then ends the process with 0. Ends it with 2 for a bad
 * configuration. What it needs may come and go: it answers 503 for that, and goes on with the rest.
 */
export async function runControlApi(definition: ControlApiDefinition): Promise<void> {
  try {
    await run(definition);
    process.exit();
  } catch (error) {
    const text = error instanceof RowbridgeError ? error.message : String((error as Error).stack ?? error);
    process.stderr.write(`${text}\n`);
    process.exit(error instanceof RowbridgeError ? exitCodeFor(error.code) : 1);
  }
}

async function run({ pair, connectorBySide }: ControlApiDefinition): Promise<void> {
  const sides = pair.sides.map(({ name }) => name);
  const { ROWBRIDGE_CONFIG: file, ...environment } = process.env;
  const configuration = loadConfiguration({
    schema: controlApiConfigurationSchema(sides),
    file: file === '' ? undefined : file,
    environment,
    environmentNames: controlApiEnvironmentNames(sides),
  });
  const logger = createLogger({ name: 'control-api', level: configuration.logLevel });
  const stopped = new Promise<void>((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });
  const { context, close } = openContext({ configuration, pair, connectorBySide, logger });
  collectDefaultMetrics({ register: context.registry });
  try {
    const api = await serveControlApi(context, createModules);
    await stopped;
    logger.info({ operation: 'stop' }, 'Stopping');
    await api.close();
  } finally {
    await close();
  }
}
