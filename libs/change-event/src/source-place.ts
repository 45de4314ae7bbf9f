import type { SnapshotKind } from './change-event.js';
import { integerField, stringField } from './column-converter.js';
import type { StructValue } from './column-shape.js';
import type { ConnectorSource } from './envelope.js';
import { undecodable } from './record-fault.js';
import { binlogPosition, formatSourcePosition, postgresPosition } from './source-position.js';
import type { SourcePosition } from './source-position.js';

/** Where in its source's log a change lies. */
export interface SourcePlace {
  readonly position: SourcePosition;
  /** Null for snapshot reads, and where the source does not tell. */
  readonly commitPosition: SourcePosition | null;
  /** What of the place joins the event id: the position, with the transaction where known. */
  readonly identity: readonly string[];
}

/**
 * Reads the place from Debezium's `source` block. A snapshot read without one gets the position before all others.
 * @throws RowbridgeError `undecodable` when a live change names no position
 */
export function readPlace(
  source: StructValue,
  connector: ConnectorSource,
  snapshot: SnapshotKind,
): SourcePlace {
  const place =
    connector.engineFamily === 'postgres'
      ? readPostgresPlace(source, connector.epoch)
      : readBinlogPlace(source, connector.epoch);
  if (place) return snapshot === 'live' ? place : { ...place, commitPosition: null };
  if (snapshot === 'live') throw undecodable('the source block names no log position');
  const position = formatSourcePosition({ epoch: connector.epoch, major: 0n, middle: 0n, minor: 0 });
  return { position, commitPosition: null, identity: [position] };
}

function readPostgresPlace(source: StructValue, epoch: number): SourcePlace | null {
  const lsn = integerField(source, 'lsn');
  if (lsn === null) return null;
  const position = postgresPosition(epoch, lsn);
  const commitLsn = readSequence(stringField(source, 'sequence'));
  return {
    position,
    commitPosition: commitLsn === null ? null : postgresPosition(epoch, commitLsn),
    identity: [position, String(integerField(source, 'txId') ?? '')],
  };
}

/** `source.sequence` is a JSON array of two texts: the LSN of the last commit, which may be null, and the change's own. */
function readSequence(sequence: string | null): bigint | null {
  const digits = sequence === null ? undefined : /^\["(\d+)"/.exec(sequence)?.[1];
  return digits === undefined ? null : BigInt(digits);
}

function readBinlogPlace(source: StructValue, epoch: number): SourcePlace | null {
  const file = stringField(source, 'file');
  const offset = integerField(source, 'pos');
  if (file === null || file === '' || offset === null) return null;
  const row = Number(integerField(source, 'row') ?? 0n);
  const position = binlogPosition(epoch, { file, position: offset, row });
  return {
    position,
    commitPosition: binlogPosition(epoch, { file, position: offset }),
    identity: [position],
  };
}
