import type { DiscardSelection, ReplaySelection } from '@rowbridge/control-protocol';
import { digestOfKey } from './index-record.js';

/**
 * A selection for the audit log, which whoever may read sees: a key or a text asked for may be personal data. The key's
 * digest tells whether a key that is known was meant.
 */
export function auditedSelection(selection: DiscardSelection | ReplaySelection): object {
  const { filter } = selection;
  if (filter === undefined) return selection;
  const { key, text } = filter;
  return {
    ...selection,
    filter: {
      ...filter,
      ...(key !== undefined && { key: `sha256:${digestOfKey(key)}` }),
      ...(text !== undefined && { text: `${text.length} characters` }),
    },
  };
}
