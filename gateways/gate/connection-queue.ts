/**
 * What waits to be sent on one connection, in the order it was produced.
 *
 * Invariants:
 * 1. Frames leave in the order in which they were queued; rows queued one after another share push frames.
 * 2. Sealing happens at the write and in its order, so that counters match.
 * 3. Notify mode: above `outboundSoftBytes` rows are withheld and only their newest version is remembered. When the
 *    connection has drained, a notice says it; once the client has pulled that far, rows are pushed again. A row
 *    withheld since the notice is announced by another notice, so no row is lost.
 * 4. Replies are never withheld: their number is bounded, for reading stops while more than the soft limit waits.
 */
import type { Limits } from '../../schemas/limits.ts';
import type { Connection } from '../../schemas/ports/connection.ts';
import { OP } from '../../schemas/wire/operations.ts';
import type { ServerChannel } from '../auth/authenticator.ts';
import { NOT_RECORDED, type ProofState } from './proofs.ts';
import type { PushChain } from './push-chain.ts';

/** Sealed bytes beyond the plain body: header and tag, at most. */
const SEAL_BYTES = 64;
export const TAG_BYTES = 16;

interface QueuedFrame {
  readonly operation: number;
  readonly sequence: number;
  readonly body: Uint8Array;
}

interface QueuedRows {
  readonly rows: PushChain;
  /** Of the first row. */
  readonly prevSeq: number;
}

/** A frame ready to be sent is bytes. */
type Queued = QueuedRows | QueuedFrame | Uint8Array;

/** Bits: reading stands still as long as one is set. */
export const PAUSED_FOR_OUTBOUND = 1;
export const PAUSED_FOR_RATE = 2;

export interface QueueCounts {
  pushFrames: number;
  pushedRows: number;
  withheldRows: number;
  assembledBodies: number;
  bytesSent: number;
}

/** Who turns queues into writes: the gate's flusher. */
export interface FlushScheduler {
  readonly counts: QueueCounts;
  readonly limits: Limits;
  /** The empty chain of this turn. */
  readonly root: PushChain;
  schedule(queue: ConnectionQueue): void;
  notice(queue: ConnectionQueue, newestSeq: number): void;
}

export class ConnectionQueue {
  readonly connection: Connection;
  /** Number of the connection in its slot's epoch. */
  readonly number: number;
  readonly proof: ProofState = {
    ...{ provenTo: 0, provenAt: 0, recordOffset: NOT_RECORDED, doubted: false },
  };
  readonly #scheduler: FlushScheduler;
  #channel: ServerChannel | null = null;
  #items: Queued[] | null = null;
  /** Rows behind the items. */
  #tail: PushChain | null = null;
  #tailPrevSeq = 0;
  #scheduled = false;
  #paused = 0;
  #newestSeq = 0;
  /** Newest version withheld; 0: not in notify mode. */
  #withheld = 0;
  /** Newest version that a notice has said since notify mode began. */
  #noticed = 0;
  #bytesSent = 0;
  #bytesTaken = 0;
  #takenAt = -1;

  constructor(connection: Connection, number: number, scheduler: FlushScheduler) {
    this.connection = connection;
    this.number = number;
    this.#scheduler = scheduler;
  }

  /** The newest version that this connection was told of, in whatever form. */
  get newestSeq(): number {
    return this.#newestSeq;
  }

  get inNotifyMode(): boolean {
    return this.#withheld > 0;
  }

  /** From here on frames are sealed. */
  sealWith(channel: ServerChannel): void {
    this.#channel = channel;
  }

