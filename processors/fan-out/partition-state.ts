/**
 * The state of one inbound partition: what is in memory over an immutable table.
 *
 * Invariants:
 * 1. A key's value is the one in memory, else the one in the table, else nothing. Everything changed since the table
 *    was written is in memory.
 * 2. `freeze` names a moment: the entries changed since the last freeze, with the values they have then. An entry
 *    that is changed again before it has been written out is put aside as bytes first, so freezing costs nothing and
 *    the fold goes on.
 * 3. Only entries whose value is in the table leave memory, and only when there are more than `stateEntries`.
 */
import assert from 'node:assert/strict';
import { numberAt, OFFSETS_PER_EPOCH } from '../../schemas/positions.ts';
import { NO_SOURCE } from '../../schemas/rules/acceptance.ts';
import type { Audience } from './audience.ts';
import { decodeGroup, encodeGroup, type Group } from './group.ts';
import { OutcomeArena, type OutcomeLimits, type SenderRings } from './outcomes.ts';
import type { Route } from './route.ts';

export interface Tracked {
  /** Its key in the table: 's...' of a sender, 'g...' of a group. */
  readonly key: string;
  /** The generation (between two freezes) it was last changed in; 0: as in the table. */
  generation: number;
  /** Its bytes at the freeze, where it was changed again before they were written out. */
  saved: Buffer | null;
}

export interface Sender extends Tracked, SenderRings {
  /** undefined: not computed yet; null: the sender cannot be answered (no valid names). */
  route: Route | null | undefined;
}

export interface GroupEntry extends Tracked {
  /** null: no such group. */
  group: Group | null;
  /** Its members; null: to be packed when needed. */
  audience: Audience | null;
}

/** The part of the state that is small: kept whole in a snapshot's metadata. */
export interface PartitionScalars {
  readonly format: 1;
  readonly logTime: number;
  readonly rulesVersion: number;
  readonly epoch: number;
  readonly inboxPartitions: number;
  /** For each inbox partition `src` of the last record for it. */
  readonly prev: readonly number[];
  /** `src` of the last accepted command, which the last public event is about; absent in states of older releases. */
  readonly lastAccepted?: number;
}

export interface Frozen {
  readonly scalars: PartitionScalars;
  /** What had changed since the freeze before, in no order. */
  readonly entries: readonly Tracked[];
  /** The value an entry had at the freeze; empty: it is gone. */
  valueOf(entry: Tracked): Buffer;
}

/** The table key of a group's entry. @param conversation 'g/...' */
export const groupKeyOf = (tenant: string, conversation: string): string => `g${tenant}/${conversation}`;

const EMPTY = Buffer.alloc(0);
const isSender = (entry: Tracked): entry is Sender => 'rings' in entry;

export class PartitionState {
  readonly arena: OutcomeArena;
  logTime = 0;
  rulesVersion = 1;
  epoch: number;
  inboxPartitions: number;
  prev: number[];
  lastAccepted: number = NO_SOURCE;
  /** Whether keys that are not in memory may be in a table. */
  hasTable: boolean;

  readonly #senders = new Map<string, Sender>();
  readonly #groups = new Map<string, GroupEntry>();
  #generation = 1;
  #changed: Tracked[] = [];
  #frozen: readonly Tracked[] | null = null;
  /** Log time at the freeze. */
  #frozenAt = 0;
  #sweep: { step(limit: number): boolean } | null = null;

  constructor(
    limits: OutcomeLimits,
    start: { epoch: number; inboxPartitions: number } | PartitionScalars,
    hasTable: boolean,
  ) {
    this.arena = new OutcomeArena(limits);
    this.hasTable = hasTable;
    this.epoch = start.epoch;
    this.inboxPartitions = start.inboxPartitions;
    if ('prev' in start) {
      this.logTime = start.logTime;
      this.rulesVersion = start.rulesVersion;
      this.prev = [...start.prev];
      this.lastAccepted = start.lastAccepted ?? NO_SOURCE;
    } else {
      this.prev = new Array<number>(start.inboxPartitions).fill(NO_SOURCE);
    }
  }

  get entries(): number {
    return this.#senders.size + this.#groups.size;
  }
  /** Entries that are not in the table as they are, those that are being written included. */
  get changes(): number {
    return this.#changed.length + (this.#frozen?.length ?? 0);
  }

  srcAt(offset: number): number {
    assert.ok(offset < OFFSETS_PER_EPOCH);
    return numberAt(this.epoch, offset);
  }

  /** @returns undefined where the table has to be asked (`load`) */
  sender(key: string): Sender | undefined {
    const held = this.#senders.get(key);
    if (held !== undefined || this.hasTable) return held;
    return this.#addSender(key, null);
  }

  group(key: string): GroupEntry | undefined {
    const held = this.#groups.get(key);
    if (held !== undefined || this.hasTable) return held;
    return this.#addGroup(key, null);
  }

