/** Reads every user's inbox over the protocol, several at a time, and checks each row. */
import { setTimeout as wait } from 'node:timers/promises';
import type { ClientSession } from '../../../clients/sdk/session.ts';
import { BubbleError, ERRORS, errorNameOf, isBubbleError, isRetryable } from '../../../schemas/errors.ts';
import { bubble } from '../../../schemas/wire/generated/bubble.js';
import { longOf, numberOf } from '../../../schemas/wire/int64.ts';
import { OP } from '../../../schemas/wire/operations.ts';
import { rowsOf } from '../../corpus/import-model.ts';
import { type CheckCounts, type CheckIndex, InboxChecker, noCounts } from './inbox-checker.ts';
import type { UserSessions } from './user-sessions.ts';

const { SyncMsgRep, SyncMsgReq } = bubble.wire;

const READERS = 32;
const RETRY_MS = 100;
/** How long rows of answered messages may take to be readable, ... */
const SETTLE_MS = 10_000;
/** ... and at the beginning, where a projection may have to catch up after a fault at the end of the playing. */
const CATCH_UP_MS = 90_000;
/** A store that is away for longer ends the import: it can be started again. */
const AWAY_MS = 120_000;
const LOST_CONNECTIONS = 20;

type Page = InstanceType<typeof SyncMsgRep>;

const pull = async (session: ClientSession, from: number): Promise<Page> => {
  const startedMs = performance.now();
  const body = SyncMsgReq.encode({ serverMsgSeq: longOf(from), count: 0 }).finish();
  for (;;) {
    const page = SyncMsgRep.decode(await session.ask(OP.SYNC, body));
    if (page.ret === ERRORS.OK.code) return page;
    const name = errorNameOf(page.ret);
    const isOver = performance.now() - startedMs > AWAY_MS;
    if (name === undefined || !isRetryable(name) || isOver) {
      throw new BubbleError('REFUSED', `a pull was refused: ${name ?? page.ret} ${page.errMsg}`);
    }
    await wait(RETRY_MS);
  }
};

/** @returns where the inbox was read up to */
const readFrom = async (
  session: ClientSession,
  from: number,
  checker: InboxChecker,
  caughtUpMs: number,
): Promise<number> => {
  let at = from;
  const deadline = Math.max(performance.now() + SETTLE_MS, caughtUpMs);
  for (;;) {
    const page = await pull(session, at);
    for (const row of page.msg) checker.row(row as InstanceType<typeof bubble.wire.AddMsg>);
    at = Math.max(at, numberOf(page.syncedTo));
    if (page.more) continue;
    if (checker.isComplete || performance.now() > deadline) return at;
    await wait(RETRY_MS);
  }
};

const readInbox = async (
  sessions: UserSessions,
  index: CheckIndex,
  user: string,
  counts: CheckCounts,
  caughtUpMs: number,
): Promise<number> => {
  const stretches = index.model.users.get(user)!;
  const expected = rowsOf(stretches);
  for (let attempt = 1; ; attempt += 1) {
    // A lost connection begins anew, with counts of its own, so that no row is judged twice.
    const own = noCounts();
    const checker = new InboxChecker(index, user, stretches, expected, own);
    try {
      await sessions.use(user, (session) => readFrom(session, 0, checker, caughtUpMs));
    } catch (error) {
      if (!isBubbleError(error) || !error.retryable || attempt >= LOST_CONNECTIONS) throw error;
      await wait(RETRY_MS * attempt);
      continue;
    }
    checker.finish();
    counts.found += own.found;
    for (const kind of Object.keys(own.problems) as (keyof CheckCounts['problems'])[]) {
      counts.problems[kind] += own.problems[kind];
    }
    counts.examples.push(...own.examples.slice(0, Math.max(0, 10 - counts.examples.length)));
    return expected;
  }
};

/** @param progress called with the rows expected of the inboxes read so far */
export const readBack = async (
  sessions: UserSessions,
  index: CheckIndex,
  progress: (rows: number) => void,
  signal: AbortSignal,
): Promise<CheckCounts> => {
  const counts = noCounts();
  const users = [...index.model.users.keys()];
  let next = 0;
  let rows = 0;
  const caughtUpMs = performance.now() + CATCH_UP_MS;
  const reader = async (): Promise<void> => {
    while (next < users.length && !signal.aborted) {
      next += 1;
      const read = await readInbox(sessions, index, users[next - 1]!, counts, caughtUpMs);
      rows += read;
      progress(rows);
    }
  };
  await Promise.all(Array.from({ length: READERS }, reader));
  return counts;
};
