import type { RowImage } from '@rowbridge/change-event';
import type { TablePlan } from '@rowbridge/mapping';
import { expectRefusal } from './expect-refusal.js';
import type { ContractTarget, HarnessInUse } from './contract-harness.js';
import { people, samples } from './contract-pair.js';
import { fresh, insertPerson, person, readPeople } from './sample-rows.js';

const exactPeople: readonly (readonly [title: string, values: RowImage])[] = [
  ['the largest 64-bit integer', { balance: '9223372036854775807' }],
  ['the smallest 64-bit integer', { balance: '-9223372036854775808' }],
  ['an integer beyond a double’s precision', { balance: '9007199254740993' }],
  ['six digits of microseconds', { seen_at: '2024-07-14T12:34:56.123456Z' }],
  ['a microsecond before a second', { seen_at: '2024-12-31T23:59:59.999999Z' }],
  ['an instant in a gap of summer time elsewhere', { seen_at: '2024-03-31T02:30:00.000000Z' }],
  ['emoji and combining characters', { full_name: '👩‍👩‍👧‍👦 Zoë é 𝄞' }],
  [
    'quotes, backslashes and placeholders',
    { full_name: `O'Brien "x" \\ \\' ? $1 %s \`;-- /* */ {a,b} NULL` },
  ],
  ['line breaks, tabs and control characters', { full_name: 'a\r\nb\tc\u0001\u001a\u007f' }],
  ['a 20-digit number in text', { full_name: '12345678901234567890' }],
  ['leading zeros in text', { full_name: '007' }],
  ['the empty string, which is not null', { full_name: '' }],
  ['null', { full_name: null, nickname: null, balance: null, seen_at: null }],
  ['the words of null in text', { full_name: 'NULL', short_text: 'null' }],
  ['trailing spaces', { full_name: 'two  ' }],
  ['as many characters as fit', { short_text: '😀😀😀😀😀' }],
  ['the limits of a small column', { small_number: '-32768' }],
  ['milliseconds in a column of three digits', { created_at: '2024-07-14T12:34:56.120000Z' }],
];

const exactSamples: readonly (readonly [title: string, values: RowImage])[] = [
  ['the largest decimal', { amount: '99999999.9999' }],
  ['a negative decimal', { amount: '-0.0001' }],
  ['a float that needs 17 digits', { ratio: '0.30000000000000004' }],
  ['a tiny float', { ratio: '2.2250738585072014e-308' }],
  ['true', { agreed: 'true' }],
  ['false', { agreed: 'false' }],
  ['a wall clock time', { met_at: '2024-03-31T02:30:00.000001' }],
  ['a wall clock time beyond 2038', { met_at: '9999-12-31T23:59:59.999999' }],
  ['a leap day', { born: '2024-02-29' }],
  ['an early date', { born: '1000-01-01' }],
  ['a UUID', { token: '00112233-4455-6677-8899-aabbccddeeff' }],
  ['bytes that are no text', { picture: '00ff5c27220a1a80c328' }],
  ['no bytes, which is not null', { picture: '' }],
  ['a document', { settings: '{"a":[1,null,"😀"],"b":"\\"quoted\\""}' }],
];

async function roundTrip(
  target: ContractTarget,
  table: TablePlan,
  values: RowImage,
): Promise<readonly RowImage[]> {
  return target.transaction(async ({ rows }) => {
    const [inserted] = await rows.insert(table, [{ key: null, values, stamp: null }]);
    const blank = table === people ? person() : { remark: `updated ${fresh()}` };
    const [updated, bystander] = await rows.insert(table, [
      { key: null, values: blank, stamp: null },
      { key: null, values: table === people ? person() : {}, stamp: null },
    ]);
    const unique = {
      ...values,
      ...(table === people ? { email: `u${fresh()}@example.org`, nickname: null } : {}),
    };
    // Beside a row of other values, so that a statement finding one type for both would show.
    const others = Object.fromEntries(Object.keys(unique).map((name) => [name, blank[name] ?? null]));
    const bystanderValues = table === people ? { ...others, ...person() } : others;
    const subset = Object.fromEntries(
      Object.keys(unique).map((name) => [name, bystanderValues[name] ?? null]),
    );
    await rows.update(table, [
      { key: updated as string, values: unique, stamp: null },
      { key: bystander as string, values: subset, stamp: null },
    ]);
    const keys = [inserted, updated] as [string, string];
    const found = await rows.readForUpdate(table, keys);
    return keys.map((key) => found.get(key) as RowImage);
  });
}

