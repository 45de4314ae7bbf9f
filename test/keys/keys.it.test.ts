import { createEngineProvider, describeWithEngines } from '@rowbridge/testing';
import { allStackComponents, type RunningStack } from '@rowbridge/embedded-stack';
import { LivePair } from '../live-rows/live-pair.js';
import { keyKinds, keyedPair, keyedSchema, literalOn, type KeyKind } from './keyed-pair.js';

type Family = 'postgres' | 'mysql';
type Rows = Readonly<Record<string, readonly string[]>>;

const startLimitMs = 300_000;
const provider = createEngineProvider();
const { kafkaStack } = provider;
const name = 'rows with one key on both sides, PostgreSQL and MariaDB';

if (kafkaStack === undefined) {
  describe.skip(`${name} (skipped, no Kafka from ${provider.name})`, () => {
    it('needs Kafka', () => undefined);
  });
} else {
  describeWithEngines(name, () => keySuite(kafkaStack));
}

function keySuite(startStack: NonNullable<typeof kafkaStack>): void {
  let stack: RunningStack;
  let pair: LivePair;
  let minute = 0;

  beforeAll(async () => {
    stack = await startStack({ components: [...allStackComponents] });
    pair = await LivePair.open({ stack, pair: keyedPair, codec: 'avro', schema: keyedSchema });
  }, startLimitMs);

  afterAll(async () => {
    await pair?.close();
    await provider.stop();
  });

  const run = (family: Family, statements: readonly string[]): Promise<Record<string, unknown>[]> =>
    family === 'postgres' ? pair.onPostgres(...statements) : pair.onMysql(...statements);

  /** Later at each call, so that the latest edit wins. */
  const now = (): string => {
    minute += 1;
    return `'2026-01-01 00:${String(minute).padStart(2, '0')}:00'`;
  };

  const where = (family: Family, { key }: KeyKind, literals: readonly string[]): string =>
    key.map(([column], index) => `${column} = ${literalOn(family, literals[index] ?? '')}`).join(' and ');

  const insert = (family: Family, kind: KeyKind, { from, to }: { from: number; to: number }): string[] =>
    kind.keys.slice(from, to).map((literals) => {
      const columns = kind.key.map(([column]) => column).join(', ');
      const values = literals.map((literal) => literalOn(family, literal)).join(', ');
      return `insert into ${kind.table} (${columns}, note, edited_at, own) values (${values}, 'new', ${now()}, '${family}')`;
    });

  /** Every row as `key=note`, in byte order. */
  const rowsOn = async (family: Family, column = 'note'): Promise<Rows> => {
    const found: Record<string, string[]> = {};
    for (const { table, shownOn } of keyKinds) {
      const rows = await run(family, [
        `select ${shownOn[family]} as shown, ${column} as content from ${table}`,
      ]);
      found[table] = rows.map((row) => `${String(row['shown'])}=${String(row['content'])}`).sort();
    }
    return found;
  };

  /** The rows of the conflicts found when both sides were compared last. */
  let listed: readonly string[] = [];

  const expectEqualSides = async ({ undisputed = true } = {}): Promise<Rows> => {
    await pair.settle();
    const left = await rowsOn('postgres');
    expect(await rowsOn('mysql')).toEqual(left);
    expect(pair.directions().flatMap(({ letters }) => letters.map(({ errorCode }) => errorCode))).toEqual([]);
    const conflicts = pair.directions().flatMap((direction) => direction.conflicts.splice(0));
    if (undisputed) expect(conflicts.map(({ type }) => type)).toEqual([]);
    listed = conflicts.map((conflict) =>
      JSON.stringify([conflict.entity, conflict.sourceRow, conflict.targetRow]),
    );
    return left;
  };

  const countRows = (rows: Rows): number => Object.values(rows).flat().length;
  const allKeys = keyKinds.reduce((sum, { keys }) => sum + keys.length, 0);

  it('I6, I8: inserts on either side arrive on the other, whatever the key', async () => {
    await run(
      'postgres',
      keyKinds.flatMap((kind) => insert('postgres', kind, { from: 0, to: 2 })),
    );
    await run(
      'mysql',
      keyKinds.flatMap((kind) => insert('mysql', kind, { from: 2, to: 99 })),
    );
    expect(countRows(await expectEqualSides())).toBe(allKeys);
  });

  it.each<[Family, string]>([
    ['postgres', 'edited left'],
    ['mysql', 'edited right'],
  ])('I6: an edit on %s reaches exactly the row of its key', async (family, note) => {
    await run(
      family,
      keyKinds.map(
        (kind) =>
          `update ${kind.table} set note = '${note}', edited_at = ${now()} where ${where(family, kind, kind.keys[1] ?? [])}`,
      ),
    );
    const rows = await expectEqualSides();
    for (const { table } of keyKinds) {
      expect(rows[table]?.filter((row) => row.endsWith(note))).toHaveLength(1);
    }
  });

  const rekey = (family: Family, kind: KeyKind, { from, to }: { from: number; to: number }): string => {
    const assignments = kind.key.map(
      ([column], index) => `${column} = ${literalOn(family, kind.keys[to]?.[index] ?? '')}`,
    );
    return `update ${kind.table} set ${assignments.join(', ')} where ${where(family, kind, kind.keys[from] ?? [])}`;
  };

  const remove = (family: Family, kind: KeyKind, index: number): string =>
    `delete from ${kind.table} where ${where(family, kind, kind.keys[index] ?? [])}`;

  it.each<[Family, Family]>([
    ['postgres', 'mysql'],
    ['mysql', 'postgres'],
  ])('a key change on %s is a move on the other side, not a conflict', async (family, other) => {
    await run(
      family,
      keyKinds.map((kind) => remove(family, kind, 3)),
    );
    const before = await expectEqualSides();
    await run(
      other,
      keyKinds.map(({ table }) => `update ${table} set own = 'kept'`),
    );
    await run(
      family,
      keyKinds.map((kind) => rekey(family, kind, { from: 0, to: 3 })),
    );
    const after = await expectEqualSides();
    expect(countRows(after)).toBe(countRows(before));
    expect(after).not.toEqual(before);
    for (const [, rows] of Object.entries(await rowsOn(other, 'own'))) {
      expect(rows.every((row) => row.endsWith('=kept'))).toBe(true);
    }
    await run(
      family,
      keyKinds.flatMap((kind) => insert(family, kind, { from: 0, to: 1 })),
    );
    expect(countRows(await expectEqualSides())).toBe(allKeys);
  });

  it('I6: keys that swap their rows in one transaction leave both sides equal, and an edit that lost is listed', async () => {
    const before = await expectEqualSides();
    const spare = (kind: KeyKind): string =>
      kind.key
        .map(([column, type]) => {
          if (type === 'uuid') return `${column} = '99999999-9999-9999-9999-999999999999'`;
          if (type === 'bytes') return `${column} = '\\x99'`;
          return `${column} = ${type === 'text' ? "'spare'" : '77'}`;
        })
        .join(', ');
    await run('postgres', [
      'begin',
      ...keyKinds.flatMap((kind) => [
        `update ${kind.table} set note = 'first' where ${where('postgres', kind, kind.keys[0] ?? [])}`,
        `update ${kind.table} set note = 'second' where ${where('postgres', kind, kind.keys[1] ?? [])}`,
        `update ${kind.table} set ${spare(kind)} where ${where('postgres', kind, kind.keys[0] ?? [])}`,
        rekey('postgres', kind, { from: 1, to: 0 }),
        `update ${kind.table} set ${kind.key.map(([column], index) => `${column} = ${literalOn('postgres', kind.keys[1]?.[index] ?? '')}`).join(', ')}
          where ${spare(kind).replaceAll(', ', ' and ')}`,
      ]),
      'commit',
    ]);
    // Which row a key held before is not always told by then: that it was replaced may be recorded.
    const after = await expectEqualSides({ undisputed: false });
    expect(countRows(after)).toBe(countRows(before));
    for (const { table } of keyKinds) {
      for (const note of ['first', 'second']) {
        const stands = after[table]?.some((row) => row.endsWith(`=${note}`)) === true;
        const isListed = listed.some((rows) => rows.includes(`"note":"${note}"`));
        expect({ table, note, told: stands || isListed }).toEqual({ table, note, told: true });
      }
    }
  });

  it('I6: deletes reach exactly the row of their key', async () => {
    await run(
      'postgres',
      keyKinds.map((kind) => remove('postgres', kind, 0)),
    );
    await run(
      'mysql',
      keyKinds.map((kind) => remove('mysql', kind, 1)),
    );
    expect(countRows(await expectEqualSides())).toBe(allKeys - 2 * keyKinds.length);
  });
}
