/**
 * The outbox: commands on their way to a definite outcome. Pure: time comes in as monotonic milliseconds, what is to
 * be stored or sent goes out as values.
 *
 * 1. At most one command of a queue (conversation) is unanswered; the others wait behind it in the order given.
 * 2. A command is sent only after it was stored.
 * 3. Id and body of a command are the same on every retry. Only `renew`, after the server has called the id stale
 *    and the message was looked for in vain, gives other ids: to it and to those behind it, none of which was sent.
 * 4. Ids rise over all commands of the device, restarts included.
 * 5. Only a definite outcome removes a command; RETRY_LATER and PENDING are none. It is reported once.
 * 6. A new session sends every unanswered head again. On one session a command is sent again only after 60 s
 *    without outcome, or after the back-off that RETRY_LATER demands.
 * 7. Commands and bytes are bounded; at the limit `enqueue` refuses.
 */
import { nextClientMsgId } from '../../schemas/ids.ts';
import type { SdkLimits } from '../../schemas/limits.ts';
import type { Random } from '../../schemas/ports/random.ts';
import { assert } from './assert.ts';
import type { Ack, CommandDraft } from './commands.ts';
import type { OutboxContent, StoredCommand } from './outbox-storage.ts';
import { meaningOf, type Outcome, outcomeOf, outcomeOfRow } from './outcome.ts';
import type { Row } from './rows.ts';

export type { Outcome };

export type Verdict =
  | { readonly kind: 'settled'; readonly entry: Entry; readonly outcome: Outcome }
  | { readonly kind: 'pending' }
  | { readonly kind: 'retry' }
  | { readonly kind: 'stale'; readonly entry: Entry }
  /** No unanswered command has this id: it was settled before. */
  | { readonly kind: 'unknown' };

/**
 * storing: not to be sent yet. queued: waits for its turn or a session. sent: waits for its outcome until dueAt.
 * backoff: to be sent again at dueAt. looking: the id is stale, the message is being looked for.
 */
type Stage = 'storing' | 'queued' | 'sent' | 'backoff' | 'looking';

export interface Entry {
  readonly command: StoredCommand;
  readonly stage: Stage;
}

interface MutableEntry extends Entry {
  command: StoredCommand;
  stage: Stage;
  dueAt: number;
  retries: number;
}

const ENTRY_OVERHEAD_BYTES = 128;

export class Outbox {
  readonly #limits: SdkLimits;
  readonly #random: Random;
  readonly #byId = new Map<bigint, MutableEntry>();
  /** In each queue the first is the head: the only one that may be on its way. Never empty. */
  readonly #queues = new Map<string, MutableEntry[]>();
  #due: MutableEntry[] = [];
  #lastId = 0n;
  #bytes = 0;
  #open = false;

  constructor(limits: SdkLimits, random: Random) {
    this.#limits = limits;
    this.#random = random;
  }

  get size(): number {
    return this.#byId.size;
  }

  get isEmpty(): boolean {
    return this.#byId.size === 0;
  }

