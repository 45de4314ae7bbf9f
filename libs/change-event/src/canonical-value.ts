import { canonicalBytes } from './canonical-bytes.js';
import { canonicalInterval, canonicalTime } from './canonical-duration.js';
import { canonicalGeometry, geometryFromMysql } from './canonical-geometry.js';
import { canonicalArray, canonicalJson } from './canonical-json.js';
import {
  canonicalBoolean,
  canonicalDecimal,
  canonicalFloat64,
  canonicalInt64,
  canonicalUint64,
} from './canonical-number.js';
import {
  canonicalDate,
  canonicalInstant,
  canonicalInstantInUtc,
  canonicalWallClock,
} from './canonical-time.js';
import type { LogicalType, LogicalValue } from './logical-value.js';
import { unmappable } from './value-refusal.js';

const uuidText = /^\{?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?$/;

/**
 * A UUID in lower case with its hyphens.
 * @throws RowbridgeError when the text is no UUID
 */
export function canonicalUuid(text: string): string {
  const match = uuidText.exec(text.toLowerCase());
  if (!match) throw unmappable('uuid', 'is not a UUID');
  return match.slice(1).join('-');
}

/**
 * A bit string as its digits, most significant first; a single bit also from `true` and `false`, as events carry it.
 * @throws RowbridgeError when the text is no bit string
 */
function canonicalBits(text: string): string {
  if (text === 'true' || text === 'false') return text === 'true' ? '1' : '0';
  if (!/^[01]+$/.test(text)) throw unmappable('bits', 'is not a bit string');
  return text;
}

const eventForms: Readonly<Record<LogicalType, (text: string) => string>> = {
  text: (text) => text,
  fixed_text: (text) => text.replace(/ +$/, ''),
  int64: canonicalInt64,
  uint64: canonicalUint64,
  decimal: canonicalDecimal,
  float64: canonicalFloat64,
  boolean: canonicalBoolean,
  instant: canonicalInstant,
  wall_clock: canonicalWallClock,
  date: canonicalDate,
  time: canonicalTime,
  interval: canonicalInterval,
  uuid: canonicalUuid,
  json: canonicalJson,
  bytes: canonicalBytes,
  bits: canonicalBits,
  array: canonicalArray,
  geometry: canonicalGeometry,
};

/**
 * An event's value as the type its column is declared with: `'1'` of a TINYINT(1) declared boolean is `'true'`.
 * @throws RowbridgeError when the value is not of that type, or beyond what is carried exactly
 */
export function canonicalFromEvent(type: LogicalType, value: LogicalValue): LogicalValue {
  return value === null ? null : eventForms[type](value);
}

/**
 * What a server prints for a column, as the canonical text its events decode to. PostgreSQL in ISO date style, MySQL
 * and MariaDB in a session at time zone +00:00; bytes as a Buffer or, from PostgreSQL, as `\x…`.
 * @throws RowbridgeError when the value is not of that type, or beyond what is carried exactly
 */
export function canonicalFromServerText(
  type: LogicalType,
  engineFamily: 'postgres' | 'mysql',
  serverText: string | Uint8Array | null,
): LogicalValue {
  if (serverText === null) return null;
  if (type === 'bytes') return canonicalBytes(serverText);
  if (typeof serverText !== 'string') {
    // Of binary columns, these two types are not text in them.
    if (type === 'geometry' && engineFamily === 'mysql') return geometryFromMysql(serverText);
    if (type === 'uuid' && serverText.length === 16) return canonicalUuid(canonicalBytes(serverText));
  }
  const text = typeof serverText === 'string' ? serverText : decodeUtf8(type, serverText);
  return type === 'instant' && engineFamily === 'mysql'
    ? canonicalInstantInUtc(text)
    : eventForms[type](text);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeUtf8(type: LogicalType, bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw unmappable(type, 'is not valid UTF-8');
  }
}
