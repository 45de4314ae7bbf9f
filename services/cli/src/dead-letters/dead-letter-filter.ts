import { CommandError } from '../command-error.js';

/** Conditions of the command line, as the API takes them. */
export interface FilterOptions {
  readonly status?: string;
  readonly direction?: string;
  readonly table?: string;
  readonly key?: string;
  readonly errorCode?: string;
  readonly from?: string;
  readonly until?: string;
  readonly text?: string;
}

const conditions = ['status', 'direction', 'table', 'key', 'errorCode', 'from', 'until', 'text'] as const;

/** The conditions that were given. */
export function filterOf(options: FilterOptions): Partial<Record<(typeof conditions)[number], string>> {
  return Object.fromEntries(
    conditions.flatMap((condition) => {
      const value = options[condition];
      return value === undefined ? [] : [[condition, value]];
    }),
  );
}

/**
 * Which dead letters a command acts on: the ids, or those that meet the conditions, or all.
 * @throws CommandError exit 2 unless exactly one of them is given
 */
export function selectionOf(
  ids: readonly string[],
  options: FilterOptions & { readonly all?: boolean },
): { ids: readonly string[] } | { filter: object } | { all: true } {
  const filter = filterOf(options);
  const isFiltered = Object.keys(filter).length > 0;
  const given = [ids.length > 0, isFiltered, options.all === true].filter(Boolean).length;
  if (given !== 1) {
    throw new CommandError('name dead letters by id, or by conditions such as --table, or all with --all', 2);
  }
  if (ids.length > 0) return { ids };
  return isFiltered ? { filter } : { all: true };
}
