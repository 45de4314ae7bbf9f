import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { notificationTopic } from '@rowbridge/connectors';
import { openControlStore, type ControlStore } from '@rowbridge/control-store';
import { describeWithKafka, waitFor } from '@rowbridge/testing';
import { KafkaBench } from '../kafka/kafka-bench.js';
import { startApi, type ApiUnderTest } from './api-under-test.js';

const soon = { deadlineMs: 90_000, intervalMs: 200 };

/** As in a rolling update: the next process is up before the one that is replaced begins its last work. */
describeWithKafka('work that a replaced control API leaves after the next one has started', (provider) => {
  let bench: KafkaBench;
  let api: ApiUnderTest;
  /** What the replaced process has of the store. */
  let store: ControlStore;
  let folder = '';

  beforeAll(async () => {
    bench = await KafkaBench.open(provider);
    await bench.kafka.admin.createTopics(
      ['legacy', 'revamp'].map((prefix) => ({ topic: notificationTopic(prefix), partitions: 1 })),
    );
    folder = mkdtempSync(join(tmpdir(), 'rowbridge-left-'));
    const url = `sqlite:${join(folder, 'control.db')}`;
    store = await openControlStore({ url });
    api = await startApi({
      KAFKA_BROKERS: bench.stack.kafka.brokers.join(','),
      ROWBRIDGE_CONTROL_STORE_URL: url,
    });
  });

  afterAll(async () => {
    await api?.close();
    await store?.close();
    await bench?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What a process leaves that is killed while it begins a sync run and a replay. */
  const leave = async (requestId: string): Promise<string> => {
    const creation = await store.runs.create({
      system: 'legacy-revamp',
      trigger: 'manual',
      actor: 'operator',
      directions: ['legacy-to-revamp'],
      tables: ['users'],
      keyFilter: null,
      reset: false,
    });
    if (creation.kind !== 'created') throw new Error('another run is running');
    await store.replays.put({
      requestId,
      dryRun: false,
      actor: 'operator',
      state: 'running',
      startedAtMs: Date.now(),
      endedAtMs: null,
      selected: 1,
      sent: 0,
      answered: 0,
      allSent: false,
      stopRequested: false,
      byOutcome: {},
      error: null,
    });
    return creation.run.id;
  };

  it('is ended truthfully as often as it is left: no sync run and no replay runs for ever', async () => {
    // What is left first may be found as the API starts; that it is ended shows that the API has started.
    for (const requestId of ['first', 'second', 'third']) {
      const runId = await leave(requestId);
      const ended = await waitFor(
        async () => {
          const run = await store.runs.get(runId);
          const replay = await store.replays.get(requestId);
          return run?.status !== 'running' && replay?.state !== 'running' ? { run, replay } : null;
        },
        { ...soon, what: `what was left ${requestId} to be ended` },
      );
      expect(ended).toMatchObject({
        run: { status: 'failed', error: { code: 'sync_run_not_started' } },
        replay: { state: 'failed', error: { code: 'replay_interrupted' } },
      });
    }
  });
});
