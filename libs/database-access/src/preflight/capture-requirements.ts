/** One thing that keeps capture from starting. No row values. */
export interface PreflightFinding {
  /** Names the check, such as `replica_identity`. */
  readonly check: string;
  /** `<schema>.<table>`, with the column where one is at fault. */
  readonly table?: string;
  readonly found: string;
  readonly required: string;
  /** The exact statement or setting, and what it takes to become effective. */
  readonly howToFix: string;
}

export interface CapturedTable {
  /** PostgreSQL schema or MySQL database. */
  readonly schema: string;
  readonly table: string;
  /** Changes flow both ways: images before each change are needed. */
  readonly twoWay: boolean;
  /** Columns the mapping names, key included. */
  readonly mappedColumns: readonly string[];
  /** Columns by which conflicts are decided: nothing but applications may set them. */
  readonly timestampColumns: readonly string[];
}

export interface CaptureRequirements {
  readonly tables: readonly CapturedTable[];
  /** The role the connector connects as. */
  readonly captureUser: string;
  /** Sync writes are told apart by the column `sync_source`. */
  readonly sourceColumnGuard: boolean;
  /** Sync writes are told apart by their origin in the server's log. */
  readonly logOriginGuard: boolean;
}

export interface PostgresCaptureRequirements extends CaptureRequirements {
  readonly publication: string;
  readonly slot: string;
}
