/** Names of the topics on which services, the control API and the command line talk. Created by code, never by the broker. */
export const controlTopics = {
  /** Compacted; key `<direction>/<instance>`, value {@link DirectionStatus}; a tombstone when an instance ends in peace. */
  status: 'rowbridge.status',
  /** Compacted; key `<direction>` or `<direction>/<table>`, value {@link PauseOrder}. */
  control: 'rowbridge.control',
  /** Compacted; key `<direction>`, value {@link RuntimeSettings}: the whole of what was changed at run time. */
  config: 'rowbridge.config',
  /** Key: request id; value {@link ReplayReply}. */
  replies: 'rowbridge.replies',
} as const;

/** Where one direction takes dead letters again: original key, value and headers, and {@link replayHeaders}. */
export function replayTopic(direction: string): string {
  return `rowbridge.replay.${direction}`;
}

/** Headers a replayed record carries besides its own. All values are UTF-8 text. */
export const replayHeaders = {
  requestId: 'x-rowbridge-replay-request',
  deadLetterId: 'x-rowbridge-replay-dead-letter',
  /** `apply`, or `dry_run`: judge it and roll back. */
  mode: 'x-rowbridge-replay-mode',
  /** Where the record lay first: its schema names and its table follow from the topic. */
  topic: 'x-rowbridge-replay-topic',
  partition: 'x-rowbridge-replay-partition',
  offset: 'x-rowbridge-replay-offset',
} as const;

/** A topic as it is created where it is missing. */
export interface ControlTopicDeclaration {
  readonly topic: string;
  readonly partitions: number;
  readonly configuration: Readonly<Record<string, string>>;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Small segments: a compacted topic is read from the beginning, and only closed segments are compacted. */
const compacted = {
  'cleanup.policy': 'compact',
  'segment.bytes': String(4 * 1024 * 1024),
  'segment.ms': String(hourMs),
  'min.cleanable.dirty.ratio': '0.1',
};

/** The topics all directions share. One partition each: whoever reads one reads all of it, in order. */
export const controlTopicDeclarations: readonly ControlTopicDeclaration[] = [
  { topic: controlTopics.status, partitions: 1, configuration: compacted },
  { topic: controlTopics.control, partitions: 1, configuration: compacted },
  { topic: controlTopics.config, partitions: 1, configuration: compacted },
  { topic: controlTopics.replies, partitions: 1, configuration: { 'retention.ms': String(dayMs) } },
];

/** Kept no longer than event ids are remembered. */
export function replayTopicDeclaration(direction: string): ControlTopicDeclaration {
  return {
    topic: replayTopic(direction),
    partitions: 4,
    configuration: { 'retention.ms': String(7 * dayMs) },
  };
}
