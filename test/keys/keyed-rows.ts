import { LivePair, type LivePairOptions } from '../live-rows/live-pair.js';
import {
  keyedPair,
  keyedSchema,
  keyKinds,
  literalOn,
  type KeyedFamilies,
  type KeyedSide,
  type KeyKind,
} from './keyed-pair.js';

/** By table, each row as `key=note`, in byte order. */
export type KeyedRows = Readonly<Record<string, readonly string[]>>;

/** A column that stands for a key nobody else has. */
const spareLiterals: Readonly<Record<string, string>> = {
  uuid: "'99999999-9999-9999-9999-999999999999'",
  bytes: "x'99'",
  text: "'spare'",
};

export const allKeys = keyKinds.reduce((sum, { keys }) => sum + keys.length, 0);

export function countRows(rows: KeyedRows): number {
  return Object.values(rows).flat().length;
}

/** A live pair whose tables have one kind of key each, and the statements its applications run. */
export class KeyedPair {
  /** The rows of the conflicts found when both sides were compared last. */
  listed: readonly string[] = [];
  private minute = 0;

  private constructor(
    /** Its servers, for people. */
    readonly name: string,
    private readonly live: LivePair,
    private readonly families: KeyedFamilies,
  ) {}

  static async open(
    { name, families }: { readonly name: string; readonly families: KeyedFamilies },
    { stack, servers }: Required<Pick<LivePairOptions, 'stack' | 'servers'>>,
  ): Promise<KeyedPair> {
    const schema = { left: keyedSchema[families.left], right: keyedSchema[families.right] };
    const pair = keyedPair(`keyed-${name.toLowerCase().replaceAll(' ', '')}`, families);
    const live = await LivePair.open({ stack, servers, pair, codec: 'avro', schema });
    return new KeyedPair(name, live, families);
  }

  run(side: KeyedSide, statements: readonly string[]): Promise<Record<string, unknown>[]> {
    return this.live.on(side, ...statements);
  }

  /** Later at each call, so that the latest edit wins. */
  now(): string {
    this.minute += 1;
    return `'2026-01-01 00:${String(this.minute).padStart(2, '0')}:00'`;
  }

  insert(side: KeyedSide, kind: KeyKind, { from, to }: { from: number; to: number }): string[] {
    return kind.keys.slice(from, to).map((literals) => {
      const columns = kind.key.map(([column]) => column).join(', ');
      const values = literals.map((literal) => this.literal(side, literal)).join(', ');
      return `insert into ${kind.table} (${columns}, note, edited_at, own) values (${values}, 'new', ${this.now()}, '${side}')`;
    });
  }

  where(side: KeyedSide, kind: KeyKind, index: number): string {
    return this.assignments(side, kind, kind.keys[index]).join(' and ');
  }

  rekey(side: KeyedSide, kind: KeyKind, { from, to }: { from: number; to: number }): string {
    const assigned = this.assignments(side, kind, kind.keys[to]).join(', ');
    return `update ${kind.table} set ${assigned} where ${this.where(side, kind, from)}`;
  }

  remove(side: KeyedSide, kind: KeyKind, index: number): string {
    return `delete from ${kind.table} where ${this.where(side, kind, index)}`;
  }

  /** The first two keys exchange their rows by way of a third. */
  swap(side: KeyedSide, kind: KeyKind): string[] {
    const spare = this.assignments(
      side,
      kind,
      kind.key.map(([, type]) => spareLiterals[type] ?? '77'),
    );
    const second = this.assignments(side, kind, kind.keys[1]).join(', ');
    return [
      `update ${kind.table} set ${spare.join(', ')} where ${this.where(side, kind, 0)}`,
      this.rekey(side, kind, { from: 1, to: 0 }),
      `update ${kind.table} set ${second} where ${spare.join(' and ')}`,
    ];
  }

  async rowsOn(side: KeyedSide, column = 'note'): Promise<KeyedRows> {
    const found: Record<string, string[]> = {};
    for (const { table, shownOn } of keyKinds) {
      const rows = await this.run(side, [
        `select ${shownOn[this.families[side]]} as shown, ${column} as content from ${table}`,
      ]);
      found[table] = rows.map((row) => `${String(row['shown'])}=${String(row['content'])}`).sort();
    }
    return found;
  }

  /** The rows of both sides once nothing is under way; nothing became a dead letter, nor a conflict but where disputed. */
  async expectEqualSides({ undisputed = true } = {}): Promise<KeyedRows> {
    await this.live.settle();
    const left = await this.rowsOn('left');
    expect(await this.rowsOn('right')).toEqual(left);
    const directions = this.live.directions();
    expect(directions.flatMap(({ letters }) => letters.map(({ errorCode }) => errorCode))).toEqual([]);
    const conflicts = directions.flatMap((direction) => direction.conflicts.splice(0));
    if (undisputed) expect(conflicts.map(({ type }) => type)).toEqual([]);
    this.listed = conflicts.map((conflict) =>
      JSON.stringify([conflict.entity, conflict.sourceRow, conflict.targetRow]),
    );
    return left;
  }

  async close(): Promise<void> {
    await this.live.close();
  }

  private assignments(side: KeyedSide, { key }: KeyKind, literals: readonly string[] = []): string[] {
    return key.map(([column], index) => `${column} = ${this.literal(side, literals[index] ?? '')}`);
  }

  private literal(side: KeyedSide, literal: string): string {
    return literalOn(this.families[side], literal);
  }
}
