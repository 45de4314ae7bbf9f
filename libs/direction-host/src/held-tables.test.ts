import type { OpenSchemaDrift, SchemaDrift } from '@rowbridge/database-access';
import { RowbridgeError } from '@rowbridge/errors';
import type { DirectionPlan, TablePlan } from '@rowbridge/mapping';
import { createLogger } from '@rowbridge/observability';
import { driftFault, type DriftDiagnosis } from './diagnose-drift.js';
import { DirectionState } from './direction-state.js';
import { HeldTables, type HeldTablesOptions } from './held-tables.js';

const topic = 'left.public.people';
const plan = {
  name: 'left-to-right',
  tables: [{ entity: 'people', topic, source: { table: 'people' } }],
} as unknown as DirectionPlan;

const missing: DriftDiagnosis = {
  errorCode: 'column_missing',
  column: 'mood',
  what: 'no column "mood"',
  statement: 'ALTER TABLE people ADD COLUMN mood text;',
  mappingPatch: null,
};
const fault = new RowbridgeError('column_missing', 'column 42703');

/** A direction whose target, topic ends and diagnosis the test sets. */
class Bench {
  diagnosis: DriftDiagnosis | null = null;
  drifts: readonly OpenSchemaDrift[] = [];
  applied = new Map([[`${topic}/0`, 5n]]);
  looks = 0;
  nowMs = 1_000;
  refreshes = 0;
  inherited: readonly OpenSchemaDrift[] = [];
  readonly recorded: SchemaDrift[] = [];
  readonly events: string[] = [];
  readonly lines: string[] = [];
  readonly state: DirectionState;
  readonly held: HeldTables;

  constructor() {
    const destination = { write: (line: string) => void this.lines.push(line) };
    const logger = createLogger({ name: 'test', level: 'error', destination });
    this.state = new DirectionState(logger);
    const catalog = (side: string): object => ({
      accept: () => void this.events.push(`accept ${side}`),
      requireFit: () => undefined,
      refresh: () => Promise.resolve(void this.events.push(`read ${side}`)),
    });
    const options = {
      plan,
      state: this.state,
      logger,
      now: () => this.nowMs,
      readEnds: () => Promise.resolve(new Map([[0, 8n]])),
      source: { schema: catalog('source') },
      target: {
        schema: catalog('target'),
        openSchemaDrifts: () => Promise.resolve(this.drifts),
        recordSchemaDrift: (drift: SchemaDrift) => Promise.resolve(void this.recorded.push(drift)),
        resolveSchemaDrift: (table: string) => Promise.resolve(void this.events.push(`resolve ${table}`)),
        readAppliedOffsets: () =>
          Promise.resolve(new Map([...this.applied].map(([name, nextOffset]) => [name, { nextOffset }]))),
        lookSummary: () => Promise.resolve({ countByTable: new Map([['people', this.looks]]) }),
      },
      watch: {
        diagnose: () => this.diagnosis,
        refresh: () => Promise.resolve(void (this.refreshes += 1)),
        inherit: (drifts: readonly OpenSchemaDrift[]) => void (this.inherited = drifts),
        inheritedOf: () => this.inherited[0] ?? null,
        forgetInherited: () => void (this.inherited = []),
      },
    };
    this.held = new HeldTables(options as unknown as HeldTablesOptions);
  }
}

const inheritedDrift: OpenSchemaDrift = {
  ...missing,
  table: 'people',
  what: 'no column "mood"; "feeling" is new',
  statement: 'ALTER TABLE people RENAME COLUMN feeling TO mood;',
  firstSeenMs: 1,
};

