import Table from 'cli-table3';

export interface OutputStreams {
  readonly out: NodeJS.WritableStream;
  readonly err: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

export type Cell = string | number | boolean | null | undefined;

/** What a command says: tables for people, one JSON value a command for programs. */
export class Output {
  constructor(
    private readonly streams: OutputStreams,
    readonly isJson: boolean,
  ) {}

  /** The command's result. With `--json` the value as it is, else what `print` writes. */
  result(value: unknown, print: (output: Output) => void): void {
    if (this.isJson) this.streams.out.write(`${JSON.stringify(value, null, 2)}\n`);
    else print(this);
  }

  line(text: string): void {
    this.streams.out.write(`${text}\n`);
  }

  /**
   * Beside the result, for people: on the error stream, so that pipes carry the result alone. With `--json` that stream is
   * for the failure alone; what a program has to know is in the result.
   */
  note(text: string): void {
    if (!this.isJson) this.streams.err.write(`${text}\n`);
  }

  /** How to ask for the page that follows; nothing where the list ends. */
  nextPage(cursor: string | null): void {
    if (cursor !== null) this.note(`More: --cursor ${cursor}`);
  }

  /** Columns as wide as they need; nothing is cut. */
  table(headings: readonly string[], rows: readonly (readonly Cell[])[], whenEmpty: string): void {
    if (rows.length === 0) {
      this.line(whenEmpty);
      return;
    }
    const table = new Table({
      head: [...headings],
      chars: plainFrame,
      style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    });
    for (const row of rows) table.push(row.map(printedCell));
    for (const line of table.toString().split('\n')) this.line(line.trimEnd());
  }

  /** Where progress may be drawn; null where nobody watches. */
  get progressStream(): NodeJS.WritableStream | null {
    return this.streams.err.isTTY === true && !this.isJson ? this.streams.err : null;
  }
}

function printedCell(cell: Cell): string {
  return cell === null || cell === undefined ? '-' : String(cell);
}

const frameParts = [
  'top',
  'top-mid',
  'top-left',
  'top-right',
  'bottom',
  'bottom-mid',
  'bottom-left',
  'bottom-right',
  'left',
  'left-mid',
  'mid',
  'mid-mid',
  'right',
  'right-mid',
  'middle',
] as const;

const plainFrame = Object.fromEntries(frameParts.map((part) => [part, '']));
