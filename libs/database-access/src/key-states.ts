import type { RowKey } from '@rowbridge/change-event';
import type { KeyState } from '@rowbridge/pipeline';

/**
 * Puts together what three tables know of source keys.
 * @param rows kind, source key, and by kind: `version` position, spent stamp, `1` if deleted, generation; `twin` the
 *   target key; `look` nothing
 */
export function keyStatesFrom(rows: readonly (readonly (string | null)[])[]): ReadonlyMap<RowKey, KeyState> {
  const states = new Map<RowKey, KeyState>();
  for (const [kind, rowKey, ...values] of rows) {
    const known = states.get(rowKey as string) ?? unknownKey(rowKey as string);
    states.set(rowKey as string, { ...known, ...learned(kind as string, values) });
  }
  return states;
}

function unknownKey(key: RowKey): KeyState {
  return {
    key,
    position: null,
    spentStamp: null,
    deleted: false,
    generation: 0,
    targetKey: null,
    awaitsLook: false,
  };
}

function learned(kind: string, values: readonly (string | null)[]): Partial<KeyState> {
  if (kind === 'twin') return { targetKey: values[0] as string };
  if (kind === 'look') return { awaitsLook: true };
  const [position, spentStamp, deleted, generation] = values;
  return {
    position: position ?? null,
    spentStamp: spentStamp ?? null,
    deleted: deleted === '1',
    generation: Number(generation),
  };
}
