import { RowbridgeError } from '@rowbridge/errors';
import type { ChangeEvent, RawRecord } from './change-event.js';

/**
 * Watches that a binlog source tells the changes of one row apart. MariaDB from 11.4 on leaves the positions of row
 * events out unless told otherwise: all changes of a transaction then share one position, the second change of a row
 * looks like the first one delivered again, and would be lost without a trace.
 */
export class PlaceGuard {
  readonly #partitions = new Map<string, SharedPlace>();
  #latest: SharedPlace | null = null;

  /** @throws RowbridgeError `preflight_failed` when two changes of one row, not alike, share a position */
  check({ topic, partition }: RawRecord, event: ChangeEvent): void {
    if (event.snapshot !== 'live') return;
    const shared = this.#placeOf(topic, partition);
    if (shared.first?.position !== event.position) {
      shared.first = event;
      shared.byKey = null;
      return;
    }
    shared.byKey ??= new Map([[shared.first.key, contentOf(shared.first)]]);
    const earlier = shared.byKey.get(event.key);
    const content = contentOf(event);
    if (earlier !== undefined && earlier !== content) throw refuseSource(event, topic);
    shared.byKey.set(event.key, content);
  }

  #placeOf(topic: string, partition: number): SharedPlace {
    if (this.#latest?.topic === topic && this.#latest.partition === partition) return this.#latest;
    const name = `${topic}/${partition}`;
    const place = this.#partitions.get(name) ?? { topic, partition, first: null, byKey: null };
    this.#partitions.set(name, place);
    this.#latest = place;
    return place;
  }
}

/** The place of the latest change of a partition. */
interface SharedPlace {
  readonly topic: string;
  readonly partition: number;
  /** The first change that came from it. */
  first: ChangeEvent | null;
  /** Content by key, once a second change came from it. */
  byKey: Map<string, string> | null;
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
        'On MariaDB run SET GLOBAL binlog_legacy_event_pos=ON, keep it in my.cnf, and take a new snapshot of the table; ' +
        'then start again.',
    },
  );
}
