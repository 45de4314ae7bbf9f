/** Opens when too many of the last records were dead-lettered: something systematic is wrong, and the queue would flood. */
export class Breaker {
  private readonly recent: boolean[] = [];
  private deadLetters = 0;
  private cursor = 0;

  /**
   * @param limit dead letters that open it
   * @param window records it looks back on
   */
  constructor(
    private readonly limit: number,
    private readonly window: number,
    private readonly onOpen: () => void,
  ) {}

  get isOpen(): boolean {
    return this.deadLetters >= this.limit;
  }

  record(deadLettered: boolean): void {
    const wasOpen = this.isOpen;
    if (this.recent[this.cursor] === true) this.deadLetters -= 1;
    this.recent[this.cursor] = deadLettered;
    if (deadLettered) this.deadLetters += 1;
    this.cursor = (this.cursor + 1) % this.window;
    if (this.isOpen && !wasOpen) this.onOpen();
  }
}
