/** Reads a user's whole inbox over the protocol, from version 0, with a session of its own. */
import type { ClientSession } from '../../../clients/sdk/session.ts';
import { bubble } from '../../../schemas/wire/generated/bubble.js';
import { longOf, numberOf } from '../../../schemas/wire/int64.ts';
import { OP } from '../../../schemas/wire/operations.ts';
import type { HistoryEvent, SeenRow } from '../checker/history.ts';
import { seenRowOf } from './frame-recorder.ts';

const { SyncMsgRep, SyncMsgReq } = bubble.wire;

/** @throws Error where a pull is refused */
export const readInbox = async (
  session: ClientSession,
  user: string,
): Promise<Extract<HistoryEvent, { type: 'final' }>> => {
  const rows: SeenRow[] = [];
  let syncedTo = 0;
  for (;;) {
    const request = SyncMsgReq.encode({ serverMsgSeq: longOf(syncedTo) }).finish();
    const reply = SyncMsgRep.decode(await session.ask(OP.SYNC, request));
    if (reply.ret !== 0) throw new Error(`the inbox of ${user} cannot be read: ${reply.ret} ${reply.errMsg}`);
    for (const row of reply.msg) rows.push(seenRowOf(row));
    syncedTo = numberOf(reply.syncedTo);
    if (!reply.more) return { type: 'final', user, rows, syncedTo };
  }
};
