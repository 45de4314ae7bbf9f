import { randomBytes } from 'node:crypto';
import { createMysqlPool, createPostgresPool, readSchemaFiles } from '@rowbridge/database-access';
import { deriveDirectionPlan, type PairDeclaration } from '@rowbridge/mapping';
import { legacyRevamp } from '@rowbridge/pair-legacy-revamp';
import { createDatabase, describeWithEngines, type TestDatabase } from '@rowbridge/testing';
import {
  comparePair,
  createMysqlSideReader,
  createPostgresSideReader,
  type PairComparison,
} from './index.js';

/** Both databases filled with three users, a post and a like that are twins, each side with ids of its own. */
class TwinSites {
  private constructor(
    readonly legacy: TestDatabase,
    readonly revamp: TestDatabase,
    private readonly pair: PairDeclaration,
  ) {}

  static async create(): Promise<TwinSites> {
    const [legacy, revamp] = await Promise.all([createDatabase('postgres'), createDatabase('mariadb')]);
    for (const folder of ['legacy/postgres', 'rowbridge/postgres']) {
      for (const { sql } of await readSchemaFiles(folder)) await legacy.run(sql);
    }
    for (const folder of ['revamp/mariadb', 'rowbridge/mysql']) {
      for (const { sql } of await readSchemaFiles(folder)) await revamp.run(sql);
    }
    // MariaDB has one `rowbridge` database for all tests of the server: entities of this test's own keep them apart.
    const token = randomBytes(4).toString('hex');
    const sites = new TwinSites(legacy, revamp, pairWithOwnEntities(token, revamp.name));
    await sites.fill();
    return sites;
  }

  async compare(options: { pageRows?: number; maximumDifferences?: number } = {}): Promise<PairComparison> {
    const postgres = createPostgresPool({ url: this.legacy.url });
    const mysql = createMysqlPool({ url: this.revamp.url });
    try {
      return await comparePair({
        direction: deriveDirectionPlan(this.pair, 'legacy'),
        readers: { source: createPostgresSideReader(postgres), target: createMysqlSideReader(mysql) },
        ...options,
      });
    } finally {
      await Promise.all([postgres.end(), mysql.end()]);
    }
  }

  /** Records twins as the direction that writes revamp does. */
  async linkAtRevamp(entity: string, legacyId: number, revampId: number): Promise<void> {
    await this.revamp.run(
      `insert into rowbridge.entity_mappings (entity, source_id, target_id) values ('${this.entity(entity)}', '${legacyId}', '${revampId}')`,
    );
  }

  /** Records twins as the direction that writes legacy does. */
  async linkAtLegacy(entity: string, legacyId: number, revampId: number): Promise<void> {
    await this.legacy.run(
      `insert into rowbridge.entity_mappings (entity, source_id, target_id) values ('${this.entity(entity)}', '${revampId}', '${legacyId}')`,
    );
  }

  entity(name: string): string {
    const table = this.pair.tables.find(({ entity }) => entity.startsWith(name));
    return table?.entity ?? name;
  }

  async drop(): Promise<void> {
    await this.revamp.run(
      `delete from rowbridge.entity_mappings where entity in (${this.pair.tables.map(({ entity }) => `'${entity}'`).join(', ')})`,
    );
    await Promise.all([this.legacy.drop(), this.revamp.drop()]);
  }

  private async fill(): Promise<void> {
    await this.legacy.run(`
      insert into legacy_users (id, username, email, full_name, phone_number, status, created_at, updated_at) values
        (1, 'ada', 'ada@example.org', 'Ada 👩‍🚀 "O''Brien"', null, 'active', '2024-02-29 23:59:59.000001+00', '2024-03-01 01:00:00.5+01'),
        (2, 'ben', 'ben@example.org', '', '12345678901234567890', 'pending', '2024-01-01 00:00:00+00', '2024-01-01 00:00:00+00'),
        (9223372036854775807, 'cleo', 'cleo@example.org', null, '', 'suspended', '2024-01-01 00:00:00+00', '2024-01-01 00:00:00+00');
      insert into legacy_posts (id, user_id, title, body, status, created_at, updated_at) values
        (1, 2, 'First', 'Body', 'draft', '2024-01-01 00:00:00+00', '2024-01-01 00:00:00+00');
      insert into legacy_likes (id, user_id, post_id, created_at) values (1, 1, 1, '2024-01-01 00:00:00+00');`);
    await this.revamp.run(`
      set session time_zone = '+00:00';
      insert into revamp_users (id, user_name, email_address, display_name, mobile, account_status, created_at, updated_at) values
        (11, 'ada', 'ada@example.org', 'Ada 👩‍🚀 "O''Brien"', null, 'ACTIVE', '2024-02-29 23:59:59.000001', '2024-03-01 00:00:00.5'),
        (9223372036854775806, 'ben', 'ben@example.org', '', '12345678901234567890', 'PENDING_VERIFICATION', '2024-01-01 00:00:00', '2024-01-01 00:00:00'),
        (13, 'cleo', 'cleo@example.org', null, '', 'SUSPENDED', '2024-01-01 00:00:00', '2024-01-01 00:00:00');
      insert into revamp_posts (id, author_id, headline, content, state, created_at, updated_at) values
        (21, 9223372036854775806, 'First', 'Body', 'DRAFT', '2024-01-01 00:00:00', '2024-01-01 00:00:00');
      insert into revamp_likes (id, user_id, post_id, created_at) values (31, 11, 21, '2024-01-01 00:00:00');`);
    await this.linkAtRevamp('users', 1, 11);
    await this.revamp.run(
      `insert into rowbridge.entity_mappings (entity, source_id, target_id) values
         ('${this.entity('users')}', '2', '9223372036854775806')`,
    );
    await this.legacy.run(
      `insert into rowbridge.entity_mappings (entity, source_id, target_id) values
         ('${this.entity('users')}', '13', '9223372036854775807')`,
    );
    await this.linkAtLegacy('posts', 1, 21);
    await this.linkAtRevamp('likes', 1, 31);
  }
}

