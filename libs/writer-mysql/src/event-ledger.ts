import { randomBytes } from 'node:crypto';
import { FenceLostError, RowbridgeError } from '@rowbridge/errors';
import type { EventLedger } from '@rowbridge/pipeline';
import type { TransactionContext } from './target-context.js';

const offsets = 'rowbridge.applied_offsets';
const ledger = 'rowbridge.processed_events';

/** The fence and the claims (I2): both live and die with the transaction. */
export function createEventLedger({ run, plan }: TransactionContext): EventLedger {
  const operation = 'advance_fence';
  return {
    async advance({ topic, partition, expected, next, highWater, fingerprint }) {
      const state = [next, highWater.position, highWater.committedAtMs, fingerprint];
      const place = [plan.name, topic, partition];
      if (expected === null) {
        await run({
          text: `insert into ${offsets} (next_offset, high_water_position, high_water_committed_at_ms, fingerprint,
            direction, topic, partition_number) values (?)`,
          values: [[...state, ...place]],
          operation,
          table: offsets,
        }).catch((error: unknown) => {
          throw isHeld(error) ? new FenceLostError({ topic, partition, expected }) : error;
        });
        return;
      }
      const outcome = await run({
        text: `update ${offsets} set next_offset = ?, high_water_position = ?, high_water_committed_at_ms = ?,
          fingerprint = ? where direction = ? and topic = ? and partition_number = ? and next_offset = ?`,
        values: [...state, ...place, expected],
        operation,
        table: offsets,
      });
      if (outcome.affected !== 1) throw new FenceLostError({ topic, partition, expected });
    },
    async claim(eventIds) {
      if (eventIds.length === 0) return new Set();
      // In one order everywhere, so that two transactions with ids in common wait and do not deadlock.
      const ordered = [...eventIds].sort();
      const bytes = ordered.map((eventId) => Buffer.from(eventId.replaceAll('-', ''), 'hex'));
      const token = randomBytes(8).readBigUInt64BE();
      // IGNORE passes over known ids alone: ids are 16 bytes, so nothing else can be amiss with them.
      const outcome = await run({
        text: `insert ignore into ${ledger} (event_id, claim_token) values ?`,
        values: [bytes.map((eventId) => [eventId, token])],
        operation: 'claim_events',
        table: ledger,
      });
      if (outcome.affected === eventIds.length) return new Set(eventIds);
      const claimed = await run({
        text: `select lower(hex(event_id)) from ${ledger} where event_id in (?) and claim_token = ?`,
        values: [bytes, token],
        operation: 'claim_events',
        table: ledger,
      });
      const claimedIds = new Set(claimed.rows.map(([eventId]) => eventId as string));
      return new Set(eventIds.filter((eventId) => claimedIds.has(eventId.replaceAll('-', ''))));
    },
  };
}

function isHeld(error: unknown): boolean {
  return error instanceof RowbridgeError && error.code === 'unique_value_held';
}
