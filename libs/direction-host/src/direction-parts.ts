import type { DirectionConfiguration } from '@rowbridge/config';
import type { ConfigurationOrigin } from '@rowbridge/control-protocol';
import type { KafkaConnection } from '@rowbridge/kafka';
import type { DirectionPlan, PairDeclaration } from '@rowbridge/mapping';
import type { DirectionMetrics, Logger } from '@rowbridge/observability';
import type { Clock } from '@rowbridge/pipeline';
import type { Breaker } from './breaker.js';
import type { DirectionState } from './direction-state.js';
import type { DirectionTally } from './direction-tally.js';
import type { HeldTables } from './held-tables.js';
import type { OpenDatabases } from './open-databases.js';
import type { PauseOrders } from './pause-orders.js';
import type { RuntimeConfiguration } from './runtime-configuration.js';
import type { SchemaWatch } from './schema-watch.js';
import type { UnmappedTables } from './unmapped-tables.js';

/** What a direction's process has before it reaches anything. */
export interface DirectionParts {
  readonly pair: PairDeclaration;
  readonly plan: DirectionPlan;
  /** From file and environment. What may change at run time is read from `settings`. */
  readonly configuration: DirectionConfiguration;
  readonly settings: RuntimeConfiguration;
  /** Where each key of `configuration` comes from, secrets masked. */
  readonly origins: readonly ConfigurationOrigin[];
  readonly pauses: PauseOrders;
  readonly logger: Logger;
  readonly metrics: DirectionMetrics;
  readonly tally: DirectionTally;
  readonly state: DirectionState;
  /** Address the process serves its health on. */
  readonly url: string;
}

/** What it works with once everything is reached. */
export interface DirectionReach {
  readonly kafka: KafkaConnection;
  readonly databases: OpenDatabases;
  readonly clock: Clock;
  readonly breaker: Breaker;
  readonly schema: DirectionSchema;
}

/** What keeps the mapping and the tables as they are now together. */
export interface DirectionSchema {
  readonly watch: SchemaWatch;
  readonly held: HeldTables;
  readonly unmapped: UnmappedTables;
}
