/** What a column of a derived table keeps of a value: lengths there have two bytes. */
const longestInput = 65_535;

/**
 * Whether a row holds a value that cannot pass through a derived table. MariaDB cuts a longer one there to its length
 * modulo 65,536, and says nothing (seen with 11.4): such a row's values are bound where they are assigned (I8).
 */
export function isLong(row: readonly unknown[]): boolean {
  return row.some((value) => {
    if (Buffer.isBuffer(value)) return value.length > longestInput;
    if (typeof value !== 'string' || value.length * 3 <= longestInput) return false;
    return Buffer.byteLength(value) > longestInput;
  });
}
