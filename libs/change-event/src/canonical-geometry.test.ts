import {
  canonicalGeometry,
  geometryFromMysql,
  geometryFromWkb,
  geometryToMysql,
  pointOfGeometry,
} from './canonical-geometry.js';

const point = `0101000000${'000000000000f03f'}${'0000000000000040'}`;
const pointIn4326 = `0101000020e6100000${point.slice(10)}`;

describe('geometries', () => {
  it('of one place are one text, whichever server shows them', () => {
    expect(canonicalGeometry('(1,2)')).toBe(point);
    expect(canonicalGeometry(`\\x${point.toUpperCase().replace('X', 'x')}`)).toBe(point);
    expect(geometryFromWkb(Buffer.from(point, 'hex'), 0)).toBe(point);
    expect(geometryFromMysql(Buffer.from(`00000000${point}`, 'hex'))).toBe(point);
  });

  it('keep the number of their reference system', () => {
    expect(geometryFromWkb(Buffer.from(point, 'hex'), 4326)).toBe(pointIn4326);
    expect(canonicalGeometry(pointIn4326)).toBe(pointIn4326);
    expect(geometryToMysql(pointIn4326).toString('hex')).toBe(`e6100000${point}`);
    expect(geometryFromMysql(geometryToMysql(pointIn4326))).toBe(pointIn4326);
  });

  it('are points of the plane only without reference system', () => {
    expect(pointOfGeometry(point)).toEqual([1, 2]);
    expect(pointOfGeometry(pointIn4326)).toBeNull();
  });

  it.each(['', '00', `00${point.slice(2)}`, 'zz'])('are not read from %j', (text) => {
    expect(() => canonicalGeometry(text)).toThrow(expect.objectContaining({ code: 'unmappable_value' }));
  });
});
