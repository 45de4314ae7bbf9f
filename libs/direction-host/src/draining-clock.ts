import { setTimeout } from 'node:timers/promises';
import { RowbridgeError } from '@rowbridge/errors';
import type { Clock } from '@rowbridge/pipeline';

/**
 * The system's clock, whose sleeps end with a fault once the direction drains: a record between two attempts is left
 * for the next start, neither waited for nor condemned early.
 */
export function createDrainingClock(draining: AbortSignal): Clock {
  return {
    now: () => Date.now(),
    sleep: async (milliseconds) => {
      await setTimeout(milliseconds, undefined, { signal: draining }).catch(() => {
        throw new RowbridgeError('shutting_down', 'The service drains between two attempts at a record', {
          whatToDo: 'Nothing: the record is tried again after the next start.',
        });
      });
    },
  };
}
