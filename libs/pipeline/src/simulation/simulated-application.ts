import type { RowImage, RowKey } from '@rowbridge/change-event';
import { stampColumn } from '../decisions/sync-stamp.js';
import type { EditLedger } from './edit-ledger.js';
import type { RandomSource } from './random-source.js';
import type { RowChange, SimulatedSite } from './simulated-site.js';
import { stamped } from './simulated-site.js';

export interface ApplicationOptions {
  readonly site: SimulatedSite;
  readonly index: 0 | 1;
  readonly other: SimulatedSite;
  readonly random: RandomSource;
  readonly ledger: EditLedger;
  /** The site's column names, in mapping order: e-mail, word and, where the table has one, time. */
  readonly columns: readonly string[];
  readonly words: readonly string[];
  readonly emails: readonly string[];
  /** How far this site's clock is off. */
  readonly clockOffset: number;
  /** Whether the row has a twin on the other side. */
  readonly hasTwin: (key: RowKey) => boolean;
}

/** An application at work on one site, knowing nothing of the sync service but its stray column. */
export class SimulatedApplication {
  private readonly oldStamps = new Map<RowKey, string[]>();
  private readonly oldKeys = new Map<string, RowKey>();
  private lastTime = 0;
  private tick = 0;

  constructor(private readonly options: ApplicationOptions) {}

  /** One edit, committed at once or left in an open transaction. */
  edit(): void {
    const { random, site } = this.options;
    this.tick += 1;
    if (site.open.length > 0 && random.chance(0.4)) return this.commitOpen();
    const email = random.pick(this.options.emails);
    const key = site.keyByEmail.get(email) ?? null;
    if (site.isLocked(key, email)) return;
    const row = key === null ? null : (site.rows.get(key) ?? null);
    const changes = key === null || row === null ? this.insert(email) : this.change(key, row);
    if (site.open.length === 0 && random.chance(0.15)) site.open = changes;
    else this.commit(changes, () => site.commit(changes, false));
  }

  commitOpen(): void {
    const { site } = this.options;
    this.commit(site.open, () => site.commitOpen());
  }

  private commit(changes: readonly RowChange[], perform: () => unknown): void {
    const { ledger, index, hasTwin } = this.options;
    for (const { key, before, after, movedTo } of changes) {
      if (movedTo !== undefined) continue;
      const email = (after ?? before)?.['email'] as string;
      this.oldKeys.set(email, key);
      ledger.edited(index, email, after);
      if (after === null && !hasTwin(key)) ledger.withdrawn(index, email);
    }
    perform();
  }

  private insert(email: string): RowChange[] {
    const { site, random } = this.options;
    const formerKey = this.oldKeys.get(email);
    const key =
      formerKey !== undefined && !site.rows.has(formerKey) && random.chance(0.4) ? formerKey : site.nextKey();
    const donor = random.chance(0.2) ? random.pick([...site.rows.values(), null]) : null;
    const stamp = donor?.[stampColumn] ?? (random.chance(0.2) ? this.oldStamp(key) : null);
    return [{ key, before: null, after: this.row(email, stamp), position: site.nextPosition() }];
  }

  private change(key: RowKey, row: RowImage): RowChange[] {
    const { site, random } = this.options;
    const email = row['email'] as string;
    const stamp = row[stampColumn] ?? null;
    if (stamp !== null) this.remember(key, stamp);
    const kind = random.next();
    if (kind < 0.2) return [{ key, before: row, after: null, position: site.nextPosition() }];
    const after = this.row(email, random.chance(0.2) ? this.oldStamp(key) : stamp);
    if (kind < 0.28) return this.move(key, row, random.chance(0.5) ? row : after);
    const first: RowChange = { key, before: row, after, position: site.nextPosition() };
    if (!random.chance(0.15)) return [first];
    const back = stamped(
      { ...this.row(email, null), [this.wordColumn]: row[this.wordColumn] ?? null },
      stamp,
    );
    return [first, { key, before: after, after: back, position: site.nextPosition() }];
  }

  private move(key: RowKey, row: RowImage, after: RowImage): RowChange[] {
    const { site } = this.options;
    const newKey = site.nextKey();
    return [
      { key, before: row, after: null, position: site.nextPosition(), movedTo: newKey },
      { key: newKey, before: null, after, position: site.nextPosition(), movedFrom: key },
    ];
  }

  private get wordColumn(): string {
    return this.options.columns[1] as string;
  }

  private row(email: string, stamp: string | null): RowImage {
    const { columns, words, random, other } = this.options;
    const otherRow = other.rows.get(other.keyByEmail.get(email) ?? '');
    const otherWord = otherRow ? Object.values(otherRow)[1] : undefined;
    const sameAsOther = words.find((word) => word.toLowerCase() === otherWord?.toLowerCase());
    const word = sameAsOther !== undefined && random.chance(0.2) ? sameAsOther : random.pick(words);
    const image: Record<string, string | null> = { email, [this.wordColumn]: word };
    const timeColumn = columns[2];
    if (timeColumn !== undefined)
      image[timeColumn] = this.nextTime(email, Object.values(otherRow ?? {})[2] ?? '');
    image[stampColumn] = stamp;
    return image;
  }

  /**
   * Rises with each edit of this site, may be behind the other site's clock, and ties with the other's row at times.
   * A time the row has had on this site before never returns.
   */
  private nextTime(email: string, otherTime: string): string {
    const { site, random, clockOffset, index } = this.options;
    this.lastTime = Math.max(this.lastTime + 1, this.tick + clockOffset + 10);
    const seconds = String(this.lastTime % 60).padStart(2, '0');
    const minutes = String(Math.floor(this.lastTime / 60)).padStart(2, '0');
    const time = `2026-01-01T00:${minutes}:${seconds}.00000${index}Z`;
    return otherTime > time && otherTime > (site.latestTimes.get(email) ?? '') && random.chance(0.3)
      ? otherTime
      : time;
  }

  private remember(key: RowKey, stamp: string): void {
    const stamps = this.oldStamps.get(key) ?? [];
    stamps.push(stamp);
    this.oldStamps.set(key, stamps);
  }

  private oldStamp(key: RowKey): string | null {
    return this.options.random.pick([...(this.oldStamps.get(key) ?? []), null]);
  }
}