export function describeExactValues(inUse: HarnessInUse): void {
  describe('I8: values are carried exactly, by insert and by update', () => {
    it.each(exactPeople)('%s', async (_title, values) => {
      const [inserted, updated] = await roundTrip(inUse().target, people, { ...person(), ...values });
      expect(inserted).toMatchObject(values);
      expect(updated).toMatchObject({ ...values, nickname: null });
    });

    it.each(exactSamples)('%s', async (_title, values) => {
      for (const image of await roundTrip(inUse().target, samples, values))
        expect(image).toMatchObject(values);
    });

    it('the latest instant the column holds', async () => {
      const { target, instants } = inUse();
      const key = await insertPerson(target, { seen_at: instants.latest });
      expect((await readPeople(target, [key])).get(key)).toMatchObject({ seen_at: instants.latest });
    });

    it('a text of a megabyte', async () => {
      const { target } = inUse();
      const remark = `${'ä'.repeat(500_000)}end`;
      const images = await roundTrip(target, samples, { remark });
      expect(images.map((image) => image['remark'] === remark)).toEqual([true, true]);
    });
  });
}

const refusedPeople: readonly (readonly [
  title: string,
  values: RowImage,
  code: 'out_of_range' | 'value_too_long',
])[] = [
  ['an integer above 64 bits', { balance: '9223372036854775999' }, 'out_of_range'],
  ['an integer below a small column', { small_number: '-32769' }, 'out_of_range'],
  ['more characters than fit', { short_text: 'Zürich' }, 'value_too_long'],
  ['spaces beyond what fits', { short_text: 'abcde ' }, 'value_too_long'],
  ['more digits of a second than fit', { created_at: '2024-07-14T12:34:56.123456Z' }, 'out_of_range'],
];

export function describeRefusedValues(inUse: HarnessInUse): void {
  const insertSample = (values: RowImage): Promise<unknown> =>
    inUse().target.transaction(({ rows }) => rows.insert(samples, [{ key: null, values, stamp: null }]));

  describe('I8: values that would not come back as they are are refused', () => {
    it.each(refusedPeople)('%s', async (_title, values, code) => {
      const { target } = inUse();
      const refusedText = Object.values(values).filter((value) => value !== null);
      const refusal = await expectRefusal(insertPerson(target, values), code, refusedText);
      expect(refusal.disposition).toBe('dead_letter');
      const key = await insertPerson(target);
      const update = target.transaction(({ rows }) => rows.update(people, [{ key, values, stamp: null }]));
      await expectRefusal(update, code, refusedText);
    });

    it('a decimal with more digits after the point', async () => {
      await expectRefusal(insertSample({ amount: '1.00001' }), 'out_of_range', ['1.00001']);
    });

    it('a decimal with more digits before the point', async () => {
      await expectRefusal(insertSample({ amount: '123456789' }), 'out_of_range', ['123456789']);
    });

    it('instants beyond the column', async () => {
      const { target, instants } = inUse();
      for (const refused of instants.refused) {
        await expectRefusal(insertPerson(target, { seen_at: refused }), 'out_of_range', [refused]);
      }
    });

    it('half a surrogate pair', async () => {
      await expectRefusal(insertPerson(inUse().target, { full_name: 'a\ud83d' }), 'unmappable_value');
    });

    it('the character U+0000 where the engine cannot hold it, and exactly where it can', async () => {
      const { target, holdsNulCharacter } = inUse();
      const full_name = `a\u0000b${fresh()}`;
      if (!holdsNulCharacter) return expectRefusal(insertPerson(target, { full_name }), 'out_of_range');
      const key = await insertPerson(target, { full_name });
      return expect((await readPeople(target, [key])).get(key)).toMatchObject({ full_name });
    });

    it('null where the column holds none', async () => {
      await expectRefusal(insertPerson(inUse().target, { email: null }), 'null_not_allowed');
    });
  });
}
