import type { SnapshotKind } from './change-event.js';
import { integerField, stringField } from './column-converter.js';
import type { StructValue } from './column-shape.js';
import type { ConnectorSource } from './envelope.js';
import { undecodable } from './record-fault.js';
import { binlogPosition, formatSourcePosition, postgresPosition, withMinor } from './source-position.js';
import type { SourcePosition } from './source-position.js';

/** Where in its source's log a change lies. */
export interface SourcePlace {
  readonly position: SourcePosition;
  /** Null for snapshot reads, and where the source does not tell. */
  readonly commitPosition: SourcePosition | null;
  /** What of the place joins the event id: the position, with the transaction, after U+0000, where known. */
  readonly identity: string;
}

/**
 * Reads the place from Debezium's `source` block. A read of PostgreSQL's incremental snapshot names none of its own, but
 * in `sequence` how far the log had been read (seen at 3.5.0): every earlier change of the row lies at or before that.
 * A snapshot read without either gets the position before all others.
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
  const reached = readReached(stringField(source, 'sequence'));
  const position =
    reached === null
      ? formatSourcePosition({ epoch: connector.epoch, major: 0, middle: 0, minor: 0 })
      : postgresPosition(connector.epoch, reached);
  return { position, commitPosition: null, identity: position };
}

function readPostgresPlace(source: StructValue, epoch: number): SourcePlace | null {
  const lsn = integerField(source, 'lsn');
  if (lsn === null) return null;
  const position = postgresPosition(epoch, lsn);
  return {
    position,
    commitPosition: readSequence(stringField(source, 'sequence'), epoch),
    identity: `${position}\0${integerField(source, 'txId') ?? ''}`,
  };
}

let latestCommit: { digits: string; epoch: number; position: SourcePosition } | null = null;

/**
 * `source.sequence` is a JSON array of two texts: the LSN of the last commit, which may be null, and the change's own.
 * All changes of a transaction have the same commit before them: its position is made once.
 */
function readSequence(sequence: string | null, epoch: number): SourcePosition | null {
  const digits = sequence === null ? undefined : /^\["(\d+)"/.exec(sequence)?.[1];
  if (digits === undefined) return null;
  if (latestCommit?.digits !== digits || latestCommit.epoch !== epoch) {
    const lsn = digits.length < 16 ? Number(digits) : BigInt(digits);
    latestCommit = { digits, epoch, position: postgresPosition(epoch, lsn) };
  }
  return latestCommit.position;
}

/** The second of the two texts. */
function readReached(sequence: string | null): bigint | null {
  const digits = sequence === null ? undefined : /"(\d+)"\]$/.exec(sequence)?.[1];
  return digits === undefined ? null : BigInt(digits);
}

function readBinlogPlace(source: StructValue, epoch: number): SourcePlace | null {
  const file = stringField(source, 'file');
  const offset = integerField(source, 'pos');
  if (file === null || file === '' || offset === null) return null;
  const row = Number(integerField(source, 'row') ?? 0);
  const position = binlogPosition(epoch, { file, position: offset, row });
  return { position, commitPosition: row === 0 ? position : withMinor(position, 0), identity: position };
}
