import type { LiveFigures } from './live-figures.js';

/** The part of a terminal that is needed; `process.stderr` fits. */
export interface TableStream {
  write(text: string): unknown;
  isTTY?: boolean;
}

const redrawIntervalMs = 1_000;

/** Shows how rows cross: on a terminal redrawn in place every second, elsewhere only when asked to show. */
export class LiveTable {
  private timer: NodeJS.Timeout | undefined;
  private drawnLines = 0;
  private isReading = false;

  constructor(
    private readonly stream: TableStream,
    private readonly read: () => Promise<LiveFigures>,
  ) {}

  /** Begins to redraw, on a terminal. */
  start(): void {
    if (this.stream.isTTY !== true) return;
    this.timer = setInterval(() => void this.show(), redrawIntervalMs);
    this.timer.unref();
  }

  /** Shows the figures as they stand. */
  async show(): Promise<void> {
    if (this.isReading) return;
    this.isReading = true;
    try {
      const lines = formatLiveTable(await this.read());
      const isRedraw = this.stream.isTTY === true && this.drawnLines > 0;
      const moveUp = isRedraw ? `\u001b[${this.drawnLines}A` : '';
      const clear = isRedraw ? '\u001b[2K' : '';
      this.stream.write(moveUp + lines.map((line) => `${clear}${line}\n`).join(''));
      this.drawnLines = lines.length;
    } catch {
      // A database or service that is down for a moment: the next second shows it again.
    } finally {
      this.isReading = false;
    }
  }

  /** Writes lines above the table without tearing it. */
  say(text: string): void {
    this.stream.write(`${text}\n`);
    this.drawnLines = 0;
  }

  stop(): void {
    clearInterval(this.timer);
  }
}

/** Lines for people: one for each table, one for each direction. */
export function formatLiveTable({ tables, directions }: LiveFigures): readonly string[] {
  const header = ['table', 'rows legacy', 'rows revamp', 'moved →', 'moved ←'];
  const rows = tables.map(({ name, legacyRows, revampRows, moved }) => [
    name,
    String(legacyRows),
    String(revampRows),
    String(moved[0] ?? 0),
    String(moved[1] ?? 0),
  ]);
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const format = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ');
  return [
    '',
    format(header),
    ...rows.map(format),
    ...directions.map(
      ({ name, isUp, lagSeconds, echoes, openLooks }) =>
        `${name.padEnd(17)} ${isUp ? 'up  ' : 'DOWN'}  lag p50 ${milliseconds(lagSeconds.p50)}, p99 ${milliseconds(lagSeconds.p99)}` +
        `  echoes stopped ${echoes}  second looks open ${openLooks}`,
    ),
  ];
}

function milliseconds(seconds: number | null): string {
  return seconds === null ? '–' : `${Math.round(seconds * 1_000)} ms`;
}
