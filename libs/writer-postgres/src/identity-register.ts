import { readPostgresIdentities } from '@rowbridge/database-access';
import type { IdentityLink, IdentityRegister } from '@rowbridge/pipeline';
import type { TransactionContext } from './target-context.js';

const table = 'rowbridge.entity_mappings';

const linkNew = `
  insert into rowbridge.entity_mappings (entity, source_id, target_id)
  select $1, input.* from unnest($2::text[], $3::text[]) as input
  on conflict do nothing
  returning source_id, target_id`;

const unlinkOlder = `
  with input as materialized (
    select $1::text as entity, source_id, target_id from unnest($2::text[], $3::text[]) as pair (source_id, target_id)
  ), older as materialized (
    select mapping.entity, mapping.source_id from input
    join rowbridge.entity_mappings mapping using (entity, source_id)
    union
    select mapping.entity, mapping.source_id from input
    join rowbridge.entity_mappings mapping using (entity, target_id)
  )
  delete from rowbridge.entity_mappings mapping using older
  where mapping.entity = older.entity and mapping.source_id = older.source_id`;

/** Twins, unique both ways. */
export function createIdentityRegister({ run }: TransactionContext): IdentityRegister {
  const insert = async (entity: string, links: readonly IdentityLink[]): Promise<number> => {
    const ordered = [...links].sort((left, right) => (left.sourceKey < right.sourceKey ? -1 : 1));
    const outcome = await run({
      text: linkNew,
      values: [entity, ordered.map(({ sourceKey }) => sourceKey), ordered.map(({ targetKey }) => targetKey)],
      operation: 'link_identities',
      table,
    });
    return outcome.affected;
  };
  return {
    resolve: (entity, keys) =>
      readPostgresIdentities(run, { entity, from: 'source_id', to: 'target_id', keys }),
    resolveReverse: (entity, keys) =>
      readPostgresIdentities(run, { entity, from: 'target_id', to: 'source_id', keys }),
    async link(entity, links) {
      if (links.length === 0 || (await insert(entity, links)) === links.length) return;
      // Some key has a link already, the same or an older one: all of them are written anew.
      await run({
        text: unlinkOlder,
        values: [entity, links.map(({ sourceKey }) => sourceKey), links.map(({ targetKey }) => targetKey)],
        operation: 'link_identities',
        table,
      });
      await insert(entity, links);
    },
  };
}
