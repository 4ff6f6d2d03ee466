/**
 * SYNC: rows of the session's own inbox after a version, read from the timeline and copied, not decoded.
 *
 * At most one pull of a session is under way. A second one from the same place raises its `until` and gets the same
 * page; one from another place is told to retry. Where there is more, the next page is read ahead.
 */

import type { Logger } from '../../infra/logger/logger.ts';
import type { TimelinePage, TimelineReader } from '../../infra/timeline/timeline-store.ts';
import { type ErrorName, isBubbleError } from '../../schemas/errors.ts';
import type { Limits } from '../../schemas/limits.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { numberOf } from '../../schemas/wire/int64.ts';
import { OP } from '../../schemas/wire/operations.ts';
import {
  listedRowSize,
  type PushedRow,
  SYNC_MSG_TAG,
  varintSize,
  writeListedRow,
  writeVarint,
} from '../../schemas/wire/row.ts';
import type { GateCounts } from './gate-counts.ts';
import type { ActivePull, GateSession } from './gate-session.ts';
import { ReadAhead } from './read-ahead.ts';
import { RepeatedWarning } from './repeated-warning.ts';

const { SyncMsgReq } = bubble.wire;

const SYNCED_TO = 0x20; // SyncMsgRep.syncedTo: field 4, varint
const MORE = 0x28; // SyncMsgRep.more: field 5, varint
/** Bytes of a SyncMsgRep beside its rows, and of the seal. */
const RESERVE_BYTES = 64;
const JOINED_MOST = 4;

/** One row of a page, reused: it is read before the next one is set. */
const listed: { row: Uint8Array; own: boolean; prevSeq: number } = {
  row: new Uint8Array(0),
  own: false,
  prevSeq: -1,
};
const asListed = (row: Uint8Array): PushedRow => {
  listed.row = row;
  return listed;
};

export interface SyncReply {
  readonly body: Uint8Array;
  readonly syncedTo: number;
  readonly more: boolean;
}

/** An encoded SyncMsgRep of at most maxBytes, cut short (`more`) where the page is longer; one row always fits. */
export const syncReply = (page: TimelinePage, maxBytes: number): SyncReply => {
  const { rows } = page;
  let bytes = 0;
  let count = 0;
  for (; count < rows.length; count += 1) {
    const size = listedRowSize(asListed(rows[count]!.bytes));
    if (count > 0 && bytes + size > maxBytes) break;
    bytes += size;
  }
  const whole = count === rows.length;
  const syncedTo = whole ? page.syncedTo : rows[count - 1]!.seq;
  const more = !whole || page.more;
  const body = Buffer.allocUnsafe(bytes + 1 + varintSize(syncedTo) + (more ? 2 : 0));
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    at = writeListedRow(body, at, asListed(rows[index]!.bytes), SYNC_MSG_TAG);
  }
  body[at] = SYNCED_TO;
  at = writeVarint(body, at + 1, syncedTo);
  if (more) {
    body[at] = MORE;
    body[at + 1] = 1;
  }
  return { body, syncedTo, more };
};

/** What the timeline's failure means to the client. */
export const timelineError = (error: unknown): ErrorName =>
  isBubbleError(error, 'OFFSET_OUT_OF_RANGE') ? 'TOO_OLD' : 'STORE_AWAY';

export interface PullOptions {
  readonly timeline: TimelineReader;
  readonly clock: Clock;
  readonly counts: GateCounts;
  readonly limits: Limits;
  readonly logger: Logger;
}

export class Pulls {
  readonly #options: PullOptions;
  readonly #maxBytes: number;
  readonly #away: RepeatedWarning;
  readonly #ahead: ReadAhead<GateSession>;

  constructor(options: PullOptions) {
    const { bodyBytes, syncBytes } = options.limits;
    this.#options = options;
    this.#away = new RepeatedWarning(options, 'the timeline cannot be read');
    this.#maxBytes = Math.min(syncBytes, bodyBytes) - RESERVE_BYTES;
    this.#ahead = new ReadAhead({
      clock: options.clock,
      pages: options.limits.syncAheadPages,
      read: (session, from, count) => this.#page(session, from, count),
    });
  }

  sync(session: GateSession, sequence: number, body: Uint8Array): void {
    const request = decode(body);
    if (request === null) {
      session.refuse(OP.SYNC, sequence, 'MALFORMED');
      return;
    }
    const { from, until } = request;
    const active = session.pull;
    if (active !== null) {
      if (active.from !== from || active.sequences.length >= JOINED_MOST) {
        session.refuse(OP.SYNC, sequence, 'RETRY_LATER');
        return;
      }
      active.until = Math.max(active.until, until);
      active.sequences.push(sequence);
      return;
    }
    const { syncRows } = this.#options.limits;
    const count = request.count === 0 ? syncRows : Math.min(request.count, syncRows);
    const pull: ActivePull = { from, count, until, sequences: [sequence] };
    session.pull = pull;
    void this.#run(session, pull);
  }

  async #run(session: GateSession, pull: ActivePull): Promise<void> {
    const { clock, counts } = this.#options;
    const started = clock.monotonic();
    try {
      const page = await this.#read(session, pull);
      session.pull = null;
      counts.pulls.add('OK');
      counts.pulledRows += page.rows.length;
      const reply = syncReply(page, this.#maxBytes);
      for (const sequence of pull.sequences) session.reply(OP.SYNC, sequence, reply.body);
      session.queue.pulled(reply.syncedTo);
      if (reply.more) this.#ahead.begin(session, reply.syncedTo, pull.count);
    } catch (error) {
      session.pull = null;
      const name = timelineError(error);
      counts.pulls.add(name);
      if (name === 'STORE_AWAY') this.#away.warn(error);
      for (const sequence of pull.sequences) session.refuse(OP.SYNC, sequence, name);
    }
    counts.pullSeconds.observe((clock.monotonic() - started) / 1_000);
  }

  async #read(session: GateSession, pull: ActivePull): Promise<TimelinePage> {
    const { limits, timeline } = this.#options;
    const owner = session.principal!;
    const ahead = await this.#ahead.take(session, pull.from, pull.count);
    if (ahead !== null && (ahead.more || ahead.syncedTo >= pull.until)) return ahead;
    // `until` may be raised while it is waited for; each wish is waited for once, so an absurd one costs one wait.
    for (let waited = pull.from; pull.until > waited; ) {
      waited = pull.until;
      await timeline.waitFor(owner, waited, limits.syncWaitMs);
    }
    return await this.#page(session, pull.from, pull.count);
  }

  #page(session: GateSession, from: number, maxRows: number): Promise<TimelinePage> {
    const until = Number.POSITIVE_INFINITY;
    return this.#options.timeline.read(session.principal!, {
      from,
      until,
      maxRows,
      maxBytes: this.#maxBytes,
    });
  }
}

const decode = (body: Uint8Array): { from: number; count: number; until: number } | null => {
  try {
    const request = SyncMsgReq.decode(body);
    return {
      from: numberOf(request.serverMsgSeq),
      count: request.count,
      until: numberOf(request.until),
    };
  } catch {
    // Malformed protobuf, or a number beyond 2^53.
    return null;
  }
};
