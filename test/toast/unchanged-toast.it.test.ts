import { createHash } from 'node:crypto';
import { allStackComponents, type RunningStack } from '@rowbridge/embedded-stack';
import { describeWithKafka, type ProviderWithKafka } from '@rowbridge/testing';
import { LivePair, type LiveCodec } from '../live-rows/live-pair.js';
import { toastPair, toastSchema } from './toast-pair.js';

const startLimitMs = 300_000;
/** Four bytes as often make 5 MiB. */
const megabytes = 1_310_720;
const placeholder = '__debezium_unavailable_value';

describeWithKafka('large columns an update leaves alone', toastSuite);

function toastSuite(provider: ProviderWithKafka): void {
  let stack: RunningStack;

  beforeAll(async () => {
    stack = await provider.kafkaStack({ components: [...allStackComponents] });
  }, startLimitMs);

  afterAll(async () => {
    await provider.stop();
  });

  describe.each<LiveCodec>(['avro', 'json'])('as %s', (codec) => {
    let pair: LivePair;

    beforeAll(async () => {
      pair = await LivePair.open({ stack, pair: toastPair(codec), codec, schema: toastSchema });
    });

    afterAll(async () => {
      await pair?.close();
    });

    const insert = (table: string, id: number): string =>
      `insert into ${table} select ${id}, 'first', repeat(md5('${id}'), 300), decode(repeat(md5('${id}'), 300), 'hex'),
         jsonb_build_object('text', repeat(md5('${id}'), 300)), array[repeat(md5('${id}'), 300), null],
         (select array_agg(number + ${id}) from generate_series(9007199254740993, 9007199254742000) number)`;

    interface Document {
      readonly title: string;
      readonly body: string;
      readonly picture: string;
      readonly json: readonly string[];
    }

    const documentOf = (row: Record<string, unknown>): Document => ({
      title: String(row['title']),
      body: String(row['body']),
      picture: String(row['picture']),
      json: ['settings', 'labels', 'numbers'].map((column) => String(row[column]).replace(/\s/g, '')),
    });

    const left = async (table: string, id: number): Promise<Document[]> =>
      (
        await pair.on(
          'left',
          `select title, body, encode(picture, 'hex') as picture, settings::text,
          to_json(labels)::text as labels, to_json(numbers)::text as numbers from ${table} where id = ${id}`,
        )
      ).map(documentOf);

    const right = async (table: string, id: number): Promise<Document[]> =>
      (
        await pair.on(
          'right',
          `select title, body, lower(hex(picture)) as picture, cast(settings as char) as settings,
          cast(labels as char) as labels, cast(numbers as char) as numbers from ${table} where id = ${id}`,
        )
      ).map(documentOf);

    const expectEqual = async (table: string, id: number): Promise<void> => {
      await pair.settle();
      const rows = await left(table, id);
      expect(await right(table, id)).toEqual(rows);
      expect(rows).toHaveLength(1);
      expect(pair.from('left').letters.map(({ errorCode, message }) => [errorCode, message])).toEqual([]);
    };

    const takeOutcomes = (): readonly string[] =>
      pair
        .from('left')
        .outcomes.splice(0)
        .map((outcome) => outcome.replace(`_${codec}`, ''));

    /** A machine too busy for its session is given records again: that has no effect. */
    const takeEffects = (): readonly string[] =>
      takeOutcomes().filter((outcome) => !outcome.endsWith('duplicate'));

    it.each(['documents', 'articles'])('leaves the target’s %s alone where the update did', async (table) => {
      await pair.on('left', insert(table, 1));
      await expectEqual(table, 1);
      takeOutcomes();
      await pair.on('left', `update ${table} set title = 'second' where id = 1`);
      await expectEqual(table, 1);
      expect(takeEffects()).toEqual([`${table} update applied`]);
    });

    it('was really sent without them', () => {
      const updates = pair
        .from('left')
        .records.filter(
          ({ topic, value }) => topic.endsWith('documents') && Buffer.from(value ?? []).includes(placeholder),
        );
      expect(updates.length).toBeGreaterThan(0);
    });

    it('writes nothing of a large column the update did not name, whatever the target holds there', async () => {
      await pair.on('left', insert('documents', 2));
      await pair.settle();
      await pair.on('right', "update documents set body = 'made here', own = 'kept' where id = 2");
      await pair.on('left', "update documents set title = 'second', picture = '\\x00' where id = 2");
      await pair.settle();
      expect(
        await pair.on(
          'right',
          'select title, body, hex(picture) as picture, own from documents where id = 2',
        ),
      ).toEqual([{ title: 'second', body: 'made here', picture: '00', own: 'kept' }]);
    });

    it.each(['documents', 'articles'])(
      'collapses creation and updates of %s into one whole row',
      async (table) => {
        takeOutcomes();
        await pair.on(
          'left',
          'begin',
          insert(table, 3),
          `update ${table} set title = 'second' where id = 3`,
          `update ${table} set title = 'third', body = repeat('x', 9000) where id = 3`,
          `update ${table} set title = 'fourth' where id = 3`,
          'commit',
        );
        await expectEqual(table, 3);
        expect(takeOutcomes().filter((outcome) => outcome.endsWith('deferred'))).toEqual([]);
      },
    );

    it('reads the whole row where the target has lost it: the update alone is not enough', async () => {
      await pair.on('left', insert('documents', 4));
      await pair.settle();
      await pair.on('right', 'delete from documents where id = 4');
      takeOutcomes();
      await pair.on('left', "update documents set title = 'second' where id = 4");
      await expectEqual('documents', 4);
      expect(takeEffects()).toEqual(['documents update deferred']);
    });

    it('I2, I3: records that come again change nothing', async () => {
      await pair.on('left', insert('documents', 5));
      await pair.on('left', "update documents set title = 'second' where id = 5");
      await pair.on('left', "update documents set body = repeat('y', 9000) where id = 5");
      await expectEqual('documents', 5);
      const { records } = pair.from('left');
      const last = records.findLast(({ topic }) => topic.endsWith('documents'));
      const again = records.filter(
        ({ topic, partition }) => topic === last?.topic && partition === last.partition,
      );
      takeOutcomes();
      await pair.from('left').process(again);
      expect(new Set(takeOutcomes().map((outcome) => outcome.split(' ').at(-1)))).toEqual(
        new Set(['duplicate']),
      );
      await pair.on('right', 'delete from rowbridge.processed_events');
      await pair.from('left').process(again);
      expect(new Set(takeOutcomes().map((outcome) => outcome.split(' ').at(-1)))).toEqual(
        new Set(['superseded']),
      );
      expect(await right('documents', 5)).toEqual(await left('documents', 5));
    });

    it.each(['documents', 'articles'])(
      'moves a row of %s whose key changes with its large columns',
      async (table) => {
        await pair.on('left', insert(table, 6));
        await pair.settle();
        await pair.on('right', `update ${table} set own = 'kept' where id = 6`);
        await pair.settle();
        await pair.on('left', `update ${table} set id = 7, title = 'moved' where id = 6`);
        await expectEqual(table, 7);
        expect(await right(table, 6)).toEqual([]);
        expect(await pair.on('right', `select own from ${table} where id = 7`)).toEqual([{ own: 'kept' }]);
        expect(pair.from('left').conflicts).toEqual([]);
      },
    );

    it('I8: carries an update of five megabytes both ways, before- and after-image in one record', async () => {
      await pair.on('left', insert('articles', 9));
      const pictures = async (): Promise<readonly unknown[]> => {
        const text = 'select md5(picture) as picture from articles where id = 9';
        return [await pair.on('left', text), await pair.on('right', text)]
          .flat()
          .map(({ picture }) => picture);
      };
      const expectPicture = async (quarter: string): Promise<void> => {
        await pair.settle();
        const whole = createHash('md5')
          .update(Buffer.from(quarter.repeat(megabytes), 'hex'))
          .digest('hex');
        expect(await pictures()).toEqual([whole, whole]);
      };
      for (const quarter of ['00ff5c27', '5c2700ff']) {
        takeOutcomes();
        await pair.on(
          'left',
          `update articles set picture = decode(repeat('${quarter}', ${megabytes}), 'hex') where id = 9`,
        );
        await expectPicture(quarter);
        expect(takeEffects().filter((outcome) => outcome.includes('update'))).toEqual([
          'articles update applied',
        ]);
      }
      await pair.on('right', `update articles set picture = repeat(x'2700ff5c', ${megabytes}) where id = 9`);
      await expectPicture('2700ff5c');
      const letters = pair.directions().flatMap((direction) => direction.letters);
      expect(letters.map(({ errorCode }) => errorCode)).toEqual([]);
    });

    it.each(['documents', 'articles'])('deletes from %s with what little the record says', async (table) => {
      await pair.on('left', insert(table, 8));
      await pair.settle();
      takeOutcomes();
      await pair.on('left', `delete from ${table} where id = 8`);
      await pair.settle();
      expect(await right(table, 8)).toEqual([]);
      expect(takeOutcomes()).toEqual([`${table} delete applied`]);
    });
  });
}
