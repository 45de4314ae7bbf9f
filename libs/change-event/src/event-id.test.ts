import { createHash } from 'node:crypto';
import fastCheck from 'fast-check';
import { eventIdOf } from './event-id.js';
import { formatSourcePosition } from './source-position.js';

/** The layout as its documentation has it, part by part. */
function idByParts(committedAtMs: number, content: string): string {
  const time = Math.min(Math.max(Math.floor(committedAtMs), 0), 2 ** 48 - 1)
    .toString(16)
    .padStart(12, '0');
  const digest = createHash('sha256').update(content).digest('hex');
  const variant = '89ab'.charAt(Number.parseInt(digest.charAt(6), 16) & 3);
  return `${time.slice(0, 8)}-${time.slice(8)}-8${digest.slice(0, 3)}-${variant}${digest.slice(3, 6)}-${digest.slice(7, 19)}`;
}

describe('an event id', () => {
  it('is what earlier versions wrote into the ledger for the same change (I2)', () => {
    expect(
      eventIdOf({
        committedAtMs: 1_795_224_738_415.123,
        content: ['legacy', 'place', 'public', 'users', '1', 'update'].join('\0'),
      }),
    ).toBe('01a1fbbb-9a6f-88a2-b7ba-2400843a803b');
  });

  it('is time, version, variant and digest, whatever id was made before', () => {
    const identity = fastCheck.record({
      committedAtMs: fastCheck.double({ min: -1, max: 2 ** 49, noNaN: true }),
      content: fastCheck.string({ unit: 'binary' }),
    });
    fastCheck.assert(
      fastCheck.property(identity, ({ committedAtMs, content }) => {
        expect(eventIdOf({ committedAtMs, content })).toBe(idByParts(committedAtMs, content));
      }),
    );
  });
});

describe('a source position', () => {
  const hexadecimal = (value: bigint | number, width: number): string =>
    value.toString(16).padStart(width, '0');

  it('is fixed-width text of its four parts, whatever position was made before', () => {
    const whole = fastCheck.oneof(fastCheck.maxSafeNat(), fastCheck.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
    const middle = fastCheck.nat(2 ** 31 - 1).map((value) => value * 1_000);
    const parts = fastCheck.record({
      epoch: fastCheck.nat(3),
      major: fastCheck.oneof(fastCheck.constant(7), whole),
      middle: fastCheck.oneof(fastCheck.constant(0n), middle),
      minor: fastCheck.nat(2 ** 31 - 1),
    });
    fastCheck.assert(
      fastCheck.property(parts, (place) => {
        expect(formatSourcePosition(place)).toBe(
          `${hexadecimal(place.epoch, 8)}/${hexadecimal(place.major, 16)}/` +
            `${hexadecimal(place.middle, 12)}/${hexadecimal(place.minor, 8)}`,
        );
      }),
    );
  });
});