  /** Before the first enqueue: what the storage has kept. */
  restore(content: OutboxContent): void {
    assert(this.#lastId === 0n && this.isEmpty, 'restore comes first');
    this.#lastId = content.lastId;
    for (const command of content.commands) {
      if (command.clientMsgId > this.#lastId) this.#lastId = command.clientMsgId;
      this.#insert(command, 'queued');
    }
  }

  /** @param nowMs wall clock, corrected by the server's */
  enqueue(draft: CommandDraft, sinceSeq: number, nowMs: number): Entry | 'full' {
    const bytes = draft.body.length + ENTRY_OVERHEAD_BYTES;
    const { outboxCommands, outboxBytes } = this.#limits;
    if (this.#byId.size >= outboxCommands || this.#bytes + bytes > outboxBytes) return 'full';
    const { operation, queue, to, body } = draft;
    return this.#insert(
      { operation, queue, to, body, sinceSeq, clientMsgId: this.#nextId(nowMs) },
      'storing',
    );
  }

  #nextId(nowMs: number): bigint {
    this.#lastId = nextClientMsgId(this.#lastId, nowMs, this.#random.below(1 << 20));
    return this.#lastId;
  }

  #insert(command: StoredCommand, stage: Stage): MutableEntry {
    const entry: MutableEntry = { command, stage, dueAt: 0, retries: 0 };
    this.#byId.set(command.clientMsgId, entry);
    this.#bytes += command.body.length + ENTRY_OVERHEAD_BYTES;
    const queue = this.#queues.get(command.queue);
    if (queue === undefined) this.#queues.set(command.queue, [entry]);
    else queue.push(entry);
    return entry;
  }

  /** The storage has the command. */
  stored(given: Entry): void {
    const entry = this.#ours(given);
    if (entry === undefined || entry.stage !== 'storing') return;
    entry.stage = 'queued';
    if (this.#queues.get(entry.command.queue)?.[0] === entry) this.#makeDue(entry);
  }

  /** The storage refused the command: it was never sent and never will be. */
  notStored(given: Entry): void {
    const entry = this.#ours(given);
    if (entry !== undefined) this.#remove(entry);
  }

  #ours(given: Entry): MutableEntry | undefined {
    const entry = this.#byId.get(given.command.clientMsgId);
    return entry === given ? entry : undefined;
  }

  sessionOpened(): void {
    this.#open = true;
    this.#due = [];
    for (const [head] of this.#queues.values()) {
      if (head === undefined || head.stage === 'storing' || head.stage === 'looking') continue;
      this.#makeDue(head);
    }
  }

  sessionClosed(): void {
    this.#open = false;
    this.#due = [];
  }

  #makeDue(head: MutableEntry): void {
    head.stage = 'queued';
    if (this.#open) this.#due.push(head);
  }

  /** Commands to send now; they count as sent. */
  takeDue(now: number): readonly Entry[] {
    const due = this.#due;
    if (due.length === 0) return due;
    this.#due = [];
    for (const entry of due) {
      entry.stage = 'sent';
      entry.dueAt = now + this.#limits.resendMs;
    }
    return due;
  }

  /** Makes due what has waited long enough. */
  tick(now: number): void {
    if (!this.#open) return;
    for (const [head] of this.#queues.values()) {
      if (head === undefined || (head.stage !== 'sent' && head.stage !== 'backoff')) continue;
      if (head.dueAt <= now) this.#makeDue(head);
    }
  }

  /** When `tick` will next find something, or Infinity. Looks at every queue. */
  nextTickAt(): number {
    let next = Number.POSITIVE_INFINITY;
    if (!this.#open) return next;
    for (const [head] of this.#queues.values()) {
      if (head !== undefined && (head.stage === 'sent' || head.stage === 'backoff')) {
        next = Math.min(next, head.dueAt);
      }
    }
    return next;
  }

  /** An answer to the command with this id, by reply or by row. */
  answered(clientMsgId: bigint, ack: Ack, now: number): Verdict {
    const entry = this.#byId.get(clientMsgId);
    if (entry === undefined) return { kind: 'unknown' };
    switch (meaningOf(ack)) {
      case 'pending':
        return { kind: 'pending' };
      case 'retry':
        return this.#backOff(entry, now);
      case 'stale':
        if (entry.stage === 'looking') return { kind: 'pending' };
        entry.stage = 'looking';
        return { kind: 'stale', entry };
      case 'accepted':
      case 'rejected':
        return this.#settle(entry, outcomeOf(entry.command, ack));
    }
  }

  #backOff(entry: MutableEntry, now: number): Verdict {
    // An answer of a session before this one may come late: only what is on its way is put off.
    if (entry.stage !== 'sent') return { kind: 'pending' };
    const { retryLaterBaseMs, retryLaterMaxMs } = this.#limits;
    const ceiling = Math.min(retryLaterMaxMs, retryLaterBaseMs * 2 ** Math.min(entry.retries, 16));
    entry.retries += 1;
    entry.stage = 'backoff';
    entry.dueAt = now + 1 + this.#random.below(ceiling);
    return { kind: 'retry' };
  }

  /** A row of the own device: the outcome of a command whose answer was lost or is late. */
  row(row: Row): Verdict {
    if (!row.own) return { kind: 'unknown' };
    const entry = this.#byId.get(row.clientMsgId);
    if (entry === undefined) return { kind: 'unknown' };
    return this.#settle(entry, outcomeOfRow(entry.command, row));
  }

  /** The stale message was found: it had been accepted (or refused) after all. */
  found(given: Entry, row: Row): Verdict {
    const entry = this.#ours(given);
    return entry === undefined ? { kind: 'unknown' } : this.#settle(entry, outcomeOfRow(entry.command, row));
  }

  /** The stale message can be neither found nor ruled out. */
  undecided(given: Entry): Verdict {
    const entry = this.#ours(given);
    if (entry === undefined) return { kind: 'unknown' };
    const { clientMsgId, to } = entry.command;
    return this.#settle(entry, { kind: 'undecided', clientMsgId, to, error: 'STALE_ID' });
  }

  /** The storage did not take the renewal: try the old id again later. */
  notRenewed(given: Entry, now: number): void {
    const entry = this.#ours(given);
    if (entry === undefined) return;
    entry.stage = 'sent';
    this.#backOff(entry, now);
  }

  /** The stale message is nowhere: new ids for it and all behind it, to be stored and then given to `renew`. */
  renewal(given: Entry, nowMs: number): { readonly oldIds: bigint[]; readonly commands: StoredCommand[] } {
    const entries = this.#queues.get(given.command.queue) ?? [];
    assert(entries[0] === given, 'only the head of a queue can be stale');
    return {
      oldIds: entries.map((entry) => entry.command.clientMsgId),
      commands: entries.map((entry) => ({ ...entry.command, clientMsgId: this.#nextId(nowMs) })),
    };
  }

  /** Puts a stored renewal in force. Commands given meanwhile stand behind it with higher ids. */
  renew(oldIds: readonly bigint[], commands: readonly StoredCommand[]): void {
    for (const [index, oldId] of oldIds.entries()) {
      const entry = this.#byId.get(oldId);
      const command = commands[index];
      if (entry === undefined || command === undefined) continue;
      this.#byId.delete(oldId);
      this.#byId.set(command.clientMsgId, entry);
      entry.command = command;
      if (entry.stage === 'looking') this.#makeDue(entry);
    }
  }

  #settle(entry: MutableEntry, outcome: Outcome): Verdict {
    this.#remove(entry);
    return { kind: 'settled', entry, outcome };
  }

  #remove(entry: MutableEntry): void {
    const { command } = entry;
    this.#byId.delete(command.clientMsgId);
    this.#bytes -= command.body.length + ENTRY_OVERHEAD_BYTES;
    const queue = this.#queues.get(command.queue);
    assert(queue !== undefined, 'a command stands in its queue');
    const wasHead = queue[0] === entry;
    if (wasHead) queue.shift();
    else queue.splice(queue.indexOf(entry), 1);
    const [head] = queue;
    if (head === undefined) this.#queues.delete(command.queue);
    else if (wasHead && head.stage === 'queued') this.#makeDue(head);
    if (entry.stage === 'queued') this.#due = this.#due.filter((due) => due !== entry);
  }
}
