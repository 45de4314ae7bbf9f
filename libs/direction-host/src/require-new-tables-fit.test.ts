import { RowbridgeError } from '@rowbridge/errors';
import type { DirectionPlan } from '@rowbridge/mapping';
import { requireNewTablesFit } from './require-new-tables-fit.js';

const plan = {
  name: 'left-to-right',
  tables: [
    { entity: 'users', topic: 'left.public.users' },
    { entity: 'posts', topic: 'left.public.posts' },
  ],
} as unknown as DirectionPlan;

type Sides = Parameters<typeof requireNewTablesFit>[1];

function sides(
  misfits: { source?: string; target?: string },
  applied: readonly string[] | RowbridgeError,
): Sides {
  const schema = (misfit: string | undefined): object => ({
    requireFit: (entity: string) => {
      if (entity === misfit) throw new RowbridgeError('invalid_configuration', `${entity} does not fit`);
    },
  });
  return {
    source: { schema: schema(misfits.source) },
    target: {
      schema: schema(misfits.target),
      readAppliedOffsets: () =>
        applied instanceof RowbridgeError
          ? Promise.reject(applied)
          : Promise.resolve(new Map(applied.map((partition) => [partition, {}]))),
    },
  } as unknown as Sides;
}

const written = ['left.public.users/0', 'left.public.users/1'];

describe('requireNewTablesFit', () => {
  it('refuses a table that does not fit and was never written, whichever side it is on', async () => {
    for (const misfits of [{ source: 'posts' }, { target: 'posts' }]) {
      await expect(requireNewTablesFit(plan, sides(misfits, written))).rejects.toMatchObject({
        code: 'invalid_configuration',
      });
    }
  });

  it('lets a table that was written before wait instead', async () => {
    await requireNewTablesFit(plan, sides({ source: 'users', target: 'users' }, written));
  });

  it('takes a target without bookkeeping for one that was never written', async () => {
    const missing = new RowbridgeError('table_missing', 'no applied_offsets');
    await expect(requireNewTablesFit(plan, sides({ source: 'users' }, missing))).rejects.toMatchObject({
      code: 'invalid_configuration',
    });
  });

  it('passes on why the target could not be asked', async () => {
    const lost = new RowbridgeError('connection_lost', 'gone');
    await expect(requireNewTablesFit(plan, sides({ source: 'users' }, lost))).rejects.toBe(lost);
  });
});
