import { setTimeout as delay } from 'node:timers/promises';
import { replayAnswerSchema, type Replay, type ReplayResult } from '@rowbridge/control-protocol';
import { SingleBar } from 'cli-progress';
import { CommandError } from '../command-error.js';
import type { Invocation } from '../invocation.js';
import { Patience } from '../patience.js';

/** A replay and the first of its results. */
export interface ReplayAnswer {
  readonly replay: Replay;
  readonly results: readonly ReplayResult[];
}

const pollMs = 500;

/**
 * Asks until every record sent is answered for, drawing progress where somebody watches. A control API that goes away
 * meanwhile is waited for.
 * @throws CommandError exit 3 where it does not come back
 */
export async function followReplay(
  { api, output }: Invocation,
  started: ReplayAnswer,
): Promise<ReplayAnswer> {
  const stream = output.progressStream;
  const bar = stream && new SingleBar({ stream, format: 'replay [{bar}] {value}/{total}', hideCursor: true });
  bar?.start(Math.max(started.replay.selected, 1), started.replay.answered);
  const { requestId } = started.replay;
  const patience = new Patience(
    `It had accepted the replay ${requestId}: rowbridge dlq list shows what is still open.`,
  );
  try {
    let answer = started;
    while (answer.replay.state === 'running') {
      await delay(pollMs);
      const path = `/api/v1/dlq/replays/${encodeURIComponent(requestId)}`;
      try {
        answer = (await api.ask(replayAnswerSchema, { path, query: { limit: 500 } })).content;
        patience.renew();
      } catch (failure) {
        await patience.bear(failure);
      }
      bar?.setTotal(Math.max(answer.replay.selected, 1));
      bar?.update(answer.replay.answered);
    }
    return answer;
  } finally {
    bar?.stop();
  }
}

/** Prints what became of each, and ends with 1 where something failed in earnest. */
export function printReplay({ output }: Invocation, answer: ReplayAnswer): void {
  const { replay, results } = answer;
  output.result(answer, () => {
    output.table(
      ['ID', replay.dryRun ? 'WOULD BE' : 'OUTCOME', 'STATUS', 'FAULT'],
      results.map(({ id, outcome, status, fault }) => [
        id,
        outcome,
        status,
        fault && `${fault.code}: ${fault.message}`,
      ]),
      'Nothing was selected.',
    );
    const counts = Object.entries(replay.byOutcome).map(([outcome, count]) => `${count} ${outcome}`);
    if (counts.length > 0) output.note(counts.join(', '));
    if (replay.dryRun) output.note('Nothing was changed.');
  });
  if (replay.error) throw new CommandError(replay.error.message, 1, replay.error.code);
  if (!replay.dryRun && (replay.byOutcome['fault'] ?? 0) > 0) {
    throw new CommandError(`${replay.byOutcome['fault']} failed again; they stay open`, 1);
  }
}
