/** What bounds the presence processor, and what it counts. */

export interface PresenceLimits {
  /** Users of one write. */
  readonly usersPerWrite: number;
  /**
   * Names that wait to be written, for each partition, where it has fewer users online; beyond, all users of the
   * partition are written again.
   */
  readonly dirtyUsers: number;
  /** A store that was written nothing for so long is asked whether it still has what it was given. */
  readonly checkMs: number;
  /** A store that is away is tried again after so long, doubled up to the longest. */
  readonly retryMs: number;
  readonly longestRetryMs: number;
}

export const DEFAULT_PRESENCE_LIMITS: PresenceLimits = {
  usersPerWrite: 512,
  dirtyUsers: 100_000,
  checkMs: 5_000,
  retryMs: 100,
  longestRetryMs: 2_000,
};

export interface PresenceCounters {
  /** Times a partition was written from its table. */
  claims: number;
  /** Times the store was found to be another one than we left. */
  lost: number;
  /** Users written. */
  users: number;
}