  /** Whether a table key is in memory. */
  holds(key: string): boolean {
    return key.startsWith('s') ? this.#senders.has(key) : this.#groups.has(key);
  }

  /** Takes what the table says about a key; null: nothing. */
  load(key: string, value: Uint8Array | null): void {
    if (this.holds(key)) return;
    if (key.startsWith('s')) this.#addSender(key, value);
    else this.#addGroup(key, value);
  }

  #addSender(key: string, value: Uint8Array | null): Sender {
    const sender: Sender = {
      key,
      generation: 0,
      saved: null,
      rings: [],
      forgottenLow: 0,
      forgottenHigh: 0,
      route: undefined,
    };
    this.arena.decode(value, sender);
    this.#senders.set(key, sender);
    return sender;
  }

  #addGroup(key: string, value: Uint8Array | null): GroupEntry {
    const group = value === null || value.length === 0 ? null : decodeGroup(value);
    const entry: GroupEntry = { key, generation: 0, saved: null, group, audience: null };
    this.#groups.set(key, entry);
    return entry;
  }

  /** To be called before each change of an entry. */
  touch(entry: Tracked): void {
    if (entry.generation === this.#generation) return;
    // Changed last in the generation that was frozen: its value of then is still to be written.
    const isFrozen = this.#frozen !== null && entry.generation === this.#generation - 1;
    if (isFrozen && entry.saved === null) entry.saved = this.#encode(entry, this.#frozenAt);
    entry.generation = this.#generation;
    this.#changed.push(entry);
  }

  /** @param logTime of the moment that is written down: what is gone later may not be missing before */
  #encode(entry: Tracked, logTime: number): Buffer {
    if (isSender(entry)) return this.arena.encode(entry, logTime);
    const { group } = entry as GroupEntry;
    return group === null ? EMPTY : encodeGroup(group);
  }

  /** What is derived from the number of inbox partitions is computed again. */
  forgetRoutes(): void {
    for (const sender of this.#senders.values()) sender.route = undefined;
    for (const entry of this.#groups.values()) entry.audience = null;
  }

  scalars(): PartitionScalars {
    return {
      format: 1,
      logTime: this.logTime,
      rulesVersion: this.rulesVersion,
      epoch: this.epoch,
      inboxPartitions: this.inboxPartitions,
      prev: [...this.prev],
      lastAccepted: this.lastAccepted,
    };
  }

  /** The state of this moment, to be written out while the fold goes on. One at a time. */
  freeze(): Frozen {
    assert.equal(this.#frozen, null, 'one snapshot at a time');
    const frozen = this.#changed;
    const { logTime } = this;
    this.#frozen = frozen;
    this.#frozenAt = logTime;
    this.#changed = [];
    this.#generation += 1;
    return {
      scalars: this.scalars(),
      entries: frozen,
      valueOf: (entry) => entry.saved ?? this.#encode(entry, logTime),
    };
  }

  /** The frozen entries are in the table now (or, where it failed, count as changed again). */
  thaw(published: boolean): void {
    const frozen = this.#frozen;
    assert.ok(frozen !== null);
    this.#frozen = null;
    for (const entry of frozen) {
      entry.saved = null;
      if (published || entry.generation === this.#generation) continue;
      entry.generation = this.#generation;
      this.#changed.push(entry);
    }
    if (published) this.hasTable = true;
  }

  /**
   * Frees entries that are as in the table, while there are more than `atMost`, looking at no more than `limit`.
   * @returns whether there is more to look at
   */
  evict(atMost: number, limit: number): boolean {
    if (this.#frozen !== null || !this.hasTable || this.entries <= atMost) {
      this.#sweep = null;
      return false;
    }
    this.#sweep ??= this.#newSweep(Math.floor(atMost / 2));
    const more = this.#sweep.step(limit);
    if (!more) this.#sweep = null;
    return more;
  }

  #newSweep(target: number): { step(limit: number): boolean } {
    const senders = this.#senders.entries();
    const groups = this.#groups.entries();
    return {
      step: (limit) => {
        for (let looked = 0; looked < limit; looked += 1) {
          if (this.entries <= target) return false;
          const sender = senders.next();
          if (sender.done !== true) {
            const [key, entry] = sender.value;
            if (entry.generation === this.#generation) continue;
            for (const ring of entry.rings) this.arena.free(ring);
            this.#senders.delete(key);
            continue;
          }
          const group = groups.next();
          if (group.done === true) return false;
          const [key, entry] = group.value;
          if (entry.generation !== this.#generation) this.#groups.delete(key);
        }
        return true;
      },
    };
  }

  /** Everything in memory as table entries, without what is gone: for comparisons and for a whole snapshot. */
  dump(): Map<string, Buffer> {
    const all = new Map<string, Buffer>();
    for (const entry of [...this.#senders.values(), ...this.#groups.values()]) {
      const value = this.#encode(entry, this.logTime);
      if (value.length > 0) all.set(entry.key, value);
    }
    return new Map([...all].sort(([left], [right]) => (left < right ? -1 : 1)));
  }
}
