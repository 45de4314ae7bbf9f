/** A pattern of SQL's LIKE, with `!` as the escape character, for texts that contain this one anywhere. */
export function containsPattern(text: string): string {
  return `%${escaped(text)}%`;
}

/** The same for texts that begin with this one. */
export function startsWithPattern(text: string): string {
  return `${escaped(text)}%`;
}

function escaped(text: string): string {
  return text.replace(/[!%_]/g, (special) => `!${special}`);
}
