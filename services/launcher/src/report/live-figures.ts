import { countedSince, type CounterSnapshot } from '../system/counter-history.js';
import { histogramQuantile } from '../system/histogram-quantile.js';
import { readDurableProgress } from '../system/durable-progress.js';
import type { RunningSystem } from '../system/start-system.js';

export interface TableFigures {
  readonly name: string;
  readonly legacyRows: number;
  readonly revampRows: number;
  /** Rows written at the other side since the services started, by direction. */
  readonly moved: readonly number[];
}

export interface DirectionFigures {
  readonly name: string;
  readonly url: string;
  readonly isUp: boolean;
  readonly lagSeconds: { readonly p50: number | null; readonly p99: number | null };
  /** Own writes that came back and were recognised. */
  readonly echoes: number;
  readonly openLooks: number;
}

export interface LiveFigures {
  readonly tables: readonly TableFigures[];
  readonly directions: readonly DirectionFigures[];
}

const nothing: CounterSnapshot = new Map();

/** What the system has done since its services started, as it stands. */
export async function readLiveFigures(system: RunningSystem): Promise<LiveFigures> {
  const counted = new Map(
    system.directions.map(({ name }) => [
      name,
      countedSince(nothing, system.counters.get(name)?.snapshot() ?? nothing),
    ]),
  );
  const count = (direction: string, metric: string, labels: Readonly<Record<string, string>>): number =>
    (counted.get(direction) ?? [])
      .filter(
        (series) =>
          series.name === metric &&
          Object.entries(labels).every(([label, value]) => series.labels[label] === value),
      )
      .reduce((sum, { total }) => sum + total, 0);
  const [forward] = system.directions;
  const tables = await Promise.all(
    (forward?.tables ?? []).map(async (table): Promise<TableFigures> => {
      const [legacyRows, revampRows] = await countRows(system, table.source.table, table.target.table);
      const moved = system.directions.map(({ name }) =>
        count(name, 'sync_events_total', { table: table.entity, outcome: 'applied' }),
      );
      return { name: table.entity, legacyRows, revampRows, moved };
    }),
  );
  const { openLooks } = await readDurableProgress(system.databases);
  const directions = system.services.map(({ name, url, processId }): DirectionFigures => {
    const series = counted.get(name) ?? [];
    return {
      name,
      url,
      isUp: processId !== undefined,
      lagSeconds: {
        p50: histogramQuantile(series, 'sync_latency_seconds', 0.5),
        p99: histogramQuantile(series, 'sync_latency_seconds', 0.99),
      },
      echoes: count(name, 'sync_events_total', { outcome: 'echo' }),
      openLooks: openLooks.get(name) ?? 0,
    };
  });
  return { tables, directions };
}

async function countRows(
  { databases }: RunningSystem,
  legacyTable: string,
  revampTable: string,
): Promise<[legacy: number, revamp: number]> {
  const [legacy, [revamp]] = await Promise.all([
    databases.legacyPool.query<{ rows: string }>(`select count(*) as rows from public.${legacyTable}`),
    databases.revampPool.query({ sql: `select count(*) from ${revampTable}`, rowsAsArray: true }),
  ]);
  const [revampCount] = (revamp as unknown as readonly (readonly string[])[])[0] ?? [];
  return [Number(legacy.rows[0]?.rows), Number(revampCount)];
}
