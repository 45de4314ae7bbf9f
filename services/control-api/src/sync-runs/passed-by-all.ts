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
  { connect, offsets, pause }: PassingPorts,
): Promise<void> {
  const noted = await Promise.all(directions.map(({ source }) => readLogEnd(source)));
  for (const [index, { connector }] of directions.entries()) {
    while (!isCommitted(await connect.committedSourceOffset(connector), noted[index] ?? '')) await pause();
  }
  for (const { plan } of directions) {
    const topics = plan.tables.filter((table) => table.entity === entity).map(({ topic }) => topic);
    const marks = { topics, from: {}, to: await readTopicMarks(offsets, topics) };
    while ((await readAppliedShare(offsets, plan, marks)) < 1) await pause();
  }
}

async function readLogEnd(database: SyncedDatabase): Promise<SourcePosition> {
  if (database.family === 'postgres') return readPostgresLogEnd(runOnPostgres(database.client), epoch);
  const run = runOnMysql(database.client);
  return readMysqlLogEnd(run, await readMysqlServer(run), epoch);
}

function isCommitted(offset: SourceOffset | null, noted: SourcePosition): boolean {
  if (offset === null || offset.snapshotting) return false;
  const committed =
    offset.engine === 'postgres'
      ? postgresPosition(epoch, BigInt(offset.lsn))
      : binlogPosition(epoch, { file: offset.file, position: BigInt(offset.pos) });
  return committed >= noted;
}
