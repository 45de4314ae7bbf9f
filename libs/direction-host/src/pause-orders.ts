import type { RawRecord } from '@rowbridge/change-event';
import { pauseOrderSchema } from '@rowbridge/control-protocol';
import type { DirectionPlan } from '@rowbridge/mapping';
import type { Logger } from '@rowbridge/observability';

export interface PauseOrdersOptions {
  readonly plan: Pick<DirectionPlan, 'name' | 'tables'>;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

/**
 * What an operator has paused: the whole direction, or some of its tables. The topic holds the latest order of each
 * key, so reading it from the beginning tells what holds now, also after a restart.
 */
export class PauseOrders {
  private readonly paused = new Set<string>();
  private changed: () => void = () => undefined;

  constructor(private readonly options: PauseOrdersOptions) {}

  /** @param changed called after each order that changed something */
  onChange(changed: () => void): void {
    this.changed = changed;
  }

  get isDirectionPaused(): boolean {
    return this.paused.has(this.options.plan.name);
  }

  /** Entities paused by an order of their own, in the order of the plan. */
  get pausedTables(): readonly string[] {
    return this.options.plan.tables
      .map(({ entity }) => entity)
      .filter((entity) => this.paused.has(this.keyOf(entity)));
  }

  /** Whether a table waits, by its own order or the direction's. */
  isTablePaused(entity: string): boolean {
    return this.isDirectionPaused || this.paused.has(this.keyOf(entity));
  }

  /** Whether what the topic brings waits: a table's changes, or what is the direction's as a whole. */
  isTopicPaused(topic: string): boolean {
    const table = this.options.plan.tables.find((candidate) => candidate.topic === topic);
    return table ? this.isTablePaused(table.entity) : this.isDirectionPaused;
  }

  /** Takes a record of `rowbridge.control`; orders for other directions are none of ours. Never throws. */
  take({ key, value }: RawRecord): void {
    const name = key === null ? '' : Buffer.from(key).toString();
    const { plan, logger } = this.options;
    if (name !== plan.name && !name.startsWith(`${plan.name}/`)) return;
    const entity = name === plan.name ? null : name.slice(plan.name.length + 1);
    if (entity !== null && !plan.tables.some((table) => table.entity === entity)) {
      logger.warn({ operation: 'control' }, 'An order names no table of this direction: passed by');
      return;
    }
    const paused = value === null ? false : readPaused(value, { direction: plan.name, table: entity });
    if (paused === null) {
      logger.warn({ table: entity, operation: 'control' }, 'An order cannot be read: what held before holds');
      return;
    }
    if (paused === this.paused.has(name)) return;
    if (paused) this.paused.add(name);
    else this.paused.delete(name);
    logger.info({ table: entity, operation: 'control' }, paused ? 'Paused by order' : 'Resumed by order');
    this.changed();
  }

  private keyOf(entity: string): string {
    return `${this.options.plan.name}/${entity}`;
  }
}

/** Null for anything but an order that says what its key says. */
function readPaused(
  value: Uint8Array,
  place: { readonly direction: string; readonly table: string | null },
): boolean | null {
  try {
    const order = pauseOrderSchema.parse(JSON.parse(Buffer.from(value).toString()));
    return order.direction === place.direction && order.table === place.table ? order.paused : null;
  } catch {
    return null;
  }
}
