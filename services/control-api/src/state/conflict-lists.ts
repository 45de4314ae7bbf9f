import { InvalidCursorError } from '@rowbridge/control-store';
import {
  listMysqlConflicts,
  listPostgresConflicts,
  readMysqlConflict,
  readPostgresConflict,
  runOnMysql,
  runOnPostgres,
  type ConflictEntry,
  type ConflictQuery,
  type ConflictWithRows,
} from '@rowbridge/database-access';
import * as zod from 'zod';
import type { SideDatabase } from '../api-context.js';
import { askDependency } from '../http/request-problem.js';

/** A conflict and the side whose database lists it. */
export type ListedConflict<Entry extends ConflictEntry> = Entry & { readonly listedIn: string };

export interface ConflictPage {
  readonly items: readonly ListedConflict<ConflictEntry>[];
  readonly nextCursor: string | null;
}

/**
 * The conflicts of both databases as one list, newest first.
 * @param cursor `nextCursor` of the page before
 * @throws InvalidCursorError; RequestProblem 503 that names the database
 */
export async function listConflicts(
  databases: readonly SideDatabase[],
  query: Omit<ConflictQuery, 'after'>,
  cursor: string | undefined,
): Promise<ConflictPage> {
  const after = cursor === undefined ? undefined : readCursor(cursor);
  const asked: ConflictQuery = {
    ...query,
    from: inUtc(query.from),
    until: inUtc(query.until),
    after,
    limit: query.limit + 1,
  };
  const lists = await Promise.all(
    databases.map(({ side, connection }) =>
      askDependency(`database ${side}`, async () => {
        const entries =
          connection.family === 'postgres'
            ? await listPostgresConflicts(runOnPostgres(connection.client), asked)
            : await listMysqlConflicts(runOnMysql(connection.client), asked);
        return entries.map((entry) => ({ ...entry, listedIn: side }));
      }),
    ),
  );
  const newestFirst = lists.flat().sort((left, right) => comparePlaces(right, left));
  // Both sides may list the same conflict; then it is shown once.
  const distinct = newestFirst.filter(
    ({ id }, index) => newestFirst.findIndex((candidate) => candidate.id === id) === index,
  );
  const items = distinct.slice(0, query.limit);
  const last = items.at(-1);
  return { items, nextCursor: distinct.length > items.length && last ? formatCursor(last) : null };
}

/** @throws RequestProblem 503 that names the database, unless the other one has it */
export async function findConflict(
  databases: readonly SideDatabase[],
  id: string,
): Promise<ListedConflict<ConflictWithRows> | null> {
  const answers = await Promise.allSettled(
    databases.map(({ side, connection }) =>
      askDependency(`database ${side}`, async () => {
        const found =
          connection.family === 'postgres'
            ? await readPostgresConflict(runOnPostgres(connection.client), id)
            : await readMysqlConflict(runOnMysql(connection.client), id);
        return found && { ...found, listedIn: side };
      }),
    ),
  );
  for (const answer of answers) if (answer.status === 'fulfilled' && answer.value) return answer.value;
  for (const answer of answers) if (answer.status === 'rejected') throw answer.reason;
  return null;
}

type Place = Pick<ConflictEntry, 'detectedAt' | 'id'>;

function comparePlaces(left: Place, right: Place): number {
  if (left.detectedAt !== right.detectedAt) return left.detectedAt < right.detectedAt ? -1 : 1;
  if (left.id === right.id) return 0;
  return left.id < right.id ? -1 : 1;
}

const cursorForm = zod.tuple([
  zod.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
  zod
    .string()
    .min(1)
    .max(255)
    .regex(/^[\x21-\x7e]+$/),
]);

function formatCursor({ detectedAt, id }: Place): string {
  return Buffer.from(JSON.stringify([detectedAt, id])).toString('base64url');
}

function readCursor(cursor: string): Place {
  try {
    const [detectedAt, id] = cursorForm.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    if (Number.isNaN(Date.parse(detectedAt))) throw new InvalidCursorError();
    return { detectedAt, id };
  } catch {
    throw new InvalidCursorError();
  }
}

/** In UTC and not before 1970, which no engine's timestamp holds. Validation has seen that it is an instant. */
function inUtc(instant: string | undefined): string | undefined {
  return instant === undefined ? undefined : new Date(Math.max(0, Date.parse(instant))).toISOString();
}
