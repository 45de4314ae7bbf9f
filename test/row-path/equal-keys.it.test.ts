import { mysql8UnavailableBecause } from '@rowbridge/embedded-stack';
import { createEngineProvider, describeWithEngines } from '@rowbridge/testing';
import { openRowPath, type RowPath, type RowPathOptions, type StatedChange } from './row-path-harness.js';

const editedAt = '2026-01-08T10:00:00.123456Z';
const image = (word: string, note: string): NonNullable<StatedChange['after']> => ({
  word,
  note,
  edited_at: editedAt,
});

const provider = createEngineProvider();
const withoutMysql8 = mysql8UnavailableBecause();
const keysOn = (server: string): string => `keys that differ in PostgreSQL and are equal to ${server}`;

afterAll(() => provider.stop());

describeWithEngines(keysOn('MariaDB'), () =>
  equalKeys(async () => ({ labelCollation: 'utf8mb4_general_ci' })),
);

const describeWithMysql8 = withoutMysql8 === undefined ? describeWithEngines : describe.skip;
const skipped = withoutMysql8 === undefined ? '' : ` (skipped: ${withoutMysql8})`;

describeWithMysql8(`${keysOn('MySQL 8')}${skipped}`, () =>
  equalKeys(async () => ({
    labelCollation: 'utf8mb4_0900_ai_ci',
    mysql8Url: (await provider.mysql({ flavor: 'mysql8' })).url,
  })),
);

function equalKeys(options: () => Promise<RowPathOptions>): void {
  let path: RowPath;
  let chosen: RowPathOptions;

  beforeAll(async () => {
    chosen = await options();
  });

  beforeEach(async () => {
    path = await openRowPath(chosen);
    await path.legacy.run(
      `insert into labels values ('word', 'small', '${editedAt}'), ('WORD', 'large', '${editedAt}')`,
    );
    expect(
      await path.send({ entity: 'labels', operation: 'create', key: 'word', after: image('word', 'small') }),
    ).toEqual(['applied']);
  });

  afterEach(async () => {
    await path.close();
  });

  const create = (): Promise<readonly string[]> =>
    path.send({ entity: 'labels', operation: 'create', key: 'WORD', after: image('WORD', 'large') });
  const targetRows = async (): Promise<unknown[]> =>
    (await path.revamp.run('select word, note from labels')).map(({ word, note }) => [word, note]);

  it('I8: are never one row: the second waits and the first stays as it is', async () => {
    expect(await create()).toEqual(['deferred']);
    expect(
      await path.send({
        entity: 'labels',
        operation: 'update',
        key: 'WORD',
        before: image('WORD', 'large'),
        after: image('WORD', 'larger'),
      }),
    ).toEqual(['deferred']);
    await path.look('labels');
    expect(await targetRows()).toEqual([['word', 'small']]);
    expect(await path.lookReasons()).toEqual(['unique_value_held']);
  });

  it('I5: the second takes nothing with it when it is deleted', async () => {
    await create();
    await path.legacy.run("delete from labels where word = 'WORD'");
    await path.send({ entity: 'labels', operation: 'delete', key: 'WORD', before: image('WORD', 'large') });
    await path.settle('labels');
    expect(await targetRows()).toEqual([['word', 'small']]);
    expect(await path.lookReasons()).toEqual([]);
  });

  it('I1: the second comes once the first has gone', async () => {
    await create();
    await path.legacy.run("delete from labels where word = 'word'");
    expect(
      await path.send({ entity: 'labels', operation: 'delete', key: 'word', before: image('word', 'small') }),
    ).toEqual(['applied']);
    await path.settle('labels');
    expect(await targetRows()).toEqual([['WORD', 'large']]);
    expect(await path.lookReasons()).toEqual([]);
  });
}
