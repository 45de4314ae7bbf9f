import avro from 'avsc';

/** Where avsc reads from: `pos` moves on, and may pass the end of what is cut short, which avsc then refuses. */
interface Tap {
  readonly buf: Buffer;
  pos: number;
  readString(): string;
}

/** Longer texts are left to avsc. */
const longestText = 63;

/** Bytes that are made a text at once; as much is held in memory for any text of them. */
const windowLength = 256;

/** A part of the record being read, as text of one character a byte. A tap reads one record, once. */
let windowTap: Tap | null = null;
let windowStart = 0;
let windowText = '';
/** Counts the records, so that nobody need keep one to know whether it is still the same. */
let record = 0;

/**
 * Avro's string, as avsc reads it. An event holds a dozen short ones: making each of its bytes by itself costs more
 * than all else that is read, so a piece of the record is made a text at once, and those of ASCII are cut out of it. A
 * field that has the same bytes again in one record, as most columns of a row before and after a change, is one text.
 * @returns a type for one field of one schema
 */
export function exactText(): avro.Type {
  let readFrom = -1;
  let start = 0;
  let text = '';
  return reading((tap) => {
    const { buf, pos } = tap;
    const doubled = buf[pos] as number;
    const end = pos + 1 + doubled / 2;
    if (doubled > longestText * 2 || doubled % 2 !== 0 || end > buf.length) return tap.readString();
    enter(tap);
    if (readFrom === record && areAlike({ bytes: buf, from: start, length: end - pos }, tap)) tap.pos = end;
    else {
      text = readShort(tap, end);
      readFrom = record;
      start = pos;
    }
    return text;
  });
}

/**
 * A string that is the same in most events, such as the table's name: remembered from one event to the next.
 * @returns a type for one field of one schema
 */
export function repeatedText(): avro.Type {
  const read = exactText() as unknown as { _read(tap: Tap): string };
  let text = '';
  let bytes: Uint8Array = new Uint8Array(0);
  return reading((tap) => {
    const { buf, pos } = tap;
    const end = pos + bytes.length;
    if (bytes.length > 0 && areAlike({ bytes, from: 0, length: bytes.length }, tap)) {
      tap.pos = end;
      return text;
    }
    text = read._read(tap);
    // With the byte of its length, which a longer text has two of.
    const isShort = tap.pos - pos <= longestText && tap.pos <= buf.length;
    bytes = isShort ? Uint8Array.prototype.slice.call(buf, pos, tap.pos) : new Uint8Array(0);
    return text;
  });
}

function enter(tap: Tap): void {
  if (windowTap === tap) return;
  windowTap = tap;
  windowText = '';
  record += 1;
}

interface EarlierBytes {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly length: number;
}

function areAlike({ bytes, from, length }: EarlierBytes, { buf, pos }: Tap): boolean {
  for (let index = 0; index < length; index += 1) {
    if (bytes[from + index] !== buf[pos + index]) return false;
  }
  return true;
}

function readShort(tap: Tap, end: number): string {
  const { buf } = tap;
  const start = tap.pos + 1;
  for (let index = start; index < end; index += 1) {
    if ((buf[index] as number) > 127) return tap.readString();
  }
  tap.pos = end;
  if (windowText === '' || start < windowStart || end > windowStart + windowText.length) {
    windowStart = start;
    windowText = buf.toString('latin1', start, start + windowLength);
  }
  return windowText.substring(start - windowStart, end - windowStart);
}

function reading(read: (tap: Tap) => string): avro.Type {
  return Object.create(avro.Type.forSchema('string'), { _read: { value: read } }) as avro.Type;
}
