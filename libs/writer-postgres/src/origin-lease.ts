import type { PostgresConnection, RunPostgres } from '@rowbridge/database-access';
import { RowbridgeError } from '@rowbridge/errors';

/** The server's default for active origins; more names than that would never be free together. */
const mostOrigins = 10;

/**
 * Gives a fresh connection a replication origin of its own (guard 2, I4): `rowbridge_<direction>_<n>`, the first whose
 * lease is free. A second session on one origin is refused by the server, which is how leases exclude each other; the
 * lease ends with the connection.
 * @returns the origin's name
 * @throws RowbridgeError `origin_busy` when all are taken
 */
export async function leaseOrigin(run: RunPostgres, direction: string): Promise<string> {
  for (let number = 1; number <= mostOrigins; number += 1) {
    const name = `rowbridge_${direction}_${number}`;
    if (await tryOrigin(run, name)) return name;
  }
  throw new RowbridgeError(
    'origin_busy',
    `all ${mostOrigins} replication origins of ${direction} are in use`,
    {
      details: { direction },
    },
  );
}

async function tryOrigin(run: RunPostgres, name: string): Promise<boolean> {
  const operation = 'lease_origin';
  try {
    const known = await run({
      text: 'select pg_catalog.pg_replication_origin_oid($1)',
      values: [name],
      operation,
    });
    if (known.rows[0]?.[0] === null) {
      await run({ text: 'select pg_catalog.pg_replication_origin_create($1)', values: [name], operation });
    }
    await run({
      text: 'select pg_catalog.pg_replication_origin_session_setup($1)',
      values: [name],
      operation,
    });
    return true;
  } catch (error) {
    // Taken, or created by somebody else between the two statements, who then has it.
    if (error instanceof RowbridgeError && isTaken(error)) return false;
    throw error;
  }
}

const objectInUse = '55006';
const uniqueViolation = '23505';

function isTaken(error: RowbridgeError): boolean {
  const state = (error.cause as { code?: unknown } | undefined)?.code;
  return state === objectInUse || state === uniqueViolation;
}

/** Connections that carry their origin already. */
export class OriginLeases {
  readonly #leased = new WeakSet<PostgresConnection>();
  readonly #direction: string;

  constructor(direction: string) {
    this.#direction = direction;
  }

  async ensure(connection: PostgresConnection, run: RunPostgres): Promise<void> {
    if (this.#leased.has(connection)) return;
    await leaseOrigin(run, this.#direction);
    this.#leased.add(connection);
  }
}
