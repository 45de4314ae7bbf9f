import type { RowKey } from '@rowbridge/change-event';
import type { TwinLookup } from '@rowbridge/mapping';
import type { DirectionPlan } from '@rowbridge/mapping';
import { standingOwners } from './twin-owners.js';
import type { SourceDatabase, TargetTransaction } from './ports.js';

/**
 * The twins one transaction knows, by entity. Looked up in the target's own mappings first, then in the peer's: those
 * committed with the row the change is about, so they are visible. What the peer knew is remembered for caching.
 */
export class TwinDirectory {
  private readonly known = new Map<string, Map<RowKey, RowKey>>();
  private readonly asked = new Map<string, Set<RowKey>>();
  private readonly fromPeer = new Map<string, Map<RowKey, RowKey>>();

  constructor(
    private readonly transaction: TargetTransaction,
    private readonly source: SourceDatabase,
    private readonly plan: DirectionPlan,
  ) {}

  readonly lookup: TwinLookup = (entity, sourceKey) => this.known.get(entity)?.get(sourceKey);

  /** Records a twin this transaction already knows, from a key state or a write of its own. */
  learn(entity: string, sourceKey: RowKey, targetKey: RowKey): void {
    this.entityMap(this.known, entity).set(sourceKey, targetKey);
    this.fromPeer.get(entity)?.delete(sourceKey);
  }

  /** The link of a target row passes to another source key. */
  move(entity: string, { sourceKey, targetKey }: { sourceKey: RowKey; targetKey: RowKey }): void {
    for (const [formerKey, formerTarget] of this.known.get(entity) ?? []) {
      if (formerTarget !== targetKey) continue;
      this.known.get(entity)?.delete(formerKey);
      this.fromPeer.get(entity)?.delete(formerKey);
    }
    this.learn(entity, sourceKey, targetKey);
  }

  /** Looks up the given keys, each once; the directory then answers for them. */
  async resolve(entity: string, sourceKeys: Iterable<RowKey>): Promise<void> {
    const asked = this.asked.get(entity) ?? new Set();
    this.asked.set(entity, asked);
    const known = this.entityMap(this.known, entity);
    const unknown = [...new Set(sourceKeys)].filter((key) => !known.has(key) && !asked.has(key));
    if (unknown.length === 0) return;
    for (const key of unknown) asked.add(key);
    const own = await this.transaction.identities.resolve(entity, unknown);
    for (const [sourceKey, targetKey] of own) known.set(sourceKey, targetKey);
    await this.askPeer(
      entity,
      unknown.filter((key) => !own.has(key)),
    );
  }

  /**
   * As {@link resolve}, for keys whose own mapping is known to be missing. A target row that is the twin of another
   * source row, which stands, is none: the peer's link is older than a move.
   */
  async askPeer(entity: string, sourceKeys: readonly RowKey[]): Promise<void> {
    if (sourceKeys.length === 0) return;
    const table = this.plan.tables.find((candidate) => candidate.entity === entity);
    if (!table) throw new TypeError(`the direction's plan has no entity ${entity}`);
    if (table.oneWay) return;
    const peers = await this.source.readPeerIdentities(entity, sourceKeys);
    if (peers.size === 0) return;
    const reading = { table, transaction: this.transaction, source: this.source };
    const owners = await standingOwners(reading, [...new Set(peers.values())]);
    for (const [sourceKey, targetKey] of peers) {
      if ([...(owners.get(targetKey) ?? [])].some((owner) => owner !== sourceKey)) continue;
      this.entityMap(this.known, entity).set(sourceKey, targetKey);
      // Where keys are shared, the link may be one that a move under way is about to replace: it is not kept.
      if (!table.sharesKeys) this.entityMap(this.fromPeer, entity).set(sourceKey, targetKey);
    }
  }

  /** Caches in the target's own mappings what only the peer knew. */
  async cacheLearned(): Promise<void> {
    for (const [entity, links] of this.fromPeer) {
      const learned = [...links].map(([sourceKey, targetKey]) => ({ sourceKey, targetKey }));
      if (learned.length > 0) await this.transaction.identities.link(entity, learned);
    }
  }

  private entityMap(maps: Map<string, Map<RowKey, RowKey>>, entity: string): Map<RowKey, RowKey> {
    const map = maps.get(entity) ?? new Map<RowKey, RowKey>();
    maps.set(entity, map);
    return map;
  }
}
