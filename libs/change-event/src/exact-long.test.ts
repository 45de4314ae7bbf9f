import avro from 'avsc';
import fastCheck from 'fast-check';
import { exactLong } from './exact-long.js';

const type = avro.Type.forSchema(
  { type: 'record', name: 'Row', fields: [{ name: 'amount', type: 'long' }] },
  {
    registry: { long: exactLong },
  } as Partial<avro.ForSchemaOptions>,
);

describe('exactLong', () => {
  it('reads back every 64-bit integer it wrote, as a number where that is exact', () => {
    fastCheck.assert(
      fastCheck.property(fastCheck.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (amount) => {
        const read = (type.fromBuffer(type.toBuffer({ amount })) as { amount: number | bigint }).amount;
        expect(BigInt(read)).toBe(amount);
        expect(typeof read === 'number').toBe(Number.isSafeInteger(Number(amount)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('agrees with the encoding of avsc below 2^52, where that is exact', () => {
    const own = avro.Type.forSchema('long');
    fastCheck.assert(
      fastCheck.property(
        fastCheck.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
        fastCheck.nat(2 ** 20),
        (high, low) => {
          const amount = high * 2 ** 20 + low;
          expect(type.toBuffer({ amount })).toEqual(own.toBuffer(amount));
          expect((type.fromBuffer(own.toBuffer(amount)) as { amount: number }).amount).toBe(amount);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it.each([
    [9223372036854775807n, 9223372036854775807n],
    [-9223372036854775808n, -9223372036854775808n],
    [9007199254740991n, 9007199254740991],
    [9007199254740992n, 9007199254740992n],
    [0n, 0],
    [-1n, -1],
  ])('keeps the boundary %s', (amount, expected) => {
    expect((type.fromBuffer(type.toBuffer({ amount })) as { amount: unknown }).amount).toBe(expected);
  });
});
