/** Opens when too many of the last records were dead-lettered: something systematic is wrong, and the queue would flood. */
export class Breaker {
  /** The latest records, whether each was dead-lettered; a ring, the oldest at the cursor once it is full. */
  private recent: boolean[] = [];
  private deadLetters = 0;
  private cursor = 0;
  private hasOpened = false;

  /**
   * @param limit dead letters that open it
   * @param window records it looks back on
   */
  constructor(
    private limit: number,
    private window: number,
    private readonly onOpen: () => void,
  ) {}

  get isOpen(): boolean {
    return this.deadLetters >= this.limit;
  }

  /** Changes the rule and keeps what was seen; the next record is judged by it. */
  configure(limit: number, window: number): void {
    if (window !== this.window) {
      const inOrder = [...this.recent.slice(this.cursor), ...this.recent.slice(0, this.cursor)];
      this.recent = inOrder.slice(-window);
      this.cursor = this.recent.length % window;
      this.deadLetters = this.recent.filter((deadLettered) => deadLettered).length;
    }
    this.limit = limit;
    this.window = window;
  }

  record(deadLettered: boolean): void {
    if (this.recent[this.cursor] === true) this.deadLetters -= 1;
    this.recent[this.cursor] = deadLettered;
    if (deadLettered) this.deadLetters += 1;
    this.cursor = (this.cursor + 1) % this.window;
    if (!this.isOpen || this.hasOpened) return;
    this.hasOpened = true;
    this.onOpen();
  }
}
