import type {
  ChangeEvent,
  ColumnShape,
  DecodedRecord,
  LogicalType,
  RowSchema,
} from '@rowbridge/change-event';
import type { OpenSchemaDrift, SchemaCatalog } from '@rowbridge/database-access';
import {
  deriveDirectionPlan,
  findTableMisfits,
  type ColumnInCatalog,
  type TableInCatalog,
  type TablePlan,
} from '@rowbridge/mapping';
import { bothSides, samplePair } from '../../../test/pairs/sample-pair.js';
import { SchemaWatch } from './schema-watch.js';

const pair = samplePair({ columns: [{ names: bothSides('mood'), type: 'text' }] });
const plan = deriveDirectionPlan(pair, 'left');
const people = plan.tables[0] as TablePlan;

function column(name: string, change: Partial<ColumnInCatalog> = {}): ColumnInCatalog {
  const holds = new Set<LogicalType>([name === 'id' ? 'int64' : 'text']);
  const rest = { nullable: true, hasDefault: false, computed: false, labels: null, restated: '' };
  return { name, declaredAs: 'varchar(10)', holds, ...rest, ...change };
}

function tableOf(...columns: readonly ColumnInCatalog[]): TableInCatalog {
  return { columns: new Map([column('id'), ...columns].map((one) => [one.name, one])), primaryKey: ['id'] };
}

/** A side whose table the test changes behind the watch's back. */
class Side implements SchemaCatalog {
  actual = tableOf(column('email'), column('mood'));
  private read = this.actual;
  private accepted: TableInCatalog | null = this.actual;
  refreshes = 0;

  constructor(private readonly written: boolean) {}

  refresh(): Promise<void> {
    this.refreshes += 1;
    this.read = this.actual;
    return Promise.resolve();
  }
  misfits(): ReturnType<SchemaCatalog['misfits']> {
    return findTableMisfits({
      side: this.written ? 'right' : 'left',
      schema: 'public',
      table: 'people',
      key: [{ name: 'id', type: 'int64' }],
      columns: people.columns.map(({ target, type }) => ({ name: target, type })),
      written: this.written,
      now: this.read,
      former: this.accepted,
    });
  }
  now(): TableInCatalog {
    return this.read;
  }
  former(): TableInCatalog | null {
    return this.accepted;
  }
  accept(): void {
    this.accepted = this.read;
  }
  forget(): void {
    this.accepted = null;
  }
  requireFit(): void {
    if (this.misfits().length > 0) throw new Error('does not fit');
  }
}

const text: ColumnShape = { literal: 'string', semantic: null, parameters: {}, items: null, fields: [] };

function schemaOf(...names: readonly string[]): RowSchema {
  return {
    columns: names.map((name) => ({ name, shape: text })),
    key: [{ name: 'id', shape: { ...text, literal: 'integer' } }],
    unreadable: new Set(),
  };
}

function recordOf(offset: number, schema: RowSchema): DecodedRecord {
  const record = { topic: people.topic, partition: 0, offset: BigInt(offset) };
  const event = { schema: 'public', table: 'people' } as ChangeEvent;
  return { kind: 'change', record, event, schema } as DecodedRecord;
}

