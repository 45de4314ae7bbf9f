import avro from 'avsc';

/** Where avsc reads from: `pos` moves on, and may pass the end of what is cut short, which avsc then refuses. */
interface Tap {
  readonly buf: Uint8Array;
  pos: number;
}

const safeMinimum = BigInt(Number.MIN_SAFE_INTEGER);
const safeMaximum = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * Avro's long without loss: a number where the value is a safe integer, a bigint beyond. avsc's own long throws
 * above 2^53. Reads in place, since avsc would cut out a buffer for each of an event's dozen longs.
 */
export const exactLong: avro.types.LongType = Object.create(
  avro.types.LongType.__with(
    {
      fromBuffer: readBytes,
      toBuffer: writeZigZag,
      fromJSON: exact,
      toJSON: exact,
      isValid: isInteger,
      compare,
    },
    true,
  ),
  { _read: { value: readZigZag } },
) as avro.types.LongType;

function readBytes(bytes: Uint8Array): number | bigint {
  return readZigZag({ buf: bytes, pos: 0 });
}

/** Seven bits a byte, least significant first: seven bytes and the low four bits of an eighth fit 2^53. */
function readZigZag(tap: Tap): number | bigint {
  const { buf, pos: first } = tap;
  let last = first;
  while ((buf[last] as number) & 0x80) last += 1;
  tap.pos = last + 1;
  const length = last + 1 - first;
  if (length < 8 || (length === 8 && (buf[last] as number) < 16)) {
    const zigZag = sevenBitGroups(buf, first, last);
    return zigZag % 2 === 0 ? zigZag / 2 : -(zigZag + 1) / 2;
  }
  if (length > 10) throw new RangeError('a long of more than 64 bits');
  const zigZag =
    (BigInt(sevenBitGroups(buf, first + 4, last)) << 28n) | BigInt(sevenBitGroups(buf, first, first + 3));
  return exact(BigInt.asIntN(64, zigZag & 1n ? -((zigZag + 1n) >> 1n) : zigZag >> 1n));
}

function sevenBitGroups(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let index = to; index >= from; index -= 1) value = value * 128 + ((bytes[index] as number) & 0x7f);
  return value;
}

function writeZigZag(value: number | bigint): Buffer {
  const wide = BigInt(value);
  let zigZag = BigInt.asUintN(64, (wide << 1n) ^ (wide >> 63n));
  const bytes: number[] = [];
  while (zigZag > 127n) {
    bytes.push(Number(zigZag & 0x7fn) | 0x80);
    zigZag >>= 7n;
  }
  bytes.push(Number(zigZag));
  return Buffer.from(bytes);
}

function exact(value: number | bigint): number | bigint {
  if (typeof value === 'number') return value;
  return value >= safeMinimum && value <= safeMaximum ? Number(value) : value;
}

function isInteger(value: unknown): boolean {
  return typeof value === 'bigint' || Number.isSafeInteger(value);
}

function compare(first: number | bigint, second: number | bigint): number {
  return first < second ? -1 : first > second ? 1 : 0;
}
