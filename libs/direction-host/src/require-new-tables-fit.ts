import type { SourceConnection, TargetAdministration } from '@rowbridge/database-access';
import { RowbridgeError } from '@rowbridge/errors';
import type { DirectionPlan } from '@rowbridge/mapping';

interface BothSides {
  readonly source: Pick<SourceConnection, 'schema'>;
  readonly target: Pick<TargetAdministration, 'schema' | 'readAppliedOffsets'>;
}

/**
 * A table that the direction has never written and that does not fit is a mistake in the mapping: nothing starts. One
 * that was written before waits for its schema instead.
 * @throws RowbridgeError `invalid_configuration` or `table_without_primary_key` for such a table
 */
export async function requireNewTablesFit(plan: DirectionPlan, sides: BothSides): Promise<void> {
  const misfits = [sides.source, sides.target].flatMap(({ schema }) =>
    plan.tables.flatMap(({ entity, topic }) => {
      const misfit = misfitOf(entity, schema);
      return misfit ? [{ topic, misfit }] : [];
    }),
  );
  if (misfits.length === 0) return;
  const applied = await appliedPartitions(plan, sides);
  for (const { topic, misfit } of misfits) {
    if (!applied.some((partition) => partition.startsWith(`${topic}/`))) throw misfit;
  }
}

function misfitOf(entity: string, schema: SourceConnection['schema']): RowbridgeError | null {
  try {
    schema.requireFit(entity);
    return null;
  } catch (error) {
    if (error instanceof RowbridgeError) return error;
    throw error;
  }
}

/** None where the target has no bookkeeping yet: nothing was ever written then. */
async function appliedPartitions({ name }: DirectionPlan, { target }: BothSides): Promise<readonly string[]> {
  try {
    return [...(await target.readAppliedOffsets(name)).keys()];
  } catch (error) {
    if (error instanceof RowbridgeError && error.code === 'table_missing') return [];
    throw error;
  }
}
