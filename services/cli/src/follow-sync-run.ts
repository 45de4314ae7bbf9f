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

const reconnectMs = 500;

/**
 * Watches a run until it has ended, drawing its progress where somebody watches. A stream that breaks is taken up again
 * where it broke.
 * @returns the run as it ended
 */
export async function followSyncRun(invocation: Invocation, started: SyncRun): Promise<SyncRun> {
  const stream = invocation.output.progressStream;
  const bar =
    stream &&
    new SingleBar({ stream, format: '{phase} [{bar}] {percentage}% {value}/{total} rows', hideCursor: true });
  bar?.start(Math.max(started.estimatedRows, 1), 0, { phase: started.phase ?? started.state });
  try {
    let run = started;
    let lastEventId: string | undefined;
    while (run.state === 'running') {
      for await (const event of events(invocation, lastEventId)) {
        lastEventId = event.id ?? lastEventId;
        const parsed = syncStreamEventSchema.safeParse(JSON.parse(event.data));
        if (!parsed.success || parsed.data.run.id !== started.id) continue;
        run = parsed.data.run;
        bar?.setTotal(Math.max(run.estimatedRows, run.rowsRead, 1));
        bar?.update(run.rowsApplied, { phase: run.phase ?? run.state });
        if (run.state !== 'running') return run;
      }
      // The stream has ended before the run: what happened meanwhile is asked for.
      await delay(reconnectMs);
      run = await currentRun(invocation, started);
    }
    return run;
  } finally {
    bar?.stop();
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
  const answer = await api.send({
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
  for await (const chunk of answer.body ?? []) {
    parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }));
    yield* waiting.splice(0);
  }
}
