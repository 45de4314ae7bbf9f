import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createMysqlPool,
  createPostgresPool,
  createPostgresSource,
  preflightMysql,
  preflightPostgres,
} from '@rowbridge/database-access';
import { mysql8UnavailableBecause } from '@rowbridge/embedded-stack';
import { deriveDirectionPlan } from '@rowbridge/mapping';
import { createEngineProvider, describeWithEngines } from '@rowbridge/testing';
import { labelOf, typeColumn } from './type-column.js';
import type { EngineName, TypeCase, TypeColumn } from './type-column.js';
import {
  createTable,
  columnsOf,
  originTable,
  relayTable,
  relayType,
  returnTable,
  typeLegs,
  typePair,
} from './type-leg.js';
import { insertStatements, nullLabel } from './origin-rows.js';
import { postgresTypeDeclarations } from './postgres-columns.js';
import { refusedPostgresTypes } from './refused-types.js';
import { runLeg } from './run-leg.js';
import type { LegResult, RowResult } from './run-leg.js';
import { engineNames, TypeStack } from './type-stack.js';
import { typesPage } from './types-page.js';

const provider = createEngineProvider();
const unavailable = provider.kafkaStack ? mysql8UnavailableBecause() : `no Kafka from ${provider.name}`;
const name = 'every type, out and back over real engines';

if (unavailable === undefined) describeWithEngines(name, roundTrips);
else describe.skip(`${name} (skipped: ${unavailable})`, roundTrips);

function roundTrips(): void {
  let stack: TypeStack;
  const results = new Map<string, LegResult>();
  const failures = new Map<string, unknown>();

  beforeAll(async () => {
    stack = await TypeStack.start(provider);
    for (const engine of engineNames) await prepareEngine(stack, engine);
    for (const leg of typeLegs) {
      const count = rowCount(columnsOf(leg.origin));
      const records = await stack.readTopic(stack.topicOf(leg.origin, originTable), count);
      // One leg's failure is its own tests' failure.
      await runLeg(stack, leg, records).then(
        (result) => results.set(leg.name, result),
        (error: unknown) => failures.set(leg.name, error),
      );
    }
  }, 400_000);

  afterAll(async () => {
    await stack?.close();
    await provider.stop();
  });

  it.each(refusedPostgresTypes.map(({ type, reason }, index) => [type, reason, `refused_${index}`] as const))(
    'I8: refuses to start with a column of type %s: %s',
    async (type, _reason, table) => {
      await stack.databases.postgres.run(createTable('postgres', table, [{ name: 'c_value', type }]));
      const refusals = await refusalsOf(stack, table);
      expect(refusals.filter((check) => check !== 'stopping_array')).toEqual([
        'unsupported_type',
        'invalid_configuration',
      ]);
    },
  );

  it.each(['mysql8', 'mariadb'] as const)(
    'I8: preflight refuses a zero date of %s in a column that may not be null, as each date type spells it',
    async (engine) => {
      await stack.databases[engine].run(
        `create table zero_days (id int primary key, day date not null, hour datetime not null, kept date);
         set sql_mode = ''; insert into zero_days values (1, '0000-00-00', '2024-00-10', '0000-00-00')`,
      );
      expect(await zeroDatesOf(stack, engine)).toEqual(['zero_days.day', 'zero_days.hour']);
    },
  );

  describe.each(typeLegs.map((leg) => [`${leg.origin} over ${leg.relay}`, leg] as const))(
    '%s',
    (_title, leg) => {
      const resultOf = (label: string): RowResult => {
        if (failures.has(leg.name)) throw failures.get(leg.name);
        const result = results.get(leg.name)?.get(label);
        if (!result) throw new Error(`no row ${label}`);
        return result;
      };

      it('carries NULL of every type', () => {
        const { relayed, differing } = resultOf(nullLabel);
        expect(differing).toEqual([]);
        const values = leg.columns.map((column) => relayed?.[column.name]);
        expect(new Set(values)).toEqual(new Set([null]));
      });

      it.each(
        leg.columns.map((column) => [`${column.type} as ${relayType(column, leg.relay)}`, column] as const),
      )('I8: carries %s exactly, or refuses it', (_type, column) => {
        const outcomes = column.cases.map((each, index) =>
          outcomeOf(column, resultOf(labelOf(column, index)), each),
        );
        expect(outcomes).toEqual(column.cases.map((each) => expectedOutcome(each, leg.relay)));
      });
    },
  );

  it('docs/types.md says what was found', async () => {
    const matrix = {
      versions: await stack.versions(),
      debeziumVersion: await stack.debeziumVersion(),
      results,
      refusedTypes: refusedPostgresTypes,
    };
    const page = typesPage(matrix);
    if (writesPage) writeFileSync(pageFile, page);
    expect(readFileSync(pageFile, 'utf8')).toBe(page);
  });
}

