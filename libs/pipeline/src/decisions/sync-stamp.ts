import type { SourcePosition } from '@rowbridge/change-event';

/** The bookkeeping column of guard 1; applications never set it. */
export const stampColumn = 'sync_source';

const stampOrigin = 'sync_service';

/**
 * What a sync write leaves in `sync_source`: `sync_service/<direction>/<source position>/<content>`. Content is the
 * digest of the written row, or a word for a state that never outlives its transaction.
 */
export interface SyncStamp {
  readonly direction: string;
  readonly position: SourcePosition;
  readonly content: string;
}

/** The stamping update that precedes a sync delete. */
export const deletedContent = 'deleted';
/** A unique value moved out of the way within one transaction. */
export const placeholderContent = 'placeholder';

export function formatStamp({ direction, position, content }: SyncStamp): string {
  return `${stampOrigin}/${direction}/${position.replaceAll('/', '.')}/${content}`;
}

/** Null for anything a sync service did not write. */
export function parseStamp(text: string | null | undefined): SyncStamp | null {
  const [origin, direction, position, content, ...rest] = (text ?? '').split('/');
  if (origin !== stampOrigin || !direction || !position || !content || rest.length > 0) return null;
  return { direction, position: position.replaceAll('.', '/'), content };
}
