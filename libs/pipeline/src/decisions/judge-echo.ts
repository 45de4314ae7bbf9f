import type { ChangeEvent, SourcePosition } from '@rowbridge/change-event';
import { deletedContent, parseStamp, placeholderContent, stampColumn } from './sync-stamp.js';

/** Which guard decides for the source's live events: the stamp, or the connector's filter by log origin. */
export type ActingGuard = 'source_column' | 'log_origin';

export interface EchoQuestion {
  readonly event: ChangeEvent;
  /** The direction whose writes would be echoes here. */
  readonly reverseDirection: string;
  readonly actingGuard: ActingGuard;
  /** The latest stamp of the key that has come back already. */
  readonly spentStamp: SourcePosition | null;
  /** Digest of the event's row (after-image); called only where a digest has to be compared. */
  readonly digest: () => string;
  /** Whether the reverse direction recorded a twin for the key: its inserts always do. */
  readonly twinKnown: boolean;
}

export type EchoVerdict =
  /** An application's change. `leak`: it looks like a sync write that the log origin filter should have stopped. */
  | { readonly kind: 'edit'; readonly leak: boolean }
  /** The return of a sync write; `spends` is the stamp position it uses up, if any. */
  | { readonly kind: 'echo'; readonly spends: SourcePosition | null }
  /** An unspent stamp over other content: never written, settled by a second look. */
  | { readonly kind: 'doubtful'; readonly spends: SourcePosition };

const edit: EchoVerdict = { kind: 'edit', leak: false };

/**
 * Tells an application's change from the return of a sync write (I4) without ever losing an edit (I5): a stamp counts
 * once, and only over the content it was written for. Snapshot reads are settled by comparing rows instead.
 */
export function judgeEcho(question: EchoQuestion): EchoVerdict {
  const { event, spentStamp } = question;
  if (event.operation === 'read') return edit;
  const stamp = parseStamp((event.operation === 'delete' ? event.before : event.after)?.[stampColumn]);
  if (stamp?.direction !== question.reverseDirection) return edit;
  if (question.actingGuard === 'log_origin')
    return judgeUnderLogOrigin(question, stamp.position, stamp.content);

  if (stamp.content === placeholderContent || stamp.content === deletedContent) {
    if (event.operation === 'update') return { kind: 'echo', spends: null };
    if (event.operation === 'create' || stamp.content === placeholderContent) return edit;
    return isSpent(stamp.position, spentStamp) ? edit : { kind: 'echo', spends: stamp.position };
  }
  // A delete by an application leaves the digest of the last sync write in the before-image.
  if (event.operation === 'delete' || isSpent(stamp.position, spentStamp)) return edit;
  // A row an application copied or moved, stamp included: the stamp was written for another key. A sync insert whose
  // link has given way since looks the same.
  const isStrange = event.movedFrom !== null || (event.operation === 'create' && !question.twinKnown);
  if (isStrange) return { kind: 'doubtful', spends: stamp.position };
  return stamp.content === question.digest()
    ? { kind: 'echo', spends: stamp.position }
    : { kind: 'doubtful', spends: stamp.position };
}

function judgeUnderLogOrigin(question: EchoQuestion, position: SourcePosition, content: string): EchoVerdict {
  const comparable = question.event.operation !== 'delete' && !isSpent(position, question.spentStamp);
  const created = question.event.operation === 'create';
  return {
    kind: 'edit',
    leak: comparable && (!created || question.twinKnown) && content === question.digest(),
  };
}

function isSpent(position: SourcePosition, spentStamp: SourcePosition | null): boolean {
  return spentStamp !== null && position <= spentStamp;
}
