import {
  readMysqlAppliedOffsets,
  readPostgresAppliedOffsets,
  runOnMysql,
  runOnPostgres,
  type DatabaseConnection,
} from '@rowbridge/database-access';

/**
 * Next offset a direction has to apply, by `<topic>/<partition>`, as its target's own transactions recorded it.
 * @throws RowbridgeError for whatever the server raises
 */
export async function readAppliedPositions(
  target: DatabaseConnection,
  direction: string,
): Promise<ReadonlyMap<string, bigint>> {
  const offsets =
    target.family === 'postgres'
      ? await readPostgresAppliedOffsets(runOnPostgres(target.client), direction)
      : await readMysqlAppliedOffsets(runOnMysql(target.client), direction);
  return new Map([...offsets].map(([place, { nextOffset }]) => [place, nextOffset]));
}

/** Resolves when the database answers. @throws RowbridgeError for whatever the server raises */
export async function pingDatabase({ family, client }: DatabaseConnection): Promise<void> {
  const statement = { text: 'select 1', operation: 'ping' };
  if (family === 'postgres') await runOnPostgres(client)(statement);
  else await runOnMysql(client)(statement);
}