describe('SchemaWatch', () => {
  let source: Side;
  let target: Side;
  let watch: SchemaWatch;
  let nowMs: number;
  const fitting = schemaOf('id', 'email', 'mood', 'nickname');
  const renamed = schemaOf('id', 'email', 'feeling');

  beforeEach(() => {
    nowMs = 1_000_000;
    [source, target] = [new Side(false), new Side(true)];
    watch = new SchemaWatch({ pair, plan, source, target, now: () => nowMs });
  });

  it('asks for the mapped columns alone, so that what nobody maps is never refused', () => {
    expect([...(watch.wantedColumns('public', 'people') ?? [])]).toEqual([
      'id',
      'email',
      'mood',
      'sync_source',
    ]);
    expect(watch.wantedColumns('public', 'strangers')).toBeNull();
  });

  it('lets records that fit pass as they are, and reads no catalog', async () => {
    const records = [recordOf(0, fitting), recordOf(1, fitting)];
    expect(await watch.admit(records)).toBe(records);
    expect([source.refreshes, target.refreshes]).toEqual([0, 0]);
  });

  it('I1: lets pass what stands before a record of a changed schema, and then says what would mend it', async () => {
    source.actual = tableOf(column('email'), column('feeling'));
    const records = [recordOf(0, fitting), recordOf(1, renamed), recordOf(2, fitting)];
    expect(await watch.admit(records)).toEqual(records.slice(0, 1));
    await expect(watch.admit(records.slice(1))).rejects.toMatchObject({
      code: 'column_missing',
      disposition: 'pause_table',
      message: expect.stringMatching(/RENAME COLUMN "feeling" TO "mood";.*"value":"feeling"/) as string,
    });
  });

  it('I8: records of a schema the source no longer has are left to second looks, which read the row as it is', async () => {
    const admitted = await watch.admit([recordOf(0, renamed), recordOf(1, fitting)]);
    expect(admitted).toMatchObject([{ isOutlived: true }, { kind: 'change' }]);
    expect(admitted[1]).not.toHaveProperty('isOutlived');
  });

  it('reads the source again no more than once a second for them', async () => {
    await watch.admit([recordOf(0, renamed), recordOf(1, renamed)]);
    await watch.admit([recordOf(2, renamed)]);
    expect(source.refreshes).toBe(1);
    nowMs += 1_000;
    await watch.admit([recordOf(3, renamed)]);
    expect(source.refreshes).toBe(2);
  });

  it('I8: a type nobody knows makes the table wait even while the source fits, with the patch that leaves it out', async () => {
    const unknown = { ...fitting, unreadable: new Set(['mood']) };
    await expect(watch.admit([recordOf(0, unknown)])).rejects.toMatchObject({
      code: 'schema_incompatible',
      message: expect.stringMatching(
        /mood.*not known here.*"op":"remove","path":"\/tables\/0\/columns\/1"/,
      ) as string,
    });
  });

  it('marks replayed records of another schema, and leaves the others alone', () => {
    const [outlived, good] = watch.markOutlived([recordOf(0, renamed), recordOf(1, fitting)]);
    expect(outlived).toMatchObject({ isOutlived: true });
    expect(good).not.toHaveProperty('isOutlived');
  });

  describe('a refused value', () => {
    const tooLong = { errorCode: 'value_too_long', column: 'mood' };
    const wider = (): void => {
      source.actual = tableOf(column('email'), column('mood', { declaredAs: 'character varying(40)' }));
    };

    it('is its record’s fault while no schema has changed', async () => {
      expect(await watch.tableFaultBehind(people, tooLong)).toBeNull();
    });

    it('is never taken for a change of schema where a value table lacks the word', async () => {
      wider();
      const refusal = { errorCode: 'unknown_value_word', column: 'mood' };
      expect(await watch.tableFaultBehind(people, refusal)).toBeNull();
      expect(source.refreshes).toBe(0);
    });

    it('makes its table wait where the source has become wider', async () => {
      wider();
      const fault = await watch.tableFaultBehind(people, tooLong);
      expect(fault).toMatchObject({ code: 'schema_incompatible', disposition: 'pause_table' });
      expect(fault?.message).toContain('ALTER COLUMN "mood" TYPE character varying(40)');
    });

    it('makes its table wait where the target has become narrower', async () => {
      target.actual = tableOf(column('email'), column('mood', { declaredAs: 'varchar(5)' }));
      await watch.refresh(people);
      const fault = await watch.tableFaultBehind(people, tooLong);
      expect(fault?.message).toContain('ALTER COLUMN "mood" TYPE varchar(10)');
    });

    it('makes its table wait where a column has gone meanwhile', async () => {
      target.actual = tableOf(column('email'));
      expect(await watch.tableFaultBehind(people, tooLong)).toMatchObject({ code: 'column_missing' });
    });

    it('is tried again at once where the target was changed behind our back', async () => {
      wider();
      target.actual = tableOf(column('email'), column('mood', { declaredAs: 'varchar(40)' }));
      expect(await watch.tableFaultBehind(people, tooLong)).toMatchObject({ code: 'statement_plan_stale' });
    });

    it('makes its table wait as a former process found, until the table has passed it', async () => {
      for (const one of [source, target]) one.forget();
      const drift: OpenSchemaDrift = {
        table: 'people',
        errorCode: 'schema_incompatible',
        column: 'mood',
        what: 'mood is wider',
        statement: 'ALTER TABLE people;',
        mappingPatch: null,
        firstSeenMs: 1,
      };
      watch.inherit([drift]);
      const fault = await watch.tableFaultBehind(people, tooLong);
      expect(fault?.message).toContain('ALTER TABLE people;');
      expect(await watch.tableFaultBehind(people, { ...tooLong, column: 'email' })).toBeNull();
      watch.forgetInherited('people');
      expect(await watch.tableFaultBehind(people, tooLong)).toBeNull();
    });
  });
});