  /** A row for this connection. */
  row(row: Uint8Array, own: boolean, prevSeq: number, seq: number): void {
    if (seq > this.#newestSeq) this.#newestSeq = seq;
    if (this.#withheld > 0) {
      this.#withhold(seq, 1);
      return;
    }
    const tail = this.#tail;
    const longer = tail?.followedBy(row, own, prevSeq, seq);
    if (longer !== undefined && longer.size <= this.#scheduler.limits.bodyBytes - TAG_BYTES) {
      this.#tail = longer;
      return;
    }
    this.#closeTail();
    this.#tail = this.#scheduler.root.followedBy(row, own, prevSeq, seq);
    this.#tailPrevSeq = prevSeq;
    if (!this.#scheduled) this.#schedule();
  }

  /** @param seq version of the row that the frame answers, or 0 */
  frame(operation: number, sequence: number, body: Uint8Array, seq = 0): void {
    if (seq > this.#newestSeq) this.#newestSeq = seq;
    this.#queue({ operation, sequence, body });
  }

  /** A whole frame that is sent as it is. */
  wholeFrame(bytes: Uint8Array): void {
    this.#queue(bytes);
  }

  /** Says a version without rows: after `joined`, and in notify mode. */
  notice(newestSeq: number): void {
    if (newestSeq > this.#newestSeq) this.#newestSeq = newestSeq;
    this.#scheduler.notice(this, newestSeq);
  }

  #queue(item: Queued): void {
    this.#closeTail();
    this.#items ??= [];
    this.#items.push(item);
    if (!this.#scheduled) this.#schedule();
  }

  #closeTail(): void {
    if (this.#tail === null) return;
    this.#items ??= [];
    this.#items.push({ rows: this.#tail, prevSeq: this.#tailPrevSeq });
    this.#tail = null;
  }

  #schedule(): void {
    this.#scheduled = true;
    this.#scheduler.schedule(this);
  }

  #withhold(seq: number, rows: number): void {
    if (seq > this.#withheld) this.#withheld = seq;
    this.#scheduler.counts.withheldRows += rows;
  }

  /** Writes what waits. @returns false where the client is too slow and must be closed */
  flush(): boolean {
    this.#scheduled = false;
    const items = this.#items;
    const tail = this.#tail;
    this.#items = null;
    this.#tail = null;
    const frames: Uint8Array[] = [];
    let waiting = this.connection.bufferedBytes;
    if (items !== null) for (const item of items) waiting += this.#seal(item, waiting, frames);
    if (tail !== null) this.#sealRows(tail, this.#tailPrevSeq, waiting, frames);
    if (frames.length > 0) this.connection.send(frames);
    const { outboundSoftBytes, outboundHardBytes } = this.#scheduler.limits;
    const buffered = this.connection.bufferedBytes;
    if (buffered > outboundSoftBytes) this.pause(PAUSED_FOR_OUTBOUND);
    return buffered <= outboundHardBytes;
  }

  /** @returns bytes added to `frames` */
  #seal(item: Queued, waiting: number, frames: Uint8Array[]): number {
    if (item instanceof Uint8Array) return this.#add(item, frames);
    if ('rows' in item) return this.#sealRows(item.rows, item.prevSeq, waiting, frames);
    return this.#add(this.#sealed(item.operation, item.sequence, item.body), frames);
  }

  #sealRows(rows: PushChain, prevSeq: number, waiting: number, frames: Uint8Array[]): number {
    const { counts, limits } = this.#scheduler;
    if (this.#withheld > 0 || waiting + rows.size + SEAL_BYTES > limits.outboundSoftBytes) {
      this.#withhold(rows.seq, rows.count);
      return 0;
    }
    if (!rows.isAssembled) counts.assembledBodies += 1;
    counts.pushFrames += 1;
    counts.pushedRows += rows.count;
    return this.#add(this.#sealed(OP.SEND_MSG_REPLY, 0, rows.body(prevSeq)), frames);
  }

  #sealed(operation: number, sequence: number, body: Uint8Array): Uint8Array {
    // Only a session that is live has anything to seal.
    if (this.#channel === null) throw new Error('a frame was queued before the channel');
    return this.#channel.seal(operation, sequence, body);
  }

  #add(frame: Uint8Array, frames: Uint8Array[]): number {
    frames.push(frame);
    this.#bytesSent += frame.length;
    this.#scheduler.counts.bytesSent += frame.length;
    return frame.length;
  }

  /** Nothing is left in the connection's buffer. */
  drained(): void {
    this.resume(PAUSED_FOR_OUTBOUND);
    if (this.#withheld > 0 && this.#noticed === 0) {
      this.#noticed = this.#withheld;
      this.notice(this.#withheld);
    }
  }

  /** The client was given every row up to here by a pull. */
  pulled(syncedTo: number): void {
    if (this.#noticed === 0 || syncedTo < this.#noticed) return;
    const since = this.#withheld > syncedTo ? this.#withheld : 0;
    this.#withheld = 0;
    this.#noticed = 0;
    if (since > 0) this.notice(since);
  }

  /** Looked at now and then. @returns false where nothing was taken for too long */
  tick(now: number): boolean {
    const buffered = this.connection.bufferedBytes;
    const taken = this.#bytesSent - buffered;
    if (buffered === 0 || taken > this.#bytesTaken || this.#takenAt < 0) {
      this.#bytesTaken = taken;
      this.#takenAt = now;
    }
    if (buffered === 0 && (this.#withheld > 0 || this.#paused !== 0)) this.drained();
    return now - this.#takenAt < this.#scheduler.limits.outboundStalledMs;
  }

  pause(reason: number): void {
    if (this.#paused === 0) this.connection.pauseReading();
    this.#paused |= reason;
  }

  resume(reason: number): void {
    if ((this.#paused & reason) === 0) return;
    this.#paused &= ~reason;
    if (this.#paused === 0) this.connection.resumeReading();
  }
}
