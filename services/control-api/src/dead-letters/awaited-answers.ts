/** Letters this process sent and that are not answered for yet. */
export class ExpectedAnswers {
  private readonly pending = new Set<string>();

  expect(letters: readonly { readonly id: string }[]): void {
    for (const { id } of letters) this.pending.add(id);
  }

  /** Whether the letter was awaited; it is no more. */
  take(id: string): boolean {
    return this.pending.delete(id);
  }
}

/** Letters another process sent: which ones is known only by their answers. */
export class MissedAnswers {
  private readonly taken = new Set<string>();

  expect(): void {
    throw new TypeError('a replay taken up sends nothing');
  }

  /** Whether this is the letter's first answer. */
  take(id: string): boolean {
    if (this.taken.has(id)) return false;
    this.taken.add(id);
    return true;
  }
}
