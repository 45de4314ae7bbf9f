import type { ControlApiConfiguration } from '@rowbridge/config';
import type { DirectionStatus, PauseOrder, RuntimeSettings } from '@rowbridge/control-protocol';
import type { ControlStore } from '@rowbridge/control-store';
import type { MysqlPool, PostgresPool } from '@rowbridge/database-access';
import type { KafkaConnection, TopicFollower } from '@rowbridge/kafka';
import type { DirectionPlan } from '@rowbridge/mapping';
import type { Logger } from '@rowbridge/observability';
import type { ConnectClient } from 'debezium-connect-client';
import type { Registry } from 'prom-client';
import type { ApiDescription } from './api-description.js';
import type { AuditTrail } from './audit-trail.js';
import type { Route } from './http/route.js';
import type { StreamTickets } from './http/stream-tickets.js';
import type { CompactedView } from './state/compacted-view.js';
import type { DirectionBoard } from './state/direction-board.js';
import type { LagMeter } from './state/lag-meter.js';
import type { LastingLink } from './state/lasting-link.js';

/** Connections to one database, handed out as they are needed. */
export type PooledDatabase =
  | { readonly family: 'postgres'; readonly client: PostgresPool }
  | { readonly family: 'mysql'; readonly client: MysqlPool };

/** One database of the pair. */
export interface SideDatabase {
  readonly side: string;
  readonly connection: PooledDatabase;
  close(): Promise<void>;
}

/** What resources see and steer with. Links may be down: their `require` then answers 503 with their name. */
export interface ApiContext {
  readonly configuration: ControlApiConfiguration;
  /** Both directions of the pair. */
  readonly plans: readonly DirectionPlan[];
  /** Name of the connector that reads a side's database, by side. */
  readonly connectorBySide: ReadonlyMap<string, string>;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly kafka: LastingLink<KafkaConnection>;
  readonly store: LastingLink<ControlStore>;
  readonly connect: ConnectClient;
  readonly databases: readonly SideDatabase[];
  /** Open once the three views below have caught up. */
  readonly following: LastingLink<TopicFollower>;
  readonly statuses: CompactedView<DirectionStatus>;
  readonly pauseOrders: CompactedView<PauseOrder>;
  readonly runtimeSettings: CompactedView<RuntimeSettings>;
  readonly board: DirectionBoard;
  readonly lag: LagMeter;
  readonly audit: AuditTrail;
  readonly tickets: StreamTickets;
  readonly description: ApiDescription;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** A resource of the API: its routes, and what must run besides them. */
export interface ApiModule {
  readonly routes: readonly Route[];
  /** Begins background work; does not wait for anything outside. */
  start?(): void;
  close?(): Promise<void>;
}

export type CreateModule = (context: ApiContext) => ApiModule;
