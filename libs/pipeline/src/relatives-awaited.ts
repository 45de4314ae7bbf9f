/**
 * Ends an attempt at a batch that had better be tried again in a moment: rows of other tables it needs, a parent that
 * another partition carries or children about to be deleted, are probably just behind it. Nothing of the attempt is
 * committed. Trying again spares a second look, which takes seconds.
 */
export class RelativesAwaited extends Error {
  constructor() {
    super('rows of other tables are probably on their way');
    this.name = 'RelativesAwaited';
  }
}
