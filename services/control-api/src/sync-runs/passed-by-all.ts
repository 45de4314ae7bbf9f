import { binlogPosition, postgresPosition, type SourcePosition } from '@rowbridge/change-event';
import {
  readMysqlLogEnd,
  readMysqlServer,
  readPostgresLogEnd,
  runOnMysql,
  runOnPostgres,
} from '@rowbridge/database-access';
import type { ConnectClient, SourceOffset } from 'debezium-connect-client';
import { readAppliedShare, readTopicMarks, type OffsetReader } from './applied-progress.js';
import type { SyncedDatabase, SyncedDirection } from './synced-system.js';

export interface PassingPorts {
  readonly connect: Pick<ConnectClient, 'committedSourceOffset'>;
  readonly offsets: OffsetReader;
  /** Waits before asking again; rejects when the work is given up. */
  readonly pause: () => Promise<void>;
  /** Told that what is waited for has come nearer. */
  readonly onProgress: () => void;
}

/** Positions of one server are compared with each other alone, so any epoch does. */
const epoch = 0;

/**
 * Waits until whatever was committed in any of the directions' sources before the call has been dealt with by the
 * direction that carries it: written, found equal, or listed for a second look.
 * @param entity whose topics count
 * @throws RowbridgeError, ConnectRequestError for what does not answer
 */
export async function waitUntilPassedByAll(
  directions: readonly SyncedDirection[],
  entity: string,
  ports: PassingPorts,
): Promise<void> {
  const { connect, offsets } = ports;
  const noted = await Promise.all(directions.map(({ source }) => readLogEnd(source)));
  for (const [index, { connector }] of directions.entries()) {
    const end = noted[index] ?? '';
    const isPassed = (committed: SourcePosition | null): boolean => committed !== null && committed >= end;
    await untilReached(
      async () => positionOf(await connect.committedSourceOffset(connector)),
      isPassed,
      ports,
    );
  }
  for (const { plan } of directions) {
    const topics = plan.tables.filter((table) => table.entity === entity).map(({ topic }) => topic);
    const marks = { topics, from: {}, to: await readTopicMarks(offsets, topics) };
    const readShare = (): Promise<number> => readAppliedShare(offsets, plan, marks);
    await untilReached(readShare, (share) => share === 1, ports);
  }
}

/** Looks again until the place is the one that is waited for. */
export async function untilReached<Place>(
  look: () => Promise<Place>,
  isReached: (place: Place) => boolean,
  { pause, onProgress }: Pick<PassingPorts, 'pause' | 'onProgress'>,
): Promise<void> {
  let last = await look();
  while (!isReached(last)) {
    await pause();
    const place = await look();
    if (place !== last) onProgress();
    last = place;
  }
}

async function readLogEnd(database: SyncedDatabase): Promise<SourcePosition> {
  if (database.family === 'postgres') return readPostgresLogEnd(runOnPostgres(database.client), epoch);
  const run = runOnMysql(database.client);
  return readMysqlLogEnd(run, await readMysqlServer(run), epoch);
}

/** Null while the connector has none to tell. */
function positionOf(offset: SourceOffset | null): SourcePosition | null {
  if (offset === null || offset.snapshotting) return null;
  return offset.engine === 'postgres'
    ? postgresPosition(epoch, BigInt(offset.lsn))
    : binlogPosition(epoch, { file: offset.file, position: BigInt(offset.pos) });
}
