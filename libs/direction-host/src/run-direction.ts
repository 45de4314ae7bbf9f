import {
  directionConfigurationSchema,
  directionEnvironmentNames,
  explainConfiguration,
  loadConfiguration,
  type ConfigurationSources,
} from '@rowbridge/config';
import { exitCodeFor, RowbridgeError } from '@rowbridge/errors';
import {
  deriveDirectionPlan,
  verifyPair,
  type DirectionPlan,
  type PairDeclaration,
} from '@rowbridge/mapping';
import { createDirectionMetrics, createLogger, startHealthServer } from '@rowbridge/observability';
import { openDirection, type OpenDirection } from './direction.js';
import { DirectionHealth } from './direction-health.js';
import { DirectionState } from './direction-state.js';
import { DirectionTally } from './direction-tally.js';
import { PauseOrders } from './pause-orders.js';
import { RuntimeConfiguration } from './runtime-configuration.js';
import { withStartRetries } from './start-retries.js';
import { watchedCertificates } from './watched-certificates.js';

/** One direction as its service declares it. */
export interface DirectionDefinition {
  readonly pair: PairDeclaration;
  readonly sourceSide: string;
}

/**
 * Runs one direction until SIGTERM or SIGINT, then drains and ends the process with 0. Ends it with 2 for a bad
 * configuration and 3 for what cannot be reached, each with one message that says what, where and what to do.
 */
export async function runDirection(definition: DirectionDefinition): Promise<void> {
  try {
    await run(definition);
  } catch (error) {
    process.stderr.write(
      `${error instanceof RowbridgeError ? error.message : String((error as Error).stack ?? error)}\n`,
    );
    process.exitCode = error instanceof RowbridgeError ? exitCodeFor(error.code) : 1;
    process.exit();
  }
}

async function run({ pair, sourceSide }: DirectionDefinition): Promise<void> {
  const faults = verifyPair(pair);
  if (faults.length > 0) throw new RowbridgeError('invalid_configuration', faults.join('; '));
  const plan = deriveDirectionPlan(pair, sourceSide);
  const sources = configurationSources(plan);
  const configuration = loadConfiguration(sources);
  const logger = createLogger({
    name: plan.name,
    level: configuration.logLevel,
    bindings: { direction: plan.name },
  });
  const metrics = createDirectionMetrics(plan.name, watchedCertificates(configuration));
  const pauses = new PauseOrders({ plan, logger });
  const settings = new RuntimeConfiguration({ direction: plan.name, configuration, logger });
  const state = new DirectionState(logger, () => pauses.isDirectionPaused);
  const health = new DirectionHealth(state, pauses, () => settings.current.health.lagThresholdMs / 1000);
  const server = await startHealthServer({
    ...configuration.http,
    registry: metrics.registry,
    ...health.endpoints,
  });
  logger.info({ url: server.url, operation: 'listen' }, `Listening on ${server.url}`);

  const stopping = new AbortController();
  let direction: OpenDirection | null = null;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (stopping.signal.aborted) return;
    stopping.abort();
    logger.info({ signal, operation: 'drain' }, 'Draining');
    const limit = setTimeout(() => process.exit(1), configuration.drainTimeoutMs);
    try {
      await direction?.drain();
      await server.close();
      clearTimeout(limit);
      process.exit(0);
    } catch (error) {
      logger.error({ err: error, operation: 'drain' }, 'Draining failed; what was not committed comes again');
      process.exit(1);
    }
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end(signal));

  const origins = explainConfiguration(sources);
  const own = { settings, origins, pauses, metrics, state, tally: new DirectionTally(), url: server.url };
  const parts = { pair, plan, configuration, logger, ...own };
  direction = await withStartRetries(() => openDirection(parts), {
    timeoutMs: configuration.startTimeoutMs,
    logger,
    signal: stopping.signal,
  }).catch((error: unknown) => {
    // Interrupted: the signal's own handler ends the process, with its own exit code.
    if (stopping.signal.aborted) return null;
    throw error;
  });
  if (direction === null) return;
  health.watch(direction);
  if (!stopping.signal.aborted) await direction.start();
}

/** The YAML file named by `ROWBRIDGE_CONFIG`, if any, and the environment over it. */
function configurationSources(
  plan: DirectionPlan,
): ConfigurationSources<typeof directionConfigurationSchema> {
  const { ROWBRIDGE_CONFIG: file, ...environment } = process.env;
  return {
    schema: directionConfigurationSchema,
    file,
    environment: { ROWBRIDGE_DIRECTION: plan.name, ...environment },
    environmentNames: directionEnvironmentNames({ source: plan.source.name, target: plan.target.name }),
  };
}
