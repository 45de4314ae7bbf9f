/** A setting as stored. */
export interface StateValue {
  /** What was put, through JSON. */
  readonly content: unknown;
  /** 1 when first put, rising by one with every put. */
  readonly version: number;
  readonly changedAtMs: number;
}

/** Settings by key (`sync_state`): small JSON values such as the schedule. Keys have at most 250 characters. */
export interface StateValues {
  get(name: string): Promise<StateValue | null>;
  /**
   * @param condition `expectedVersion`: put only over this version, 0 for "not there yet"; put in any case when absent
   * @returns what is stored now, or null where another version was found: then nothing is changed
   */
  put(
    name: string,
    content: unknown,
    condition?: { readonly expectedVersion?: number },
  ): Promise<StateValue | null>;
  /** Whether there was such a setting. */
  remove(name: string): Promise<boolean>;
}
