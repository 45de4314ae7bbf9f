import { setTimeout as delay } from 'node:timers/promises';
import type { RunningSystem } from '@rowbridge/launcher';

export interface ReplayFigures {
  readonly letters: number;
  /** From the first row written in the source until all dead letters are listed. */
  readonly deadLetterSeconds: number;
  /** From the request until the last dead letter is settled. */
  readonly replaySeconds: number;
  readonly byOutcome: Readonly<Record<string, number>>;
}

interface ReplayAnswer {
  readonly replay: {
    readonly requestId: string;
    readonly state: string;
    readonly byOutcome: Readonly<Record<string, number>>;
  };
}

const deadlineMs = 900_000;
const filter = { errorCode: 'check_violation', table: 'users' };

/** Rows the target refuses, until all are dead letters; then their replay over the API, with nothing in the way any more. */
export async function measureReplay(system: RunningSystem, letters: number): Promise<ReplayFigures> {
  const { legacyPool, revampPool } = system.databases;
  await revampPool.query(
    `alter table revamp_users add constraint no_benchmark check (user_name not like 'bench-%')`,
  );
  const begunAt = performance.now();
  await legacyPool.query(
    `insert into legacy_users (username, email, status)
     select 'bench-' || number, 'bench-' || number || '@example.test', 'active'
     from generate_series(1, $1::int) as number`,
    [letters],
  );
  await until(
    async () => (await ask<{ total: number }>(system, `?${query()}&status=open&limit=1`)).total === letters,
  );
  const deadLetterSeconds = (performance.now() - begunAt) / 1_000;
  await revampPool.query('alter table revamp_users drop constraint no_benchmark');
  const replayedAt = performance.now();
  let { replay } = await ask<ReplayAnswer>(system, '/replay', { filter });
  await until(async () => {
    ({ replay } = await ask<ReplayAnswer>(system, `/replays/${replay.requestId}?limit=1`));
    return replay.state !== 'running';
  });
  return {
    letters,
    deadLetterSeconds,
    replaySeconds: (performance.now() - replayedAt) / 1_000,
    byOutcome: replay.byOutcome,
  };
}

function query(): string {
  return new URLSearchParams(filter).toString();
}

async function ask<Answer>({ controlApi }: RunningSystem, path: string, body?: object): Promise<Answer> {
  const answer = await fetch(`${controlApi.url}/api/v1/dlq${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${controlApi.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Answer;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`the condition did not hold within ${deadlineMs} ms`);
    await delay(100);
  }
}
