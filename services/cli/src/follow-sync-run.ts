import {
  streamTicketSchema,
  syncHistorySchema,
  syncStatusSchema,
  syncStreamEventSchema,
  type SyncRun,
} from '@rowbridge/control-protocol';
import { SingleBar } from 'cli-progress';
import { createParser } from 'eventsource-parser';
import { setTimeout as delay } from 'node:timers/promises';
import { CommandError } from './command-error.js';
import type { Invocation } from './invocation.js';
import { Patience } from './patience.js';

const reconnectMs = 500;

/**
 * Watches a run until it has ended, drawing its progress where somebody watches. A stream that ends or breaks off is taken
 * up again where it was, and a control API that goes away meanwhile is waited for.
 * @returns the run as it ended
 * @throws CommandError exit 3 where the API does not come back
 */
export async function followSyncRun(invocation: Invocation, started: SyncRun): Promise<SyncRun> {
  const stream = invocation.output.progressStream;
  const bar =
    stream &&
    new SingleBar({ stream, format: '{phase} [{bar}] {percentage}% {value}/{total} rows', hideCursor: true });
  bar?.start(Math.max(started.estimatedRows, 1), 0, { phase: started.phase ?? started.state });
  const draw = (run: SyncRun): void => {
    bar?.setTotal(Math.max(run.estimatedRows, run.rowsRead, 1));
    bar?.update(run.rowsApplied, { phase: run.phase ?? run.state });
  };
  const patience = new Patience(`Run ${started.id} goes on without it being watched: rowbridge sync status.`);
  const place: StreamPlace = { lastEventId: undefined };
  try {
    for (;;) {
      try {
        for await (const run of reports(invocation, started, place)) {
          patience.renew();
          draw(run);
          if (run.state !== 'running') return run;
        }
        await delay(reconnectMs);
      } catch (failure) {
        await patience.bear(failure);
      }
    }
  } finally {
    bar?.stop();
  }
}

/** How far the stream was read. */
interface StreamPlace {
  lastEventId: string | undefined;
}

/** The run as it is now, since it may have ended while nobody listened, and then as the stream tells of it. */
async function* reports(
  invocation: Invocation,
  started: SyncRun,
  place: StreamPlace,
): AsyncGenerator<SyncRun> {
  yield await currentRun(invocation, started);
  for await (const event of events(invocation, place.lastEventId)) {
    place.lastEventId = event.id ?? place.lastEventId;
    const parsed = syncStreamEventSchema.safeParse(JSON.parse(event.data));
    if (parsed.success && parsed.data.run.id === started.id) yield parsed.data.run;
  }
}

async function currentRun({ api }: Invocation, { id }: SyncRun): Promise<SyncRun> {
  const { content } = await api.ask(syncStatusSchema, { path: '/api/v1/sync/status' });
  if (content.run?.id === id) return content.run;
  // Another run has begun since: this one lies in the history.
  const history = await api.ask(syncHistorySchema, { path: '/api/v1/sync/history', query: { limit: 500 } });
  const run = history.content.items.find((item) => item.id === id);
  if (!run) throw new CommandError(`run ${id} is not among the latest 500 runs any more`, 1);
  return run;
}

interface StreamEvent {
  readonly id: string | undefined;
  readonly data: string;
}

async function* events({ api }: Invocation, lastEventId: string | undefined): AsyncGenerator<StreamEvent> {
  const { content } = await api.ask(streamTicketSchema, { method: 'POST', path: '/api/v1/stream-ticket' });
  const chunks = api.stream({
    path: '/api/v1/sync/stream',
    query: { ticket: content.ticket },
    headers: {
      accept: 'text/event-stream',
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    },
  });
  const waiting: StreamEvent[] = [];
  const parser = createParser({ onEvent: ({ id, data }) => waiting.push({ id, data }) });
  const decoder = new TextDecoder();
  for await (const chunk of chunks) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    yield* waiting.splice(0);
  }
}
