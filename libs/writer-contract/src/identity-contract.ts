import type { RowKey } from '@rowbridge/change-event';
import type { HarnessInUse } from './contract-harness.js';
import { notes, people } from './contract-pair.js';
import { fresh } from './sample-rows.js';

export function describeIdentities(inUse: HarnessInUse): void {
  const entity = people.entity;
  const link = (...pairs: (readonly [RowKey, RowKey])[]): Promise<void> =>
    inUse().target.transaction(({ identities }) =>
      identities.link(
        entity,
        pairs.map(([sourceKey, targetKey]) => ({ sourceKey, targetKey })),
      ),
    );
  const twins = (sourceKeys: readonly RowKey[]): Promise<ReadonlyMap<RowKey, RowKey>> =>
    inUse().target.transaction(({ identities }) => identities.resolve(entity, sourceKeys));
  const sources = (targetKeys: readonly RowKey[]): Promise<ReadonlyMap<RowKey, RowKey>> =>
    inUse().target.transaction(({ identities }) => identities.resolveReverse(entity, targetKeys));

  describe('identities', () => {
    it('resolve both ways, and not under another entity', async () => {
      const [source, target] = [`source ${fresh()}`, `target ${fresh()}`];
      await link([source, target]);
      expect(await twins([source, 'stranger'])).toEqual(new Map([[source, target]]));
      expect(await sources([target, 'stranger'])).toEqual(new Map([[target, source]]));
      const elsewhere = await inUse().target.transaction(({ identities }) =>
        identities.resolve(notes.entity, [source]),
      );
      expect(elsewhere.size).toBe(0);
    });

    it('a link recorded again changes nothing', async () => {
      const [source, target] = [`source ${fresh()}`, `target ${fresh()}`];
      await link([source, target]);
      await link([source, target]);
      expect(await twins([source])).toEqual(new Map([[source, target]]));
    });

    it('an older link of either key gives way', async () => {
      const names = [0, 1].map(() => [`source ${fresh()}`, `target ${fresh()}`] as const);
      const [[firstSource, firstTarget], [secondSource, secondTarget]] = names as [
        readonly [string, string],
        readonly [string, string],
      ];
      await link([firstSource, firstTarget], [secondSource, secondTarget]);
      await link([firstSource, secondTarget]);
      expect(await twins([firstSource, secondSource])).toEqual(new Map([[firstSource, secondTarget]]));
      expect(await sources([firstTarget, secondTarget])).toEqual(new Map([[secondTarget, firstSource]]));
    });

    it('links swapped in one call hold the new pairs', async () => {
      const [one, two] = [fresh(), fresh()];
      await link([`source ${one}`, `target ${one}`], [`source ${two}`, `target ${two}`]);
      await link([`source ${one}`, `target ${two}`], [`source ${two}`, `target ${one}`]);
      expect(await twins([`source ${one}`, `source ${two}`])).toEqual(
        new Map([
          [`source ${one}`, `target ${two}`],
          [`source ${two}`, `target ${one}`],
        ]),
      );
    });

    it('2,000 links, some of them known, are recorded at once', async () => {
      const numbers = Array.from({ length: 2_000 }, () => fresh());
      const pairs = numbers.map((number) => [`source ${number}`, `target ${number}`] as const);
      await link(...pairs.slice(0, 10));
      await link(...pairs);
      expect((await twins(pairs.map(([source]) => source))).size).toBe(2_000);
    });
  });
}
