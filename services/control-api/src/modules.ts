import type { CreateModule } from './api-context.js';
import { deadLetterModule } from './dead-letters/dead-letters.routes.js';
import { auditModule } from './resources/audit.routes.js';
import { configurationModule } from './resources/configuration.routes.js';
import { conflictModule } from './resources/conflicts.routes.js';
import { connectorModule } from './resources/connectors.routes.js';
import { descriptionModule } from './resources/description.routes.js';
import { directionModule } from './resources/directions.routes.js';
import { healthModule } from './resources/health.routes.js';
import { lagModule } from './resources/lag.routes.js';
import { metricsModule } from './resources/metrics.routes.js';
import { streamTicketModule } from './resources/stream-ticket.routes.js';
import { syncRunsModule } from './sync-runs/sync-runs.routes.js';

/** The resources of the API, in the order they are described in. */
export const createModules: readonly CreateModule[] = [
  healthModule,
  metricsModule,
  directionModule,
  lagModule,
  syncRunsModule,
  connectorModule,
  conflictModule,
  configurationModule,
  deadLetterModule,
  auditModule,
  streamTicketModule,
  descriptionModule,
];
