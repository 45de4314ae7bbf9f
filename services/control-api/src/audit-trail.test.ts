import { RowbridgeError } from '@rowbridge/errors';
import { createLogger } from '@rowbridge/observability';
import type { AuditedChange, AuditTrail } from './audit-trail.js';
import { RequestProblem } from './http/request-problem.js';
import { StoreBench } from './state/store-bench.js';

const change: AuditedChange = {
  caller: { name: 'operator' },
  action: 'direction.pause',
  target: 'legacy-to-revamp',
  before: { paused: false },
  after: { paused: true },
};

describe('a change that is audited', () => {
  let bench: StoreBench;
  let trail: AuditTrail;
  let lines: string[];

  beforeEach(async () => {
    lines = [];
    const logger = createLogger({
      name: 'test',
      level: 'info',
      destination: { write: (line: string) => void lines.push(line) },
    });
    bench = await StoreBench.open(logger);
    trail = bench.audit;
  });

  afterEach(() => bench.close());

  const noted = (): Promise<readonly object[]> => bench.noted();

  it('is noted as done with who, what, before and after, once it is made', async () => {
    const answer = await trail.record(change, async () => {
      expect(await noted()).toEqual([]);
      return 'made';
    });
    expect(answer).toBe('made');
    const { caller, ...told } = change;
    expect(await noted()).toMatchObject([{ ...told, actor: caller.name, result: 'done' }]);
  });

  it.each([
    ['the code of a refusal', new RequestProblem('illegal_transition', 'no'), 'illegal_transition'],
    ['the code of a fault', new RowbridgeError('kafka_unreachable', 'no'), 'kafka_unreachable'],
    ['internal_error alone for what nobody expected', new Error('ada@example.test'), 'internal_error'],
  ])('that fails is noted with %s, and fails as it did', async (_what, failure, result) => {
    await expect(trail.record(change, () => Promise.reject(failure))).rejects.toBe(failure);
    expect(await noted()).toMatchObject([{ action: 'direction.pause', result }]);
    expect(JSON.stringify(await noted())).not.toContain('ada@');
  });

  it('is not made while it cannot be noted', async () => {
    await bench.store.close();
    const make = jest.fn(() => Promise.resolve());
    await expect(trail.record(change, make)).rejects.toMatchObject({
      status: 503,
      options: { dependency: 'store' },
    });
    expect(make).not.toHaveBeenCalled();
  });

  it('is told to the log where the store fails between the change and its note', async () => {
    const made = trail.record(change, () => bench.store.close());
    await expect(made).rejects.toMatchObject({ status: 503 });
    expect(lines.map((line) => JSON.parse(line) as object)).toContainEqual(
      expect.objectContaining({ operation: 'audit', actor: 'operator', action: 'direction.pause' }),
    );
  });

  it('that fails keeps its own failure where the store fails too', async () => {
    const failure = new RequestProblem('not_found', 'gone');
    const made = trail.record(change, async () => {
      await bench.store.close();
      throw failure;
    });
    await expect(made).rejects.toBe(failure);
    expect(lines.join('')).toContain('could not be noted');
  });
});
