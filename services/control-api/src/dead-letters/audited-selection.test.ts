import { deriveDirectionPlan } from '@rowbridge/mapping';
import { createLogger } from '@rowbridge/observability';
import { legacyRevamp } from '@rowbridge/pair-legacy-revamp';
import { Registry } from 'prom-client';
import type { ApiContext } from '../api-context.js';
import { callOperation, StoreBench } from '../state/store-bench.js';
import { auditedSelection } from './audited-selection.js';
import type { DeadLetterDesk } from './dead-letter-desk.js';
import { deadLetterModule } from './dead-letters.routes.js';
import { digestOfKey } from './index-record.js';
import { ReplayRun } from './replay-run.js';
import { replayRoutes } from './replays.routes.js';

const key = 'ada@example.test';
const text = 'Ada Lovelace';
const filter = { table: 'users', key, text };
const auditedFilter = { table: 'users', key: `sha256:${digestOfKey(key)}`, text: '12 characters' };

describe('what the audit log keeps of a selection of dead letters', () => {
  let bench: StoreBench;
  let context: ApiContext;

  beforeEach(async () => {
    bench = await StoreBench.open();
    context = {
      configuration: { schemaRegistry: { url: 'http://127.0.0.1:1' }, deadLetters: { topic: 'sync.dlq' } },
      plans: [deriveDirectionPlan(legacyRevamp, 'legacy')],
      logger: createLogger({ name: 'test', level: 'fatal' }),
      registry: new Registry(),
      store: bench.link,
      audit: bench.audit,
      now: Date.now,
    } as unknown as ApiContext;
  });

  afterEach(() => bench.close());

  it('is neither the key nor the text that a discard asked for', async () => {
    const { routes } = deadLetterModule(context);
    const body = { filter, reason: 'test data' };
    await callOperation(routes, 'discardDeadLetters', { query: { dryRun: false }, body });
    expect(await bench.noted()).toMatchObject([
      { action: 'dlq.discard', after: { filter: auditedFilter, reason: 'test data' }, result: 'done' },
    ]);
    expect(JSON.stringify(await bench.noted())).not.toMatch(/ada@|Lovelace/);
  });

  it('is neither the key nor the text that a replay asked for', async () => {
    const run = ReplayRun.begin({ requestId: 'request-1', dryRun: false, actor: 'ops', now: Date.now });
    run.finishSending();
    const desk = { replays: { start: () => Promise.resolve(run) }, sending: () => ({}) };
    const routes = replayRoutes(context, desk as unknown as DeadLetterDesk);
    await callOperation(routes, 'replayDeadLetters', { query: { dryRun: false }, body: { filter } });
    expect(await bench.noted()).toMatchObject([
      { action: 'dlq.replay', after: { filter: auditedFilter }, result: 'done' },
    ]);
    expect(JSON.stringify(await bench.noted())).not.toMatch(/ada@|Lovelace/);
  });

  it('is everything else as it was asked for', () => {
    const byIds = { ids: ['0-1'], ratePerSecond: 5 };
    expect(auditedSelection(byIds)).toEqual(byIds);
    const byCode = { filter: { errorCode: 'out_of_range' } };
    expect(auditedSelection(byCode)).toEqual(byCode);
  });
});
