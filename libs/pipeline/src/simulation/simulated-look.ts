import type { RowImage, RowKey, SourcePosition } from '@rowbridge/change-event';

/** An entry of `second_looks`. */
export interface SimulatedLook {
  blocked: boolean;
  /** Keeps the stamps of looks that noted one place apart. */
  attempts: number;
  targetDigest: string | null;
  phase: 'listed' | 'noted' | 'drained';
  noted: {
    targetKey: RowKey | null;
    targetDigest: string | null;
    sourceEnd: number;
    targetEnd: number;
    position: SourcePosition;
  } | null;
  source: RowImage | null;
}
