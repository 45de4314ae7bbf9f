/** One step in the life of something that is fetched or started. */
export interface ProgressEvent {
  /** What is awaited, for a person: `MariaDB 11.4.5`. The same name is used for all its steps. */
  item: string;
  phase:
    | 'fetching'
    | 'unpacking'
    | 'starting'
    | 'ready'
    | 'stopping'
    | 'stopped'
    | 'exited'
    | 'restarted'
    | 'note';
  /** For people: why it waits, where it listens. Never a secret. */
  detail?: string;
  doneBytes?: number;
  totalBytes?: number;
  /** Seconds the finished step took. */
  seconds?: number;
}

export type ProgressListener = (event: ProgressEvent) => void;

/** The part of a writable stream a reporter needs; `process.stderr` fits. */
export interface ProgressStream {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

const barWidth = 24;
const plainIntervalMs = 5_000;
const redrawIntervalMs = 80;
const settledPhases: readonly ProgressEvent['phase'][] = ['ready', 'stopped'];

/**
 * Writes progress for people: on a terminal one line per awaited item, redrawn in place; elsewhere plain lines,
 * at most one every five seconds for a running download. Give it stderr when stdout carries JSON.
 */
export function createProgressReporter(
  stream: ProgressStream,
  now: () => number = Date.now,
): ProgressListener {
  return stream.isTTY === true ? createTerminalReporter(stream, now) : createPlainReporter(stream, now);
}

/** One line for one event, without a line end: name, bar and sizes, or what happened. */
export function formatProgress(event: ProgressEvent): string {
  const parts = [event.item.padEnd(30)];
  if (event.doneBytes !== undefined && event.totalBytes !== undefined && event.totalBytes > 0) {
    parts.push(formatBar(event.doneBytes, event.totalBytes));
  }
  parts.push(event.phase);
  if (event.seconds !== undefined) parts.push(`in ${event.seconds.toFixed(1)} s`);
  if (event.detail !== undefined) parts.push(event.detail);
  return parts.join(' ').trimEnd();
}

function formatBar(doneBytes: number, totalBytes: number): string {
  const share = Math.min(1, doneBytes / totalBytes);
  const filled = Math.round(share * barWidth);
  const bar = '█'.repeat(filled) + '░'.repeat(barWidth - filled);
  return `${bar} ${megabytes(Math.min(doneBytes, totalBytes))} / ${megabytes(totalBytes)} MB`;
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}

function createPlainReporter(stream: ProgressStream, now: () => number): ProgressListener {
  const lastWritten = new Map<string, number>();
  return (event) => {
    const step = `${event.item} ${event.phase}`;
    const previous = lastWritten.get(step);
    const running = event.phase === 'fetching' && event.doneBytes !== event.totalBytes;
    if (running && previous !== undefined && now() - previous < plainIntervalMs) return;
    lastWritten.set(step, now());
    stream.write(`${formatProgress(event)}\n`);
  };
}

function createTerminalReporter(stream: ProgressStream, now: () => number): ProgressListener {
  const lines = new Map<string, string>();
  let drawnLines = 0;
  let drawnAt = 0;
  return (event) => {
    const isOccurrence = event.phase === 'exited' || event.phase === 'restarted' || event.phase === 'note';
    const width = (stream.columns ?? 110) - 1;
    const line = formatProgress(event).slice(0, width);
    const hadLine = lines.has(event.item);
    lines.set(event.item, line);
    const mustDraw = !hadLine || isOccurrence || settledPhases.includes(event.phase);
    if (!mustDraw && now() - drawnAt < redrawIntervalMs) return;
    drawnAt = now();
    const moveUp = drawnLines > 0 ? `\u001b[${drawnLines}A` : '';
    stream.write(moveUp + [...lines.values()].map((text) => `\u001b[2K${text}\n`).join(''));
    drawnLines = lines.size;
    if ([...lines.keys()].every((item) => lines.get(item)?.includes(' ready') === true) || isOccurrence) {
      lines.clear();
      drawnLines = 0;
    }
  };
}
