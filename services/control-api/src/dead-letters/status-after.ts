import type { ReplayReply } from '@rowbridge/control-protocol';
import type { DeadLetterStatus } from '@rowbridge/control-store';

/**
 * What a dead letter is after a replay. Deferred counts as replayed: the row is listed for a second look, which settles
 * it or makes a dead letter of its own.
 */
export function statusAfter(outcome: ReplayReply['outcome']): DeadLetterStatus {
  switch (outcome) {
    case 'applied':
    case 'unchanged':
    case 'duplicate':
    case 'deferred':
    case 'filtered':
    case 'echo':
      return 'replayed';
    case 'superseded':
      return 'superseded';
    case 'dead_lettered':
    case null:
      return 'open';
  }
}
