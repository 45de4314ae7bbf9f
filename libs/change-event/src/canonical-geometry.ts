import { canonicalBytes } from './canonical-bytes.js';
import { unmappable } from './value-refusal.js';

/*
 * Geometries travel as PostGIS's extended well-known binary: byte order, type, and the reference system's number where
 * it is not 0 (OpenGIS 06-103r4, and PostGIS's flag for the number). Only the outermost header carries one.
 */
const sridFlag = 0x2000_0000;
const littleEndian = 1;
const headerBytes = 5;
const pointType = 1;

/**
 * Well-known binary with the number of its reference system, as canonical text.
 * @throws RowbridgeError when the bytes are no little-endian well-known binary
 */
export function geometryFromWkb(wkb: Uint8Array, srid: number): string {
  const known = readHeader(wkb);
  return render(known.type, srid === 0 ? known.srid : srid, known.body);
}

/** A point of the plane without reference system. */
export function geometryOfPoint(longitude: number, latitude: number): string {
  const body = Buffer.alloc(16);
  body.writeDoubleLE(longitude, 0);
  body.writeDoubleLE(latitude, 8);
  return render(pointType, 0, body);
}

/**
 * A geometry from its extended well-known binary in hexadecimal, or from PostgreSQL's text of a point.
 * @throws RowbridgeError when it is neither
 */
export function canonicalGeometry(text: string): string {
  const point = /^\((.+),(.+)\)$/.exec(text);
  if (point) return geometryOfPoint(Number(point[1]), Number(point[2]));
  return geometryFromWkb(Buffer.from(canonicalBytes(text), 'hex'), 0);
}

/**
 * As MySQL and MariaDB store and print a geometry: the reference system's number, little-endian, then well-known binary.
 * @throws RowbridgeError when the bytes are none
 */
export function geometryFromMysql(bytes: Uint8Array): string {
  if (bytes.length < 4) throw unmappable('geometry', 'is too short');
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return geometryFromWkb(view.subarray(4), view.readUInt32LE(0));
}

/** The reverse of {@link geometryFromMysql}. @param canonical a canonical geometry */
export function geometryToMysql(canonical: string): Buffer {
  const { type, srid, body } = readHeader(Buffer.from(canonical, 'hex'));
  const header = Buffer.alloc(4 + headerBytes);
  header.writeUInt32LE(srid, 0);
  header.writeUInt8(littleEndian, 4);
  header.writeUInt32LE(type, 5);
  return Buffer.concat([header, body]);
}

/** The two coordinates of a canonical geometry, or null where it is no point of the plane without reference system. */
export function pointOfGeometry(canonical: string): readonly [number, number] | null {
  const { type, srid, body } = readHeader(Buffer.from(canonical, 'hex'));
  if (type !== pointType || srid !== 0 || body.length !== 16) return null;
  return [body.readDoubleLE(0), body.readDoubleLE(8)];
}

interface GeometryParts {
  readonly type: number;
  readonly srid: number;
  readonly body: Buffer;
}

function readHeader(bytes: Uint8Array): GeometryParts {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.length < headerBytes || view.readUInt8(0) !== littleEndian) {
    throw unmappable('geometry', 'is not little-endian well-known binary');
  }
  const type = view.readUInt32LE(1);
  if ((type & sridFlag) === 0) return { type, srid: 0, body: view.subarray(headerBytes) };
  if (view.length < headerBytes + 4) throw unmappable('geometry', 'is cut short');
  return {
    type: (type & ~sridFlag) >>> 0,
    srid: view.readUInt32LE(headerBytes),
    body: view.subarray(headerBytes + 4),
  };
}

function render(type: number, srid: number, body: Uint8Array): string {
  const header = Buffer.alloc(srid === 0 ? headerBytes : headerBytes + 4);
  header.writeUInt8(littleEndian, 0);
  header.writeUInt32LE((srid === 0 ? type : type | sridFlag) >>> 0, 1);
  if (srid !== 0) header.writeUInt32LE(srid, headerBytes);
  return Buffer.concat([header, body]).toString('hex');
}
