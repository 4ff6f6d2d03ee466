/**
 * Presence: which sessions each user has and at which gates, a copy of the sessions topic for whoever asks "who is
 * online, and where". Two drivers, one contract suite (`contract.ts`): `memory-presence.ts`, and Redis in infra/redis.
 *
 * The store may lose anything at any time; its owner notices and writes all of it again:
 * 1. Every write names the generation and the sequence number that the partition must stand at, and changes nothing
 *    where it does not. Each claim is a new generation, each write the next sequence number. So an emptied store, one
 *    that was set back to an older state, and another owner all show as `lost`.
 * 2. A write replaces the routes of whole users. So it can be repeated, and the newest state alone counts.
 * 3. The users written for a partition are listed, so that a new owner finds those who are gone.
 * 4. The newest epoch that has been claimed stands above older ones: their owners write no more (`superseded`).
 */

export interface Route {
  readonly session: string;
  readonly slot: number;
  /** Name of the gate that holds the slot; empty where it has not been announced yet. */
  readonly gate: string;
  readonly device: string;
  readonly deviceType: string;
  /** ms, the gate's clock. */
  readonly since: number;
}

export interface UserName {
  readonly tenant: string;
  readonly user: string;
}

/** No routes: the user is offline. */
export interface UserRoutes extends UserName {
  readonly routes: readonly Route[];
}

/** A partition of the sessions topic of an epoch. */
export interface PresencePartition {
  readonly epoch: number;
  readonly partition: number;
}

export type PresenceWrite = 'done' | 'lost' | 'superseded';

export interface PresenceReader {
  /** The routes of each of these users, in the order of the users; a user's own in no order. */
  whereIs(tenant: string, users: readonly string[]): Promise<(readonly Route[])[]>;
  /**
   * The offset of the sessions partition up to which routes are there; null: not yet, they are being written (again),
   * and users may be missing.
   */
  position(at: PresencePartition): Promise<number | null>;
}

/** All methods reject with STORE_AWAY, retryable, where the store cannot be reached; the outcome is not known then. */
export interface PresenceStore extends PresenceReader {
  /** Takes the partition from whoever has it. Its position is unknown and its sequence number 0 afterwards. */
  claim(at: PresencePartition, generation: string): Promise<'done' | 'superseded'>;
  /**
   * Replaces the routes of these users, each named once, all or none. Where its outcome is not known it may be repeated
   * under the same sequence number, also with newer routes: one of the two is done. Some hundreds of users at a time:
   * a store does nothing else meanwhile.
   * @param position null: leaves the stored one as it is
   */
  replace(
    at: PresencePartition,
    generation: string,
    sequence: number,
    users: readonly UserRoutes[],
    position: number | null,
  ): Promise<PresenceWrite>;
  /** Users with routes written for this partition, in pieces; one may come more than once. */
  written(at: PresencePartition): AsyncIterable<readonly UserName[]>;
  /** Partitions of earlier epochs that still list users. */
  leftBehind(epoch: number): Promise<PresencePartition[]>;
  /** Takes users off a partition's list, where a later epoch has replaced their routes. */
  forget(at: PresencePartition, users: readonly UserName[]): Promise<void>;
  close(): Promise<void>;
}