function pairWithOwnEntities(token: string, revampSchema: string): PairDeclaration {
  const own = (entity: string): string => `${entity}_${token}`;
  const [legacy, revamp] = legacyRevamp.sides;
  return {
    ...legacyRevamp,
    sides: [legacy, { ...revamp, schema: revampSchema }],
    tables: legacyRevamp.tables.map((table) => ({
      ...table,
      entity: own(table.entity),
      columns: table.columns.map((column) =>
        column.references === undefined ? column : { ...column, references: own(column.references) },
      ),
    })),
  };
}

describeWithEngines('comparing both sides of a pair', () => {
  let sites: TwinSites;

  beforeEach(async () => {
    sites = await TwinSites.create();
  });

  afterEach(() => sites.drop());

  test('finds both sides equal where ids differ and values are twins, at any page size', async () => {
    for (const pageRows of [1, 2, 1_000]) {
      const comparison = await sites.compare({ pageRows });
      expect(comparison.tables.flatMap(({ differences }) => differences)).toEqual([]);
      expect(
        comparison.tables.map(({ sourceRows, targetRows, equal }) => [sourceRows, targetRows, equal]),
      ).toEqual([
        [3, 3, true],
        [1, 1, true],
        [1, 1, true],
      ]);
      expect(comparison.equal).toBe(true);
    }
  });

  test('finds one microsecond', async () => {
    await sites.revamp.run("update revamp_users set updated_at = '2024-01-01 00:00:00.000001' where id = 13");
    const [users] = (await sites.compare()).tables;
    expect(users).toMatchObject({
      equal: false,
      sourceRows: 3,
      targetRows: 3,
      differing: { values_differ: 1 },
    });
    expect(users?.differences).toEqual([
      {
        entity: sites.entity('users'),
        kind: 'values_differ',
        sourceKey: '9223372036854775807',
        targetKey: '13',
        columns: ['updated_at'],
      },
    ]);
  });

  test('tells NULL from an empty text, both ways', async () => {
    await sites.legacy.run("update legacy_users set phone_number = '' where id = 1");
    await sites.revamp.run("update revamp_users set display_name = null where user_name = 'ben'");
    const [users] = (await sites.compare()).tables;
    expect(users?.differences.map(({ sourceKey, columns }) => [sourceKey, columns])).toEqual([
      ['1', ['phone_number']],
      ['2', ['full_name']],
    ]);
  });

  test('finds a row missing on either side', async () => {
    await sites.revamp.run('delete from revamp_likes');
    await sites.legacy.run(
      "insert into legacy_users (id, username, email) values (7, 'dan', 'dan@example.org')",
    );
    await sites.revamp.run(
      "insert into revamp_users (id, user_name, email_address) values (17, 'eve', 'eve@example.org')",
    );
    const comparison = await sites.compare();
    expect(comparison.equal).toBe(false);
    expect(comparison.tables.flatMap(({ differences }) => differences)).toEqual([
      {
        entity: sites.entity('users'),
        kind: 'missing_at_target',
        sourceKey: '7',
        targetKey: null,
        columns: [],
      },
      {
        entity: sites.entity('users'),
        kind: 'missing_at_source',
        sourceKey: null,
        targetKey: '17',
        columns: [],
      },
      {
        entity: sites.entity('likes'),
        kind: 'missing_at_target',
        sourceKey: '1',
        targetKey: null,
        columns: [],
      },
    ]);
  });

  test('does not take rows with the same values for twins that nobody linked', async () => {
    await sites.legacy.run("delete from rowbridge.entity_mappings where entity like 'posts%'");
    const [, posts] = (await sites.compare()).tables;
    expect(posts).toMatchObject({ equal: false, differing: { missing_at_target: 1, missing_at_source: 1 } });
  });

  test('finds a child that hangs on another parent', async () => {
    await sites.revamp.run('update revamp_posts set author_id = 13');
    const [, posts] = (await sites.compare()).tables;
    expect(posts?.differences.map(({ kind, columns }) => [kind, columns])).toEqual([
      ['values_differ', ['user_id']],
    ]);
  });

  test('finds a word that the value table does not know', async () => {
    await sites.legacy.run("update legacy_users set status = 'retired' where id = 1");
    const [users] = (await sites.compare()).tables;
    expect(users?.differences.map(({ kind, columns }) => [kind, columns])).toEqual([
      ['unmappable', ['status']],
    ]);
  });

  test('goes by the link whose row exists where a link has outlived its row', async () => {
    await sites.linkAtLegacy('users', 1, 99);
    expect((await sites.compare()).equal).toBe(true);
  });

  test('counts every difference and names no more than asked, without a value', async () => {
    await sites.revamp.run("update revamp_users set display_name = 'CANARY'");
    const [users] = (await sites.compare({ pageRows: 1, maximumDifferences: 2 })).tables;
    expect(users?.differing.values_differ).toBe(3);
    expect(users?.differences).toHaveLength(2);
    expect(JSON.stringify(users)).not.toContain('CANARY');
  });
});
