/** Patterns in the dialect of Go as the schemas here use it: JavaScript's, but for a leading `(?i)`. */
export default class GoPattern extends RegExp {
  constructor(pattern, flags) {
    const isCaseless = pattern.includes('(?i)');
    super(pattern.replace('(?i)', ''), isCaseless ? `${flags}i` : flags);
  }
}
