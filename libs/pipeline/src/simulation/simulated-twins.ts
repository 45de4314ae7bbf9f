import type { RowKey } from '@rowbridge/change-event';
import type { MappedImage } from '@rowbridge/mapping';
import type { Mistake } from './mistake.js';
import type { SimulatedSite } from './simulated-site.js';

export interface TwinOptions {
  readonly source: SimulatedSite;
  readonly target: SimulatedSite;
  readonly mistake: Mistake | null;
}

export interface FoundTwin {
  readonly key: RowKey | null;
  readonly linked: boolean;
  /** The linked row is gone, and another that holds the natural key stands in for it. */
  readonly standsIn: boolean;
}

/** Which target row is a source row's twin, as one direction has recorded it. */
export class SimulatedTwins {
  private readonly links = new Map<RowKey, RowKey>();
  private readonly reverseLinks = new Map<RowKey, RowKey>();
  private peer: SimulatedTwins | null = null;

  constructor(private readonly options: TwinOptions) {}

  pairWith(peer: SimulatedTwins): void {
    this.peer = peer;
  }

  /** Whether either direction links the key. */
  knows(sourceKey: RowKey): boolean {
    return this.links.has(sourceKey) || this.peer?.reverseLinks.has(sourceKey) === true;
  }

  ownLink(sourceKey: RowKey): RowKey | null {
    return this.links.get(sourceKey) ?? null;
  }

  /** Links two keys; an older link of either gives way. */
  link(sourceKey: RowKey, targetKey: RowKey): void {
    const formerTarget = this.links.get(sourceKey);
    if (formerTarget !== undefined) this.reverseLinks.delete(formerTarget);
    const formerSource = this.reverseLinks.get(targetKey);
    if (formerSource !== undefined) this.links.delete(formerSource);
    this.links.set(sourceKey, targetKey);
    this.reverseLinks.set(targetKey, sourceKey);
  }

  /**
   * The target row of a source key: by the own link, by the peer's where that row is not there, by natural key where
   * neither is.
   */
  find(sourceKey: RowKey, mapped: MappedImage | null): FoundTwin {
    const { rows } = this.options.target;
    const own = this.unlessGivenWay(sourceKey, this.links.get(sourceKey));
    const { mistake } = this.options;
    if (own !== undefined && (rows.has(own) || mistake === 'trust_own_link_only'))
      return { key: own, linked: true, standsIn: false };
    const peers = this.unlessGivenWay(sourceKey, this.peer?.reverseLinks.get(sourceKey));
    if (peers !== undefined && rows.has(peers)) return { key: peers, linked: true, standsIn: false };
    const linkedKey = own ?? peers ?? null;
    const linked = linkedKey !== null;
    const asksNaturalKey = !linked || mistake !== 'natural_key_for_strangers_only';
    const holder = asksNaturalKey ? this.naturalTwin(sourceKey, mapped) : null;
    return { key: holder ?? linkedKey, linked, standsIn: linked && holder !== null };
  }

  /** The link of a source row that is gone gives way to that of another that stands. */
  private unlessGivenWay(sourceKey: RowKey, targetKey: RowKey | undefined): RowKey | undefined {
    if (targetKey === undefined || this.options.source.rows.has(sourceKey)) return targetKey;
    return this.isTakenFrom(sourceKey, targetKey) ? undefined : targetKey;
  }

  private isTakenFrom(sourceKey: RowKey, targetKey: RowKey): boolean {
    return [this.reverseLinks.get(targetKey), this.peer?.links.get(targetKey)].some(
      (owner) => owner !== undefined && owner !== sourceKey && this.options.source.rows.has(owner),
    );
  }

  private naturalTwin(sourceKey: RowKey, mapped: MappedImage | null): RowKey | null {
    if (mapped?.kind !== 'mapped') return null;
    const holder = this.options.target.keyByEmail.get(mapped.values['email'] as string);
    return holder === undefined || this.isTakenFrom(sourceKey, holder) ? null : holder;
  }
}
