/** What the kill loop and its load processes say to each other. */

export interface LoadConfig {
  readonly worker: number;
  readonly workers: number;
  readonly seed: number;
  readonly users: number;
  readonly devicesPerUser: number;
  /** Conversations in which a device has a message on its way at the same time. */
  readonly conversationsAtOnce: number;
  /** Mean life of a connection before it is cut on purpose, ms. */
  readonly cutAfterMs: number;
  readonly dataFolder: string;
  readonly clientFile: string;
  readonly historyFolder: string;
}

export type ToLoad =
  | { readonly type: 'begin'; readonly config: LoadConfig }
  | { readonly type: 'groups'; readonly groups: readonly string[] }
  /** No more than so many sends a second from this process from now on; null: as many as the answers allow. */
  | { readonly type: 'pace'; readonly perSecond: number | null }
  /** How many sends were unanswered when the server went? Asked after each kill. */
  | { readonly type: 'count-cut' }
  /** No new sends; tell when all are answered. */
  | { readonly type: 'quiet' }
  /** Read all inboxes, wait until every device is complete, end. */
  | { readonly type: 'finish' };

export type FromLoad =
  | { readonly type: 'ready'; readonly groups: readonly string[] }
  | { readonly type: 'counts'; readonly unanswered: number; readonly answered: number }
  | { readonly type: 'cut'; readonly unanswered: number }
  | { readonly type: 'quiet' }
  | { readonly type: 'finished'; readonly rows: number }
  | { readonly type: 'failed'; readonly error: string };
