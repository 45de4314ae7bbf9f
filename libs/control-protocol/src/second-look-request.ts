/** Where keys are put up for a second look; each direction lists those that name it. Key: `<entity>/<key>`. */
export const secondLookTopic = 'rowbridge.second-looks';

/** Asks a direction to look at one key a second time. */
export interface SecondLookRequest {
  readonly direction: string;
  readonly entity: string;
  /** The key in the direction's source. */
  readonly key: string;
  /**
   * Digest of the target row over which the source side wins without dispute, since nobody at the target has touched
   * it. Absent where the pair's policy is to decide.
   */
  readonly undisputedOver?: string;
}
