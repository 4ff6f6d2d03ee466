/** What a client is made with, and what it tells. */
import type { BubbleError } from '../../schemas/errors.ts';
import type { SdkLimits } from '../../schemas/limits.ts';
import type { KeeperOptions } from './connection-keeper.ts';
import type { OutboxStorage } from './outbox-storage.ts';
import type { Outcome } from './outcome.ts';
import type { Conversations } from './queries.ts';
import type { Phase } from './reconnect.ts';
import type { Row } from './rows.ts';
import type { Notice } from './session.ts';
import type { StateStorage } from './state-storage.ts';

export interface ClientOptions extends Omit<KeeperOptions, 'limits'> {
  readonly limits?: Partial<SdkLimits>;
  /** Default: memory. */
  readonly outbox?: OutboxStorage;
  /** Default: memory. */
  readonly state?: StateStorage;
  /** What a new device begins with: every row that is kept (default), or a snapshot of the conversations. */
  readonly history?: 'all' | 'snapshot';
}

export interface ClientEvents {
  row: Row;
  /** The connection: connecting, online, waiting, ended (by the server's advice), stopped. */
  state: Phase;
  notice: Notice;
  /** Every outcome, also of commands of an earlier process, for which no promise waits. */
  outcome: Outcome;
  /** The conversations of a device that is new or was away too long. */
  snapshot: Conversations;
  /** C, whenever it has moved or a session was joined, and `isComplete`. */
  complete: number;
  /** Something failed that the client goes on trying. */
  error: BubbleError;
}
