import {
  conflictDetailSchema,
  conflictListSchema,
  conflictQuery,
  type Conflict,
  type ConflictDetail,
} from '@rowbridge/control-protocol';
import type { ConflictEntry, ConflictWithRows } from '@rowbridge/database-access';
import type { DirectionPlan, TablePlan } from '@rowbridge/mapping';
import * as zod from 'zod';
import type { CreateModule } from '../api-context.js';
import type { Caller } from '../http/caller.js';
import { RequestProblem } from '../http/request-problem.js';
import { route } from '../http/route.js';
import { findConflict, listConflicts, type ListedConflict } from '../state/conflict-lists.js';

const maskedValue = '[masked]';

export const conflictModule: CreateModule = ({ databases, plans }) => ({
  routes: [
    route({
      method: 'get',
      path: '/api/v1/conflicts',
      operationId: 'listConflicts',
      summary: 'Edits that lost and rows that wait for a decision, from both databases; newest first',
      description: 'Keys that are personal data are masked without the scope unmask.',
      tag: 'conflicts',
      scope: 'read',
      query: conflictQuery,
      answer: conflictListSchema,
      async handle({ query: { limit, cursor, table, ...filter }, caller }) {
        const { items, nextCursor } = await listConflicts(
          databases,
          { ...filter, entity: table, limit },
          cursor,
        );
        return {
          items: items.map((conflict) => shown(conflict, seesKeys(plans, conflict, caller))),
          nextCursor,
        };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/conflicts/{id}',
      operationId: 'showConflict',
      summary: 'One conflict with both rows; personal data is masked without the scope unmask',
      tag: 'conflicts',
      scope: 'read',
      problems: ['not_found'],
      params: zod.object({ id: zod.string().min(1).max(255) }),
      answer: conflictDetailSchema,
      async handle({ params: { id }, caller }) {
        const found = await findConflict(databases, id);
        if (found === null) throw new RequestProblem('not_found', 'There is no conflict of this id.');
        const masked = caller.scopes.has('unmask') ? [] : personalColumns(plans, found);
        return detailed(found, masked, seesKeys(plans, found, caller));
      },
    }),
  ],
});

function shown({ entity, ...conflict }: ListedConflict<ConflictEntry>, withKeys: boolean): Conflict {
  const { sourceKey, targetKey } = conflict;
  const keys = withKeys
    ? { sourceKey, targetKey }
    : { sourceKey: maskedValue, targetKey: targetKey === null ? null : maskedValue };
  return { ...conflict, ...keys, table: entity };
}

function tableOf(
  plans: readonly DirectionPlan[],
  { direction, entity }: ConflictEntry,
): TablePlan | undefined {
  return plans.find(({ name }) => name === direction)?.tables.find((table) => table.entity === entity);
}

/** Keys of a table that is not known may be personal data. */
function seesKeys(plans: readonly DirectionPlan[], conflict: ConflictEntry, { scopes }: Caller): boolean {
  const table = tableOf(plans, conflict);
  return scopes.has('unmask') || (table !== undefined && table.piiKey !== true);
}

/** Columns of the target that hold personal data; all of them where the table is not known. */
function personalColumns(plans: readonly DirectionPlan[], conflict: ConflictWithRows): readonly string[] {
  const table = tableOf(plans, conflict);
  const columns = [...new Set(Object.keys({ ...conflict.sourceRow, ...conflict.targetRow }))];
  if (!table) return columns;
  const open = new Set(table.columns.filter(({ pii }) => pii !== true).map(({ target }) => target));
  if (table.piiKey !== true) for (const column of table.target.key) open.add(column);
  return columns.filter((column) => !open.has(column));
}

function detailed(
  conflict: ListedConflict<ConflictWithRows>,
  masked: readonly string[],
  withKeys: boolean,
): ConflictDetail {
  const { sourceRow, targetRow, ...entry } = conflict;
  const columns = [...new Set(Object.keys({ ...sourceRow, ...targetRow }))];
  const mask = (row: ConflictWithRows['sourceRow']): ConflictDetail['sourceRow'] =>
    row &&
    Object.fromEntries(
      Object.entries(row).map(([column, text]) => [
        column,
        text !== null && masked.includes(column) ? maskedValue : text,
      ]),
    );
  return {
    ...shown(entry, withKeys),
    sourceRow: mask(sourceRow),
    targetRow: mask(targetRow),
    differing: columns.filter((column) => sourceRow?.[column] !== targetRow?.[column]),
    masked: [...masked],
  };
}
