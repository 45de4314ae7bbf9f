import type { EventLedger, FenceAdvance } from '@rowbridge/pipeline';
import { FenceLostError } from '@rowbridge/errors';
import type { TransactionContext } from './target-context.js';

const advanceFirst = `
  insert into rowbridge.applied_offsets (direction, topic, partition_number, next_offset,
    high_water_position, high_water_committed_at_ms, fingerprint)
  values ($1, $2, $3::integer, $4::bigint, $5, $6::double precision, $7)
  on conflict do nothing`;

const advanceFurther = `
  update rowbridge.applied_offsets
  set next_offset = $4::bigint, high_water_position = $5, high_water_committed_at_ms = $6::double precision,
    fingerprint = $7, updated_at = clock_timestamp()
  where direction = $1 and topic = $2 and partition_number = $3::integer and next_offset = $8::bigint`;

const claimIds = `
  insert into rowbridge.processed_events (event_id)
  select unnest($1::uuid[])
  on conflict do nothing
  returning event_id`;

/** The fence and the claims (I2): both live and die with the transaction. */
export function createEventLedger({ run, plan }: TransactionContext): EventLedger {
  return {
    async advance(fence: FenceAdvance) {
      const { topic, partition, expected, next, highWater, fingerprint } = fence;
      const values = [
        plan.name,
        topic,
        partition,
        next,
        highWater.position,
        highWater.committedAtMs,
        fingerprint,
      ];
      const outcome = await run({
        text: expected === null ? advanceFirst : advanceFurther,
        values: expected === null ? values : [...values, expected],
        operation: 'advance_fence',
        table: 'rowbridge.applied_offsets',
      });
      if (outcome.affected !== 1) throw new FenceLostError({ topic, partition, expected });
    },
    async claim(eventIds) {
      if (eventIds.length === 0) return new Set();
      const outcome = await run({
        text: claimIds,
        // In one order everywhere, so that two transactions with ids in common wait and do not deadlock.
        values: [[...eventIds].sort()],
        operation: 'claim_events',
        table: 'rowbridge.processed_events',
      });
      return new Set(outcome.rows.map(([eventId]) => eventId as string));
    },
  };
}
