import { signalTopic, tablePattern } from '@rowbridge/connectors';
import type { SyncPlan, SyncTrigger } from '@rowbridge/control-protocol';
import { readCatalog, type CatalogTable } from '@rowbridge/database-access';
import type { TablePlan } from '@rowbridge/mapping';
import { askDependency, RequestProblem } from '../http/request-problem.js';
import { KeyFilterError, keyFilterSql, keyFilterWords, type FilterColumn } from './key-filter.js';
import { estimateRows } from './source-estimate.js';
import type { SyncedDirection, SyncedSystem } from './synced-system.js';

/** What one connector is asked to read. */
export interface DirectionSnapshot {
  readonly direction: SyncedDirection;
  readonly topic: string;
  readonly topicPrefix: string;
  readonly tables: readonly TableSnapshot[];
}

export interface TableSnapshot {
  readonly plan: TablePlan;
  /** As Debezium is told: a regular expression that matches this table alone. */
  readonly dataCollection: string;
  /** SQL that picks rows, or null for all of them. Holds values: never shown or logged. */
  readonly condition: string | null;
  readonly estimatedRows: number;
}

/** A request made sure of: its names exist, its filter can be run. */
export interface RunPlan {
  readonly request: SyncTrigger;
  readonly filterWords: readonly string[] | null;
  readonly snapshots: readonly DirectionSnapshot[];
}

/**
 * Resolves a request against the pair and the source's catalog, and counts what would be read.
 * @throws RequestProblem `request_invalid` with pointers into the body; 503 where a database does not answer
 */
export async function planRun(system: SyncedSystem, request: SyncTrigger): Promise<RunPlan> {
  const directions = pickDirections(system, request.directions);
  const entities = pickEntities(directions, request.tables);
  requireSoundReset(request);
  requireOneTable(request, directions, entities);
  const snapshots = await Promise.all(
    directions.map(async (direction): Promise<DirectionSnapshot> => {
      const { topicPrefix } = direction.plan.source;
      const wanted = direction.plan.tables.filter(({ entity }) => entities.includes(entity));
      const tables = await askDependency(`database ${direction.plan.source.name}`, () =>
        snapshotTables(direction, wanted, request),
      );
      return { direction, topic: signalTopic(topicPrefix), topicPrefix, tables };
    }),
  );
  return { request, filterWords: request.filter ? keyFilterWords(request.filter) : null, snapshots };
}

/** The plan as it is shown: without the values of the filter. */
export function shownPlan({ request, filterWords, snapshots }: RunPlan): SyncPlan {
  return {
    reset: request.reset,
    estimatedRows: snapshots
      .flatMap(({ tables }) => tables)
      .reduce((sum, { estimatedRows }) => sum + estimatedRows, 0),
    signals: snapshots.map(({ direction, topic, topicPrefix, tables }) => ({
      direction: direction.plan.name,
      connector: direction.connector,
      topic,
      key: topicPrefix,
      data: {
        type: 'INCREMENTAL' as const,
        dataCollections: tables.map(({ dataCollection }) => dataCollection),
        additionalConditions: [...(filterWords ?? [])],
      },
      tables: tables.map(({ plan, estimatedRows }) => ({ table: plan.entity, estimatedRows })),
    })),
  };
}

function pickDirections(
  { directions }: SyncedSystem,
  names: readonly string[] | undefined,
): readonly SyncedDirection[] {
  const known = directions.map(({ plan }) => plan.name);
  requireKnown('directions', names ?? [], known);
  return directions.filter(({ plan }) => names === undefined || names.includes(plan.name));
}

function pickEntities(
  directions: readonly SyncedDirection[],
  names: readonly string[] | undefined,
): readonly string[] {
  const known = [...new Set(directions.flatMap(({ plan }) => plan.tables.map(({ entity }) => entity)))];
  requireKnown('tables', names ?? [], known);
  return names ?? known;
}

function requireKnown(member: string, names: readonly string[], known: readonly string[]): void {
  const places = names.flatMap((name, index) =>
    known.includes(name)
      ? []
      : [{ in: 'body' as const, pointer: `/${member}/${index}`, detail: `one of ${known.join(', ')}` }],
  );
  if (places.length > 0) throw new RequestProblem('request_invalid', `unknown ${member}`, { places });
}

function refuse(pointer: string, detail: string): RequestProblem {
  return new RequestProblem('request_invalid', detail, { places: [{ in: 'body', pointer, detail }] });
}

function requireSoundReset({ reset, filter }: SyncTrigger): void {
  if (reset && filter !== undefined) {
    throw refuse('/filter', 'a reset compares whole tables: leave the filter out, or the reset');
  }
}

function requireOneTable(
  { filter }: SyncTrigger,
  directions: readonly SyncedDirection[],
  entities: readonly string[],
): void {
  if (filter === undefined) return;
  if (directions.length !== 1)
    throw refuse('/directions', 'a filter names columns of one side: give one direction');
  if (entities.length !== 1) throw refuse('/tables', 'a filter names columns of one table: give one table');
}

async function snapshotTables(
  direction: SyncedDirection,
  wanted: readonly TablePlan[],
  { filter }: SyncTrigger,
): Promise<readonly TableSnapshot[]> {
  const { source } = direction;
  const catalog = await readCatalog(
    source,
    wanted.map((table) => table.source),
  );
  const tables: TableSnapshot[] = [];
  for (const plan of wanted) {
    const known = catalog.find(
      ({ table, schema }) => table === plan.source.table && schema === plan.source.schema,
    );
    if (known === undefined)
      throw refuse('/tables', `${plan.source.schema}.${plan.source.table} does not exist`);
    const condition =
      filter === undefined ? null : conditionOf(filter, { plan, known, family: source.family });
    tables.push({
      plan,
      dataCollection: tablePattern(plan.source.schema, plan.source.table),
      condition,
      estimatedRows: await estimateRows(source, plan.source, condition),
    });
  }
  return tables;
}

interface FilteredTable {
  readonly plan: TablePlan;
  readonly known: CatalogTable;
  readonly family: SyncedDirection['source']['family'];
}

function conditionOf(
  filter: NonNullable<SyncTrigger['filter']>,
  { plan, known, family }: FilteredTable,
): string {
  const typeOf = (name: string): FilterColumn['type'] | undefined =>
    plan.source.key.includes(name)
      ? plan.source.keyTypes[plan.source.key.indexOf(name)]
      : plan.columns.find(({ source }) => source === name)?.type;
  try {
    return keyFilterSql(filter, family, (name) => {
      const type = typeOf(name);
      const catalog = known.columns.find((column) => column.name === name);
      return type !== undefined && catalog !== undefined ? { type, catalog } : undefined;
    });
  } catch (error) {
    if (error instanceof KeyFilterError) throw refuse(`/filter${error.place}`, error.message);
    throw error;
  }
}
