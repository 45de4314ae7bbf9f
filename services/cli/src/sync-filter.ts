import type { KeyCondition } from '@rowbridge/control-protocol';
import { CommandError } from './command-error.js';

export interface FilterOptions {
  /** `column=value,value` each. */
  readonly only?: readonly string[];
  /** `column=value` each. */
  readonly from?: readonly string[];
  readonly to?: readonly string[];
}

/**
 * The conditions a person wrote on the command line, one for each column and kind.
 * @throws CommandError exit 2 for one that is not `column=value`
 */
export function readFilter({ only = [], from = [], to = [] }: FilterOptions): KeyCondition[] | undefined {
  const conditions: KeyCondition[] = only.map((text) => {
    const { column, value } = split('--only', text);
    return { column, in: value.split(',') };
  });
  const bounds = new Map<string, { from?: string; to?: string }>();
  for (const [option, texts] of [['from', from] as const, ['to', to] as const]) {
    for (const text of texts) {
      const { column, value } = split(`--${option}`, text);
      bounds.set(column, { ...bounds.get(column), [option]: value });
    }
  }
  for (const [column, bound] of bounds) conditions.push({ column, ...bound });
  return conditions.length > 0 ? conditions : undefined;
}

function split(option: string, text: string): { column: string; value: string } {
  const at = text.indexOf('=');
  if (at < 1) throw new CommandError(`${option} takes column=value, not ${JSON.stringify(text)}`, 2);
  return { column: text.slice(0, at), value: text.slice(at + 1) };
}
