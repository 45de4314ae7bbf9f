/** Ways to get the protocol wrong, to show that the simulation notices. */
export type Mistake =
  /** The fast path picks the winner itself. */
  | 'resolve_in_fast_path'
  /** A look closes at the first moment of equality, without waiting for what is under way. */
  | 'close_at_first_equality'
  /** The reverse direction is not told that its row wins. */
  | 'keep_from_reverse'
  /** A target that equals the after-image counts as settled. */
  | 'equal_after_image_settles'
  /** Old events are not told from new ones. */
  | 'ignore_row_position'
  /** A link is believed whatever has become of its row, and the peer is not asked. */
  | 'trust_own_link_only'
  /** A row with a link is never found by its natural key, even when the linked row is gone. */
  | 'natural_key_for_strangers_only'
  /** Only the create of a key change passes the link on, and lists only the new key. */
  | 'half_a_move'
  /** A change that is deferred while its key is looked at does not make the look begin again. */
  | 'look_on_past_new_changes';
