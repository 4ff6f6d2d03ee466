/** Brings commands to their outcome: the thin shell around outbox.ts, with storage, promises and stale ids. */
import { isPromise } from '../../schemas/channel/maybe-promise.ts';
import { BubbleError, ERRORS } from '../../schemas/errors.ts';
import { DEFAULT_LIMITS, type SdkLimits } from '../../schemas/limits.ts';
import type { Clock, Timer } from '../../schemas/ports/clock.ts';
import type { Random } from '../../schemas/ports/random.ts';
import {
  type Ack,
  bodyWithId,
  type CommandDraft,
  decodeAck,
  isRow,
  isWholeRow,
  rowOfAnswer,
} from './commands.ts';
import { type Entry, Outbox, type Verdict } from './outbox.ts';
import type { OutboxStorage, StoredCommand } from './outbox-storage.ts';
import type { Outcome } from './outcome.ts';
import type { Row } from './rows.ts';
import type { ClientSession } from './session.ts';

export interface SenderOptions {
  readonly user: string;
  readonly deviceId: string;
  readonly storage: OutboxStorage;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: SdkLimits;
}

export interface SenderHooks {
  /** The server's time, ms. */
  now(): number;
  completeTo(): number;
  /** The own row that an answer stands for. */
  row(row: Row): void;
  /** There is an own row of this version, of which the answer does not say all. */
  rowToPull(seq: number): void;
  settled(outcome: Outcome): void;
  /** Look for the message of a stale id; answer with `found`, `notFound` or `undecided`. */
  lookFor(entry: Entry, ack: Ack): void;
  error(error: BubbleError): void;
}

interface Waiter {
  resolve(outcome: Outcome): void;
  reject(error: BubbleError): void;
}

/** Tag and clientMsgId. */
const FRAME_OVERHEAD_BYTES = 16 + 9;
/** Timers for resending are set no finer than this. */
const TICK_MS = 20;

const TOO_LONG: Ack = {
  code: ERRORS.TOO_LONG.code,
  name: 'TOO_LONG',
  message: '',
  clientMsgId: 0n,
  serverMsgId: 0n,
  seq: 0,
  prevSeq: 0,
  convSeq: 0,
  serverTime: 0,
  to: '',
  duplicate: false,
};

export class CommandSender {
  readonly #options: SenderOptions;
  readonly #hooks: SenderHooks;
  readonly #outbox: Outbox;
  /** Commands of an earlier process have nobody who waits. */
  readonly #waiters = new Map<Entry, Waiter>();
  #session: ClientSession | null = null;
  #bodyBytes = DEFAULT_LIMITS.bodyBytes;
  #tick: Timer | null = null;
  #tickAt = Number.POSITIVE_INFINITY;
  #stopped = false;

  constructor(options: SenderOptions, hooks: SenderHooks) {
    this.#options = options;
    this.#hooks = hooks;
    this.#outbox = new Outbox(options.limits, options.random);
  }

  /** Commands without an outcome. */
  get size(): number {
    return this.#outbox.size;
  }

  async load(): Promise<void> {
    this.#outbox.restore(await this.#options.storage.load());
  }

  /**
   * @throws (rejects) BubbleError OUTBOX_FULL (retryable), REFUSED where the client was stopped (the command stays in
   * the storage), and what the storage throws (the command will never be sent)
   */
  submit(draft: CommandDraft): Promise<Outcome> {
    if (this.#stopped) return Promise.reject(stopped());
    const entry = this.#outbox.enqueue(draft, this.#hooks.completeTo(), this.#hooks.now());
    if (entry === 'full') {
      return Promise.reject(new BubbleError('OUTBOX_FULL', 'the outbox is full', { retryable: true }));
    }
    const promise = new Promise<Outcome>((resolve, reject) => {
      this.#waiters.set(entry, { resolve, reject });
    });
    const stored = this.#options.storage.add(entry.command);
    if (isPromise(stored)) {
      stored.then(
        () => this.#stored(entry),
        (error: unknown) => this.#notStored(entry, error),
      );
    } else {
      this.#stored(entry);
    }
    return promise;
  }

  #stored(entry: Entry): void {
    this.#outbox.stored(entry);
    this.#pump();
  }

