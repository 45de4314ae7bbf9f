import { RowbridgeError } from '@rowbridge/errors';
import type { ChangeEvent, RawRecord } from './change-event.js';
import type { RowKey } from './row-key.js';
import type { SourcePosition } from './source-position.js';

/**
 * Watches that a binlog source tells the changes of one row apart. Two settings keep a server from it: MariaDB from 11.4
 * on leaves the positions of row events out unless told otherwise, and MySQL gives all events of a compressed transaction
 * one position. Rows are counted anew in each event: a later change of a row then looks like an earlier one delivered
 * again, or like an older one, and would be lost without a trace.
 */
export class PlaceGuard {
  readonly #partitions = new Map<string, SharedPlace>();
  #latest: SharedPlace | null = null;

  /**
   * @throws RowbridgeError `preflight_failed` when a row changed before at the position of this change, which neither lies
   *   behind that nor is a change delivered again
   */
  check({ topic, partition, offset }: RawRecord, event: ChangeEvent): void {
    if (event.snapshot !== 'live') return;
    const shared = this.#placeOf(topic, partition);
    const { first } = shared;
    if (first === null || offset < shared.from || !event.position.startsWith(shared.place)) {
      shared.place = event.position.slice(0, -rowDigits);
      shared.from = offset;
      shared.first = event;
      shared.changes = null;
      return;
    }
    shared.changes ??= { byKey: new Map([[first.key, first]]), passed: new Map() };
    if (!remember(shared.changes, event)) throw refuseSource(event, topic);
  }

  #placeOf(topic: string, partition: number): SharedPlace {
    if (this.#latest?.topic === topic && this.#latest.partition === partition) return this.#latest;
    const name = `${topic}/${partition}`;
    const place = this.#partitions.get(name) ?? {
      topic,
      partition,
      place: '',
      from: 0n,
      first: null,
      changes: null,
    };
    this.#partitions.set(name, place);
    this.#latest = place;
    return place;
  }
}

/** A source position ends in the row's number within its event. */
const rowDigits = 8;

/** No event of a server as it should be set up has as many rows; what is beyond is forgotten. */
const mostRemembered = 20_000;

/** The place of the latest change of a partition. */
interface SharedPlace {
  readonly topic: string;
  readonly partition: number;
  /** The position without the row. */
  place: string;
  /** Offset of the first change that came from it. What is read again from before that begins anew. */
  from: bigint;
  first: ChangeEvent | null;
  /** Once a second change came from it. */
  changes: ChangesOfPlace | null;
}

interface ChangesOfPlace {
  /** The hindmost change of each row. */
  readonly byKey: Map<RowKey, ChangeEvent>;
  /** Those that lie before the hindmost of their row. */
  readonly passed: Map<string, ChangeEvent>;
}

/** Answers whether the change may have come from there. Changes are kept as they are: rarely are two compared. */
function remember({ byKey, passed }: ChangesOfPlace, event: ChangeEvent): boolean {
  if (byKey.size + passed.size >= mostRemembered) {
    byKey.clear();
    passed.clear();
  }
  const { key, position } = event;
  const hindmost = byKey.get(key);
  if (hindmost === undefined || position > hindmost.position) {
    if (hindmost) passed.set(changeName(key, hindmost.position), hindmost);
    byKey.set(key, event);
    return true;
  }
  const known = position === hindmost.position ? hindmost : passed.get(changeName(key, position));
  return known !== undefined && contentOf(known) === contentOf(event);
}

function changeName(key: RowKey, position: SourcePosition): string {
  return `${position}\0${key}`;
}

function contentOf({ operation, before, after }: ChangeEvent): string {
  return JSON.stringify([operation, before, after]);
}

function refuseSource({ connector, table }: ChangeEvent, topic: string): RowbridgeError {
  return new RowbridgeError(
    'preflight_failed',
    'the source gives two changes of one row the same binlog position',
    {
      details: { connector, table, topic },
      whatToDo:
        'On MariaDB run SET GLOBAL binlog_legacy_event_pos=ON, on MySQL SET GLOBAL binlog_transaction_compression=OFF, keep it ' +
        "in the server's settings, let applications reconnect, and take a new snapshot of the table; then start again.",
    },
  );
}