describe('HeldTables', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });

  it('shows and records a table that waits with what would mend it, and takes it back when it goes on', async () => {
    await bench.held.begin();
    bench.diagnosis = missing;
    const told = await bench.held.hold(topic, fault, 'records');
    expect(told.message).toContain('run: ALTER TABLE people ADD COLUMN mood text;');
    expect(bench.held.shown).toEqual([{ ...missing, table: 'people', sinceMs: 1_000 }]);
    expect(bench.recorded).toEqual([{ ...missing, table: 'people' }]);
    expect([...bench.state.heldTopics().keys()]).toEqual([topic]);
    bench.diagnosis = null;
    expect(await bench.held.release(topic, 'records')).toBe(true);
    expect(bench.held.shown).toEqual([]);
    expect(bench.state.heldTopics().size).toBe(0);
    expect(bench.events).toEqual(['resolve people', 'accept source', 'accept target']);
  });

  it.each([
    ['records', 'looks'],
    ['looks', 'records'],
  ] as const)('lets a table go on only when all that held it agrees, %s first', async (first, second) => {
    bench.diagnosis = missing;
    await bench.held.hold(topic, fault, 'records');
    await bench.held.hold(topic, fault, 'looks');
    expect(await bench.held.release(topic, first)).toBe(false);
    expect(bench.held.isHeldBy('people', second)).toBe(true);
    expect(await bench.held.release(topic, second)).toBe(true);
  });

  it('says since when a table waits, and logs its cause once, however often it is held', async () => {
    bench.diagnosis = missing;
    await bench.held.hold(topic, fault, 'records');
    bench.nowMs = 9_000;
    await bench.held.hold(topic, fault, 'records');
    expect(bench.held.shown).toMatchObject([{ sinceMs: 1_000 }]);
    expect(bench.lines).toHaveLength(1);
    bench.diagnosis = { ...missing, what: 'no column "mood", nor "rank"' };
    await bench.held.hold(topic, fault, 'records');
    expect(bench.lines).toHaveLength(2);
  });

  it('reads a table anew before each attempt while it waits, and not while it does not', async () => {
    const table = plan.tables[0] as TablePlan;
    await bench.held.beforeAttempt(table);
    expect(bench.refreshes).toBe(0);
    await bench.held.hold(topic, fault, 'records');
    const held = bench.refreshes;
    await bench.held.beforeAttempt(table);
    expect(bench.refreshes).toBe(held + 1);
  });

  it('leaves a table alone that goes on, however often it looks again', async () => {
    await bench.held.begin();
    await bench.held.recheck();
    expect([bench.refreshes, bench.events]).toEqual([0, []]);
  });

  it('shows what the server refused where no misfit explains it, such as a missing privilege', async () => {
    const refused = new RowbridgeError('insufficient_privilege', 'permission denied for table people');
    await bench.held.hold(topic, refused, 'records');
    expect(bench.held.shown).toMatchObject([{ errorCode: 'insufficient_privilege', statement: null }]);
  });

  it('keeps what was found out about a refused value, though both tables fit the mapping', async () => {
    const label: DriftDiagnosis = {
      ...missing,
      errorCode: 'enum_label_missing',
      statement: 'ALTER TYPE mood;',
    };
    const table = plan.tables[0] as TablePlan;
    await bench.held.hold(topic, driftFault(table, label), 'records');
    expect(bench.recorded).toEqual([{ ...label, table: 'people' }]);
  });

  it('holds at the start a table that was written before, and looks again until it fits', async () => {
    bench.diagnosis = missing;
    await bench.held.begin();
    expect(bench.held.isHeldBy('people', 'catalog')).toBe(true);
    await bench.held.recheck();
    expect(bench.held.shown).toHaveLength(1);
    bench.diagnosis = null;
    await bench.held.recheck();
    expect(bench.held.shown).toEqual([]);
  });

  it('I8: finds by reading the source that a table must wait of which no record tells, and when it goes on', async () => {
    await bench.held.begin();
    await bench.held.survey();
    expect([bench.held.shown, bench.events]).toEqual([[], ['read source']]);
    bench.diagnosis = missing;
    await bench.held.survey();
    await bench.held.survey();
    expect(bench.held.shown).toMatchObject([{ table: 'people', errorCode: 'column_missing' }]);
    expect([bench.recorded.length, bench.events]).toEqual([1, ['read source', 'read source']]);
    bench.diagnosis = null;
    await bench.held.recheck();
    expect(bench.held.shown).toEqual([]);
  });

  it('keeps what a former process found out, which knew what the table was before', async () => {
    bench.drifts = [inheritedDrift];
    bench.diagnosis = missing;
    await bench.held.begin();
    expect(bench.held.shown).toMatchObject([
      { statement: inheritedDrift.statement, what: inheritedDrift.what },
    ]);
  });

  it.each([
    ['another column', { ...inheritedDrift, column: 'rank' }],
    ['another cause', { ...inheritedDrift, errorCode: 'column_not_null' }],
  ])('does not explain a misfit by what a former process found out about %s', async (_what, drift) => {
    bench.drifts = [drift as OpenSchemaDrift];
    bench.diagnosis = missing;
    await bench.held.begin();
    expect(bench.held.shown).toMatchObject([{ statement: missing.statement, what: missing.what }]);
  });

  it('I1: resolves what a former process recorded no sooner than all that waited then has passed', async () => {
    bench.drifts = [inheritedDrift];
    await bench.held.begin();
    expect(await bench.held.release(topic, 'records')).toBe(false);
    bench.applied.set(`${topic}/0`, 8n);
    bench.looks = 1;
    expect(await bench.held.release(topic, 'records')).toBe(false);
    bench.looks = 0;
    expect(bench.inherited).toHaveLength(1);
    await bench.held.recheck();
    expect(bench.events).toContain('resolve people');
    expect(bench.inherited).toEqual([]);
  });

  it('lets a table go on whose partitions another replica has now, once it fits', async () => {
    bench.diagnosis = missing;
    await bench.held.hold(topic, fault, 'records');
    bench.held.reassigned();
    await bench.held.recheck();
    expect(bench.held.shown).toHaveLength(1);
    bench.diagnosis = null;
    await bench.held.recheck();
    expect(bench.held.shown).toEqual([]);
  });
});
