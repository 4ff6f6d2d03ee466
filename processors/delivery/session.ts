/** Sessions, their users and their slots, as one inbox partition knows them. They name each other. */
import type { TargetWriter } from '../../schemas/events/packed.ts';
import type { SlotOutbox } from './slot-outbox.ts';

/** A gate slot as one inbox partition sees it. */
export interface SlotState {
  readonly slot: number;
  readonly outbox: SlotOutbox;
  /** Sessions of lower epochs are ended. */
  epoch: number;
  /** B: rows after this version were pushed to the sessions read so far. */
  claimFrom: number;
  readonly sessions: Set<Session>;
  /** Replaced sessions whose end has not been read: key -> connection. */
  readonly replaced: Map<string, number>;
  /** Of the record under way. */
  readonly targets: TargetWriter;
  readonly ownTargets: TargetWriter;
  touched: boolean;
}

export interface Session {
  readonly key: string;
  readonly user: UserEntry;
  readonly device: string;
  readonly slot: SlotState;
  readonly connection: number;
}

export interface UserEntry {
  readonly tenant: string;
  readonly user: string;
  /** The version of the user's newest row, or something higher. Has a meaning only while there are sessions. */
  lastSeq: number;
  /** The live ones, one for each device. */
  readonly sessions: Session[];
  /** Kept recipient lists that hold this entry. */
  references: number;
}
