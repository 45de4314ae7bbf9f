import { binlogPosition, postgresPosition, type SourcePosition } from '@rowbridge/change-event';
import type { ConnectClient, SourceOffset } from 'debezium-connect-client';
import type { AppliedOffsets } from '@rowbridge/database-access';
import type { KafkaAdmin } from '@rowbridge/kafka';
import type { TablePlan } from '@rowbridge/mapping';
import type { SettlementHorizon, SettlementWatch, TopicOffsets } from '@rowbridge/pipeline';

/** One side's connector: what it has committed tells how far the side's log has reached Kafka. */
export interface WatchedConnector {
  readonly name: string;
  readonly epoch: number;
}

export interface SettlementWatchOptions {
  readonly connect: ConnectClient;
  readonly admin: KafkaAdmin;
  readonly source: WatchedConnector;
  readonly target: WatchedConnector;
  /** The reverse direction's topic of a table; null for a one-way table. */
  readonly reverseTopicOf: (table: TablePlan) => string | null;
  /** What this direction and the reverse one have applied. */
  readonly readApplied: () => Promise<readonly AppliedOffsets[]>;
}

/** Sees how far both directions are, in the order the second look's proof needs. */
export function createSettlementWatch(options: SettlementWatchOptions): SettlementWatch {
  const committed = async ({ name, epoch }: WatchedConnector): Promise<SourcePosition> => {
    const offset = await options.connect.committedSourceOffset(name);
    return offset === null ? '' : committedPosition(offset, epoch);
  };
  return {
    async read(table): Promise<SettlementHorizon> {
      const [source, target] = await Promise.all([
        committed(options.source),
        table.oneWay ? '' : committed(options.target),
      ]);
      const topics = [table.topic, options.reverseTopicOf(table)].filter((topic) => topic !== null);
      const ends = await Promise.all(topics.map((topic) => readEnds(options.admin, topic)));
      const applied = await options.readApplied();
      return {
        connectors: { source, target },
        topicEnds: Object.assign({}, ...ends) as TopicOffsets,
        applied: Object.fromEntries(
          applied.flatMap((offsets) => [...offsets].map(([name, offset]) => [name, offset.nextOffset])),
        ),
      };
    },
  };
}

async function readEnds(admin: KafkaAdmin, topic: string): Promise<TopicOffsets> {
  const offsets = await admin.topicOffsets(topic);
  // A partition that holds nothing has nothing to wait for, though its offsets began above 0 long ago.
  return Object.fromEntries(
    offsets.map(({ partition, low, high }) => [`${topic}/${partition}`, low === high ? 0n : high]),
  );
}

/**
 * Every change committed before this position has been acknowledged by Kafka; none is before the first commit and while
 * the initial snapshot runs.
 */
export function committedPosition(offset: SourceOffset, epoch: number): SourcePosition {
  if (offset.snapshotting) return '';
  return offset.engine === 'postgres'
    ? postgresPosition(epoch, BigInt(offset.lsn))
    : binlogPosition(epoch, { file: offset.file, position: BigInt(offset.pos) });
}
