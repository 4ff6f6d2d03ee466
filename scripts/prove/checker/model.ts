/** What all rules of the checker look at. */
import type { Group } from './groups.ts';
import type { Names } from './growing.ts';
import type { DeviceRecord, Inbox } from './inbox.ts';
import type { Operations } from './operations.ts';
import type { Violations } from './violations.ts';

export interface CheckerOptions {
  /** Joins and leaves are rows of all members in groups below this size. */
  readonly membershipRowsBelow: number;
  /** Every message of the load has a body of its own: the same body twice in an inbox is a duplicate. */
  readonly uniqueBodies: boolean;
}

/** RowKind of the wire. */
export const ROW = { MESSAGE: 0, READ: 1, RECALL: 2, MEMBERSHIP: 3, REJECTED: 4, PLACEHOLDER: 5 } as const;

/** Everything the rules look at. */
export interface History {
  readonly users: Names;
  readonly devices: Names;
  readonly conversations: Names;
  readonly operations: Operations;
  readonly records: DeviceRecord[];
  readonly inboxes: Map<number, Inbox>;
  readonly groups: Map<number, Group>;
  /** Bodies that were answered with CONFLICT, by operation. */
  readonly conflicts: Map<number, number[]>;
  readonly violations: Violations;
  readonly options: CheckerOptions;
}
