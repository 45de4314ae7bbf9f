import { readMysqlIdentities } from '@rowbridge/database-access';
import { RowbridgeError } from '@rowbridge/errors';
import type { IdentityLink, IdentityRegister } from '@rowbridge/pipeline';
import type { TransactionContext } from './target-context.js';

const table = 'rowbridge.entity_mappings';
const operation = 'link_identities';
const longestKeyBytes = 1_024;

/** Twins, unique both ways. */
export function createIdentityRegister({ run }: TransactionContext): IdentityRegister {
  const insert = async (entity: string, links: readonly IdentityLink[]): Promise<number> => {
    const ordered = [...links].sort((left, right) => (left.sourceKey < right.sourceKey ? -1 : 1));
    const outcome = await run({
      // IGNORE passes over known keys, and would cut too long ones: those were refused before.
      text: `insert ignore into ${table} (entity, source_id, target_id) values ?`,
      values: [ordered.map(({ sourceKey, targetKey }) => [entity, sourceKey, targetKey])],
      operation,
      table,
    });
    return outcome.affected;
  };
  const unlink = (
    entity: string,
    column: 'source_id' | 'target_id',
    keys: readonly string[],
  ): Promise<unknown> =>
    run({
      text: `delete from ${table} where entity = ? and ${column} in (?)`,
      values: [entity, keys],
      operation,
      table,
    });
  return {
    resolve: (entity, keys) => readMysqlIdentities(run, { entity, from: 'source_id', to: 'target_id', keys }),
    resolveReverse: (entity, keys) =>
      readMysqlIdentities(run, { entity, from: 'target_id', to: 'source_id', keys }),
    async link(entity, links) {
      if (links.length === 0) return;
      for (const { sourceKey, targetKey } of links) {
        requireKeyLength(sourceKey);
        requireKeyLength(targetKey);
      }
      if ((await insert(entity, links)) === links.length) return;
      // Some key has a link already, the same or an older one: all of them are written anew.
      await unlink(
        entity,
        'source_id',
        links.map(({ sourceKey }) => sourceKey),
      );
      await unlink(
        entity,
        'target_id',
        links.map(({ targetKey }) => targetKey),
      );
      await insert(entity, links);
    },
  };
}

function requireKeyLength(key: string): void {
  if (key.length * 3 <= longestKeyBytes || Buffer.byteLength(key) <= longestKeyBytes) return;
  throw new RowbridgeError('value_too_long', `a key of an entity has more than ${longestKeyBytes} bytes`, {
    details: { table },
  });
}
