import avro from 'avsc';

/**
 * Avro's long without loss: a number where the value is a safe integer, a bigint beyond. avsc's own long throws
 * above 2^53.
 */
export const exactLong: avro.types.LongType = avro.types.LongType.__with(
  {
    fromBuffer: readZigZag,
    toBuffer: writeZigZag,
    fromJSON: exact,
    toJSON: exact,
    isValid: isInteger,
    compare,
  },
  true,
);

/** Seven bits a byte, least significant first: seven bytes and the low four bits of an eighth fit 2^53. */
function readZigZag(bytes: Uint8Array): number | bigint {
  const last = bytes.length - 1;
  if (last < 7 || (last === 7 && (bytes[7] as number) < 16)) {
    const zigZag = sevenBitGroups(bytes, 0, last);
    return zigZag % 2 === 0 ? zigZag / 2 : -(zigZag + 1) / 2;
  }
  if (last > 9) throw new RangeError('a long of more than 64 bits');
  const zigZag = (BigInt(sevenBitGroups(bytes, 4, last)) << 28n) | BigInt(sevenBitGroups(bytes, 0, 3));
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
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : value;
}

function isInteger(value: unknown): boolean {
  return typeof value === 'bigint' || Number.isSafeInteger(value);
}

function compare(first: number | bigint, second: number | bigint): number {
  return first < second ? -1 : first > second ? 1 : 0;
}