  #notStored(entry: Entry, cause: unknown): void {
    this.#outbox.notStored(entry);
    const waiter = this.#waiters.get(entry);
    this.#waiters.delete(entry);
    const failure =
      cause instanceof BubbleError
        ? cause
        : new BubbleError('REFUSED', 'the outbox could not store the command', { cause });
    waiter?.reject(failure);
    this.#pump();
  }

  // ---- sessions ----

  sessionOpened(session: ClientSession): void {
    this.#session = session;
    const { bodyBytes } = session.info.limits;
    if (bodyBytes > 0) this.#bodyBytes = bodyBytes;
    this.#outbox.sessionOpened();
    this.#pump();
  }

  sessionClosed(): void {
    this.#session = null;
    this.#outbox.sessionClosed();
    this.#clearTick();
  }

  #pump(): void {
    const session = this.#session;
    if (session === null || !session.isOpen) return;
    const now = this.#options.clock.monotonic();
    const due = this.#outbox.takeDue(now);
    if (due.length === 0) return;
    for (const entry of due) this.#transmit(session, entry);
    this.#planTick(now + this.#options.limits.resendMs);
  }

  #transmit(session: ClientSession, { command }: Entry): void {
    const { operation, body, clientMsgId } = command;
    if (body.length + FRAME_OVERHEAD_BYTES > this.#bodyBytes) {
      // The server would close the connection, now and after every reconnect.
      this.#answered(clientMsgId, TOO_LONG);
      return;
    }
    session.request(operation, bodyWithId(operation, body, clientMsgId), (reply) => {
      if (reply !== null) this.#replied(clientMsgId, reply);
    });
  }

  #replied(clientMsgId: bigint, reply: Uint8Array): void {
    const ack = this.#decode(reply);
    if (ack !== null) this.#answered(clientMsgId, ack);
  }

  /** A second answer, after PENDING: it names its command itself. */
  lateReply(body: Uint8Array): void {
    const ack = this.#decode(body);
    if (ack !== null && ack.clientMsgId !== 0n) this.#answered(ack.clientMsgId, ack);
  }

  #decode(body: Uint8Array): Ack | null {
    try {
      return decodeAck(body);
    } catch (cause) {
      // Sent again in a minute: the outcome is in the log.
      this.#hooks.error(new BubbleError('REFUSED', 'an answer cannot be decoded', { cause }));
      return null;
    }
  }

  #answered(clientMsgId: bigint, ack: Ack): void {
    const now = this.#options.clock.monotonic();
    const verdict = this.#outbox.answered(clientMsgId, ack, now);
    if (verdict.kind === 'settled' && isRow(ack)) {
      const { command } = verdict.entry;
      const { user, deviceId } = this.#options;
      if (isWholeRow(command.operation, ack)) this.#hooks.row(rowOfAnswer(command, ack, user, deviceId));
      else this.#hooks.rowToPull(ack.seq);
    }
    this.#conclude(verdict, ack);
  }

  /** A row of the own device: completes its command, if that has no outcome yet. */
  ownRow(row: Row): void {
    if (this.#outbox.isEmpty) return;
    this.#conclude(this.#outbox.row(row), null);
  }

  #conclude(verdict: Verdict, ack: Ack | null): void {
    switch (verdict.kind) {
      case 'settled': {
        this.#options.storage.remove(verdict.entry.command.clientMsgId);
        const waiter = this.#waiters.get(verdict.entry);
        this.#waiters.delete(verdict.entry);
        this.#hooks.settled(verdict.outcome);
        waiter?.resolve(verdict.outcome);
        this.#pump();
        return;
      }
      case 'retry':
        this.#planTick(this.#outbox.nextTickAt());
        return;
      case 'stale':
        if (ack !== null) this.#hooks.lookFor(verdict.entry, ack);
        return;
      case 'pending':
      case 'unknown':
        return;
    }
  }

  // ---- stale ids ----

  found(entry: Entry, row: Row): void {
    this.#conclude(this.#outbox.found(entry, row), null);
  }

  undecided(entry: Entry): void {
    this.#conclude(this.#outbox.undecided(entry), null);
  }

  notFound(entry: Entry): void {
    if (entry.stage !== 'looking') return;
    const { oldIds, commands } = this.#outbox.renewal(entry, this.#hooks.now());
    const stored = this.#options.storage.renew(oldIds, commands);
    if (!isPromise(stored)) {
      this.#renewed(oldIds, commands);
      return;
    }
    stored.then(
      () => this.#renewed(oldIds, commands),
      (cause: unknown) => {
        this.#hooks.error(new BubbleError('REFUSED', 'the outbox could not store new ids', { cause }));
        const now = this.#options.clock.monotonic();
        this.#outbox.notRenewed(entry, now);
        this.#planTick(this.#outbox.nextTickAt());
      },
    );
  }

  #renewed(oldIds: readonly bigint[], commands: readonly StoredCommand[]): void {
    this.#outbox.renew(oldIds, commands);
    this.#pump();
  }

  // ---- time ----

  #planTick(at: number): void {
    if (at >= this.#tickAt || this.#stopped || this.#session === null) return;
    this.#tick?.cancel();
    this.#tickAt = at;
    const delayMs = Math.max(TICK_MS, at - this.#options.clock.monotonic());
    this.#tick = this.#options.clock.after(delayMs, () => {
      this.#tickAt = Number.POSITIVE_INFINITY;
      this.#tick = null;
      this.#outbox.tick(this.#options.clock.monotonic());
      this.#pump();
      const next = this.#outbox.nextTickAt();
      if (next < Number.POSITIVE_INFINITY) this.#planTick(next);
    });
  }

  #clearTick(): void {
    this.#tick?.cancel();
    this.#tick = null;
    this.#tickAt = Number.POSITIVE_INFINITY;
  }

  /** Those who wait are told; the commands stay in the storage for the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.sessionClosed();
    for (const waiter of this.#waiters.values()) waiter.reject(stopped());
    this.#waiters.clear();
    await this.#options.storage.close();
  }
}

const stopped = (): BubbleError =>
  new BubbleError('REFUSED', 'the client was stopped; what is in its outbox is sent after the next start');