/** Writes the page instead of comparing it: `npm run generate:types`. */
const writesPage = process.env['ROWBRIDGE_WRITE_TYPES_PAGE'] === '1';
const pageFile = join(__dirname, '..', '..', 'docs', 'types.md');

/** What keeps a mapping of one column of that type from starting, in preflight and at the start of a direction. */
async function refusalsOf(stack: TypeStack, table: string): Promise<readonly string[]> {
  const pool = createPostgresPool({ url: stack.databases.postgres.url, maxOpen: 1 });
  const place = { engine: 'postgres', schema: 'public', table, topicPrefix: 'types' } as const;
  const column = typeColumn({ type: 'value', logical: 'text', cases: [] });
  try {
    const findings = await preflightPostgres(pool, {
      tables: [{ schema: 'public', table, twoWay: true, mappedColumns: [column.name], timestampColumns: [] }],
      captureUser: 'postgres',
      publication: 'types',
      slot: 'types',
      sourceColumnGuard: false,
      logOriginGuard: false,
    });
    const pair = typePair(table, [column], { from: place, into: place });
    const started = await createPostgresSource({
      pool: { url: stack.databases.postgres.url, maxOpen: 1 },
      plan: deriveDirectionPlan(pair, 'from'),
      epoch: 1,
    }).catch((error: unknown) => error);
    return [...findings.map(({ check }) => check), (started as { readonly code: string }).code];
  } finally {
    await pool.end();
  }
}

async function zeroDatesOf(stack: TypeStack, engine: 'mysql8' | 'mariadb'): Promise<readonly string[]> {
  const pool = createMysqlPool({ url: stack.databases[engine].url, maxOpen: 1 });
  const schema = stack.schemaOf(engine);
  const mappedColumns = ['id', 'day', 'hour', 'kept'];
  try {
    const findings = await preflightMysql(pool, {
      tables: [{ schema, table: 'zero_days', twoWay: true, mappedColumns, timestampColumns: [] }],
      captureUser: 'root',
      sourceColumnGuard: false,
      logOriginGuard: false,
    });
    const zeroDates = findings.filter(({ check }) => check === 'zero_date');
    return zeroDates.map(({ table }) => table?.replace(`${schema}.`, '') ?? '');
  } finally {
    await pool.end();
  }
}

async function prepareEngine(stack: TypeStack, engine: EngineName): Promise<void> {
  const database = stack.databases[engine];
  const columns = columnsOf(engine);
  const relays = typeLegs.filter(({ relay }) => relay === engine);
  const statements = [
    ...(engine === 'postgres' ? postgresTypeDeclarations : []),
    createTable(engine, originTable, columns),
    ...relays.map((leg) =>
      createTable(
        engine,
        relayTable(leg),
        leg.columns.map((column) => ({ name: column.name, type: relayType(column, engine) })),
      ),
    ),
    ...typeLegs
      .filter(({ origin }) => origin === engine)
      .map((leg) => createTable(engine, returnTable(leg), columns)),
  ];
  await database.run(statements.join(';\n'));
  await stack.capture(engine, [originTable, ...relays.map(relayTable)]);
  await database.run(insertStatements(originTable, columns).join(';\n'));
}

function rowCount(columns: readonly TypeColumn[]): number {
  return columns.reduce((sum, { cases }) => sum + cases.length, 1);
}

interface Outcome {
  readonly literal: string;
  readonly refused: string | null;
  readonly relayed: string | null | undefined;
  readonly equal: boolean | null;
}

function outcomeOf(column: TypeColumn, result: RowResult, { literal }: TypeCase): Outcome {
  const { refusedOut, refusedBack, relayed, differing } = result;
  return {
    literal,
    refused: refusedOut?.code ?? (refusedBack && `on the way back: ${refusedBack.code}`),
    relayed: shortened(relayed?.[column.name]),
    equal: differing && differing.length === 0,
  };
}

function expectedOutcome({ literal, value, refusals }: TypeCase, relay: EngineName): Outcome {
  const refused = refusals[relay] ?? null;
  if (refused !== null) return { literal, refused, relayed: undefined, equal: null };
  return { literal, refused: null, relayed: shortened(value), equal: value !== null };
}

/** A failure would otherwise print megabytes. */
function shortened(value: string | null | undefined): string | null | undefined {
  return value && value.length > 200 ? `${value.slice(0, 100)}… of ${value.length}` : value;
}
