/** An edit that lost, or two rows that wait for somebody to decide, as listed in `rowbridge.conflicts`. */
export interface ConflictEntry {
  readonly id: string;
  readonly pair: string;
  readonly entity: string;
  /** The direction that recorded it; `source` and `target` below are its own. */
  readonly direction: string;
  readonly sourceKey: string;
  readonly targetKey: string | null;
  readonly type: string;
  /** The policy that decided, or `manual` while open. */
  readonly resolution: string;
  readonly winningSide: string | null;
  readonly generation: number;
  /** ISO 8601, UTC, microseconds: sorts as text. */
  readonly detectedAt: string;
}

/** With both rows as they were, in the target's column names; null = no row. Holds row values. */
export interface ConflictWithRows extends ConflictEntry {
  readonly sourceRow: Readonly<Record<string, string | null>> | null;
  readonly targetRow: Readonly<Record<string, string | null>> | null;
}

/** Newest first. */
export interface ConflictQuery {
  readonly direction?: string | undefined;
  readonly entity?: string | undefined;
  readonly type?: string | undefined;
  readonly resolution?: string | undefined;
  /** Of either row. */
  readonly key?: string | undefined;
  /** ISO 8601, inclusive. */
  readonly from?: string | undefined;
  /** ISO 8601, exclusive. */
  readonly until?: string | undefined;
  /** Go on after this entry. */
  readonly after?: Pick<ConflictEntry, 'detectedAt' | 'id'> | undefined;
  readonly limit: number;
}

type Text = string | Buffer | null;

/** Selected alike on both engines, in this order; `detected_at` stands for its text form. */
export function conflictColumns(detectedAt: string): string {
  return `conflict_id, pair, entity, direction, source_key, target_key, conflict_type, resolution, winning_side,
    generation, ${detectedAt}`;
}

/** @param columns in the order of {@link conflictColumns} */
export function conflictFrom(columns: readonly Text[]): ConflictEntry {
  const [id, pair, entity, direction, sourceKey, targetKey, type, resolution, winningSide, generation, at] =
    columns.map((column) => (column === null ? null : column.toString()));
  return {
    id: id as string,
    pair: pair as string,
    entity: entity as string,
    direction: direction as string,
    sourceKey: sourceKey as string,
    targetKey: targetKey ?? null,
    type: type as string,
    resolution: resolution as string,
    winningSide: winningSide ?? null,
    generation: Number(generation),
    detectedAt: at as string,
  };
}

/** @param columns in the order of {@link conflictColumns}, then both rows */
export function conflictWithRowsFrom(columns: readonly Text[]): ConflictWithRows {
  const [sourceRow, targetRow] = columns.slice(-2).map((row) => (row === null ? null : row.toString()));
  const parse = (row: string | null | undefined): ConflictWithRows['sourceRow'] =>
    row == null ? null : (JSON.parse(row) as ConflictWithRows['sourceRow']);
  return { ...conflictFrom(columns), sourceRow: parse(sourceRow), targetRow: parse(targetRow) };
}
