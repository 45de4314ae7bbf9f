import type { SourcePosition } from '@rowbridge/change-event';
import type { TablePlan } from '@rowbridge/mapping';

/** Offsets by `<topic>/<partition>`. */
export type TopicOffsets = Readonly<Record<string, bigint>>;

export interface LogEnds {
  readonly source: SourcePosition;
  readonly target: SourcePosition;
}

/** What a look notes first, and must see passed before it decides. */
export interface NotedState {
  /** The twin's key, whether or not its row existed; null where none was known. */
  readonly targetKey: string | null;
  readonly targetDigest: string | null;
  readonly logEnds: LogEnds;
  /** The ends of the table's topics in both directions, once the connectors had passed the noted log ends. */
  readonly topicEnds: TopicOffsets | null;
}

export function formatNotedState(noted: NotedState): string {
  return JSON.stringify(noted, (_name, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}

export function parseNotedState(text: string): NotedState {
  const parsed = JSON.parse(text) as Omit<NotedState, 'topicEnds'> & {
    topicEnds: Record<string, string> | null;
  };
  const topicEnds =
    parsed.topicEnds &&
    Object.fromEntries(Object.entries(parsed.topicEnds).map(([name, offset]) => [name, BigInt(offset)]));
  return { ...parsed, topicEnds };
}

/**
 * How far everything is, read in this order, so that what lies behind `connectors` lies below `topicEnds`: the
 * connectors' committed source offsets, the ends of the table's topics, the offsets both directions have applied.
 */
export interface SettlementHorizon {
  readonly connectors: LogEnds;
  readonly topicEnds: TopicOffsets;
  readonly applied: TopicOffsets;
}

/** Reads the horizon. Implemented by the direction host, which knows Kafka, Connect and both databases. */
export interface SettlementWatch {
  read(table: TablePlan): Promise<SettlementHorizon>;
}

export function connectorsPassed(noted: LogEnds, { connectors }: SettlementHorizon): boolean {
  return connectors.source >= noted.source && connectors.target >= noted.target;
}

export function directionsPassed(topicEnds: TopicOffsets, { applied }: SettlementHorizon): boolean {
  return Object.entries(topicEnds).every(([name, end]) => end === 0n || (applied[name] ?? 0n) >= end);
}
