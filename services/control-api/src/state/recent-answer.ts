/** Asks at most once in a time, however many want to know: for what anybody may ask for, as often as they like. */
export class RecentAnswer<Answer> {
  private last: { readonly askedAtMs: number; readonly answer: Promise<Answer> } | null = null;

  constructor(
    private readonly ask: () => Promise<Answer>,
    private readonly keptMs: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** An answer not older than the time; a failure is kept as long. */
  read(): Promise<Answer> {
    const nowMs = this.now();
    if (this.last === null || nowMs - this.last.askedAtMs >= this.keptMs) {
      const answer = this.ask();
      answer.catch(() => undefined);
      this.last = { askedAtMs: nowMs, answer };
    }
    return this.last.answer;
  }
}
