import { canonicalFromEvent, parseRowKey, type LogicalType } from '@rowbridge/change-event';
import type { TablePlan } from '@rowbridge/mapping';

/** Whether a text is a key of the table's source rows, in the one form keys are compared in. */
export function isKeyOf({ source }: TablePlan, key: string): boolean {
  try {
    const values: readonly unknown[] = parseRowKey(source.key, key);
    const isCanonical = (type: LogicalType, value: unknown): boolean =>
      typeof value === 'string' && canonicalFromEvent(type, value) === value;
    return (
      values.length === source.key.length &&
      source.keyTypes.every((type, index) => isCanonical(type, values[index]))
    );
  } catch {
    return false;
  }
}
