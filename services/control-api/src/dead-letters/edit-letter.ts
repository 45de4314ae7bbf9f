import type { DeadLetterEdit } from '@rowbridge/control-protocol';
import type { RawRecord, RecordEditor, RowImage } from '@rowbridge/change-event';
import type { DeadLetterEntry } from '@rowbridge/control-store';
import { RowbridgeError } from '@rowbridge/errors';
import type { TablePlan } from '@rowbridge/mapping';
import { RequestProblem } from '../http/request-problem.js';
import type { DecodedLetter } from './letter-decoder.js';

export interface EditedLetter {
  readonly value: Uint8Array;
  /** For the audit log: values of columns that are not personal, the names of all. */
  readonly before: Readonly<Record<string, string | null>>;
  readonly after: Readonly<Record<string, string | null>>;
}

export interface EditOrder {
  readonly entry: DeadLetterEntry;
  readonly letter: RawRecord | null;
  readonly content: DecodedLetter | null;
  readonly table: TablePlan | null;
  readonly edit: DeadLetterEdit;
}

/**
 * The record of a dead letter with other column values, under the same schema.
 * @throws RequestProblem `illegal_transition`, `dead_letter_gone`, `dead_letter_without_body`, `table_not_mapped`,
 *   `undecodable`, and `request_invalid` or `unmappable_value` that points at the column
 */
export async function editLetter(editor: RecordEditor, order: EditOrder): Promise<EditedLetter> {
  const { entry, edit } = order;
  const { table, value, row } = requireEditable(order);
  for (const column of Object.keys(edit.columns)) requireColumn(column, row, table);
  try {
    return {
      value: await editor.edit(entry.source.topic, value, edit.columns),
      before: auditable(pick(row, edit.columns), table),
      after: auditable(edit.columns, table),
    };
  } catch (error) {
    if (!(error instanceof RowbridgeError) || error.code === 'registry_unreachable') throw error;
    const column = /^column "(.+)": /.exec(error.problem)?.[1];
    throw new RequestProblem(
      'request_invalid',
      `Dead letter ${entry.id} cannot be edited: ${error.problem}.`,
      {
        places: [
          {
            in: 'body',
            pointer: column === undefined ? '/columns' : pointerTo(column),
            detail: error.problem,
          },
        ],
      },
    );
  }
}

interface EditableLetter {
  readonly table: TablePlan;
  readonly value: Uint8Array;
  readonly row: RowImage;
}

function requireEditable({ entry, letter, content, table }: EditOrder): EditableLetter {
  const context = { id: entry.id, status: entry.status };
  const refuse = (code: RequestProblem['code'], why: string): never => {
    throw new RequestProblem(code, `Dead letter ${entry.id} ${why}.`, { context, status: 409 });
  };
  if (entry.status !== 'open') return refuse('illegal_transition', `is ${entry.status}`);
  if (letter === null || content === null) return refuse('dead_letter_gone', 'is not in its topic any more');
  if (letter.value === null) return refuse('dead_letter_without_body', 'was kept without its value');
  if (table === null) return refuse('table_not_mapped', 'belongs to a table that is not mapped any more');
  const { decoded } = content;
  if (decoded.kind !== 'change') return refuse('undecodable', 'cannot be read as a change of a row');
  if (decoded.event.after === null) return refuse('illegal_transition', 'is a delete, which has no values');
  return { table, value: letter.value, row: decoded.event.after };
}

/** @throws RequestProblem `request_invalid` */
function requireColumn(column: string, row: RowImage, table: TablePlan): void {
  const isKey = table.source.key.includes(column);
  if (Object.hasOwn(row, column) && !isKey) return;
  const detail = isKey
    ? 'is part of the primary key, which says which row this is'
    : `is no column of the record; it has ${Object.keys(row).join(', ')}`;
  throw new RequestProblem('request_invalid', `Column ${column} cannot be edited.`, {
    places: [{ in: 'body', pointer: pointerTo(column), detail }],
  });
}

function pointerTo(column: string): string {
  return `/columns/${column.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function pick(row: RowImage, columns: RowImage): RowImage {
  return Object.fromEntries(Object.keys(columns).map((column) => [column, row[column] ?? null]));
}

function auditable(row: RowImage, table: TablePlan): Readonly<Record<string, string | null>> {
  const declared = new Map(table.columns.map((column) => [column.source, column]));
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => {
      const plan = declared.get(column);
      return [column, plan && !plan.pii ? value : 'masked'];
    }),
  );
}
