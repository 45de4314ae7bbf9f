import type { RawRecord } from '@rowbridge/change-event';
import { replayHeaders, replayTopic, type ReplayReply } from '@rowbridge/control-protocol';
import type { DeadLetter, PartitionState } from '@rowbridge/pipeline';
import { takeReplays } from '@rowbridge/direction-host';
import type { RowPath } from '../row-path/row-path-harness.js';

type Mode = 'apply' | 'dry_run';

export interface ReplayedHow {
  /** Of all letters, or of each in turn. */
  readonly mode?: Mode | readonly Mode[];
  /** Entities an operator has paused. */
  readonly paused?: readonly string[];
  /** Changes what the record of a letter says. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The topic of replays of one row path, as its direction consumes it. */
export class ReplayDesk {
  readonly warnings: string[] = [];
  private state: PartitionState;

  constructor(private readonly path: RowPath) {
    const highWater = { position: null, committedAtMs: 0 };
    this.state = { topic: replayTopic(path.plan.name), partition: 0, nextOffset: null, highWater };
  }

  /** Brings dead letters again as one batch and answers what became of each, in order. */
  async replay(letters: readonly DeadLetter[], how: ReplayedHow = {}): Promise<readonly ReplayReply[]> {
    const first = this.state.nextOffset ?? 0n;
    const records = letters.map((letter, index) => {
      const mode = typeof how.mode === 'object' ? how.mode[index] : how.mode;
      return this.carry(letter, first + BigInt(index), { ...how, mode });
    });
    return this.take(records, how);
  }

  /** Consumes records as they are. */
  async take(
    records: readonly RawRecord[],
    { paused = [] }: ReplayedHow = {},
  ): Promise<readonly ReplayReply[]> {
    const replies: ReplayReply[] = [];
    this.state = await takeReplays(records, this.state, {
      plan: this.path.plan,
      context: this.path.pathContext(),
      isTablePaused: (entity) => paused.some((name) => entity.startsWith(`${name}-`)),
      loadState: () => this.loadState(),
      reply: async (answers) => void replies.push(...answers),
      warn: (message) => void this.warnings.push(message),
    });
    return replies;
  }

  private async loadState(): Promise<PartitionState> {
    const [fence] = await this.path.revamp.run(
      `select next_offset from rowbridge.applied_offsets where direction = '${this.path.plan.name}' and topic = '${this.state.topic}'`,
    );
    return { ...this.state, nextOffset: fence ? BigInt(String(fence['next_offset'])) : null };
  }

  private carry(
    letter: DeadLetter,
    offset: bigint,
    { mode = 'apply', headers = {} }: Pick<ReplayedHow, 'headers'> & { readonly mode: Mode | undefined },
  ): RawRecord {
    const { record } = letter;
    const told = {
      [replayHeaders.requestId]: 'request',
      [replayHeaders.deadLetterId]: `letter ${record.offset}`,
      [replayHeaders.mode]: mode,
      [replayHeaders.topic]: record.topic,
      [replayHeaders.partition]: String(record.partition),
      [replayHeaders.offset]: String(record.offset),
      ...headers,
    };
    return {
      ...record,
      topic: this.state.topic,
      partition: 0,
      offset,
      timestampMs: Number(offset),
      headers: [
        ...record.headers,
        ...Object.entries(told).map(([name, value]) => ({ name, value: Buffer.from(value) })),
      ],
    };
  }
}
