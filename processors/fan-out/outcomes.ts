/**
 * What each device of a sender has been answered lately in a conversation, so that no retry and no late original is
 * decided twice.
 *
 * Invariants:
 * 1. A decided id is in its ring, or at or below the ring's floor, or older than `outcomeIdleMs` of log time, or at
 *    or below `forgotten` of its sender. So no id is ever decided twice.
 * 2. A ring holds the last `outcomesPerDevice` outcomes, and older ones while they are within `recallMs`, never more
 *    than `outcomesPerDeviceMax`: then the oldest goes and the floor rises to it.
 * 3. A ring is gone once both its last outcome and its highest id are `outcomeIdleMs` older than log time. That is a
 *    function of the log alone: when memory is freed does not matter.
 * 4. A sender has at most `devicesPerSender` rings in a conversation; the longest idle one goes, and `forgotten`
 *    rises to its highest id.
 *
 * Outcomes lie in one array of numbers for a whole partition; rings are places in it.
 */
import type { Limits } from '../../schemas/limits.ts';

/** low and high half of the id, hash, code and kind, convSeq low and high, log time low and high. */
const WORDS = 8;
const HALF = 2 ** 32;

export type OutcomeLimits = Pick<
  Limits,
  'outcomesPerDevice' | 'outcomesPerDeviceMax' | 'recallMs' | 'outcomeIdleMs' | 'devicesPerSender'
>;

export interface DeviceRing {
  /** The bytes of the device's id, one character each (latin1). */
  readonly device: string;
  /** Where its outcomes begin in the arena; -1: nowhere yet. */
  place: number;
  capacity: number;
  head: number;
  count: number;
  floorLow: number;
  floorHigh: number;
  highestLow: number;
  highestHigh: number;
  /** Log time of the last outcome. */
  lastTime: number;
}

/** Rings of one (tenant, conversation, sender). */
export interface SenderRings {
  rings: DeviceRing[];
  forgottenLow: number;
  forgottenHigh: number;
}

export interface Outcome {
  readonly code: number;
  readonly kind: number;
  readonly hash: number;
  readonly convSeq: number;
  readonly logTime: number;
}

/** clientMsgId = ms * 2^20 + random: the halves give the time without a bigint. */
const timeOfId = (low: number, high: number): number => high * 4096 + (low >>> 20);
const atOrBelow = (low: number, high: number, otherLow: number, otherHigh: number): boolean =>
  high < otherHigh || (high === otherHigh && low <= otherLow);

export class OutcomeArena {
  readonly #limits: OutcomeLimits;
  #words = new Uint32Array(64 * 1024);
  #end = 0;
  /** Free places by the exponent of their capacity. */
  readonly #free: number[][] = Array.from({ length: 20 }, () => []);

  constructor(limits: OutcomeLimits) {
    this.#limits = limits;
  }

  get words(): number {
    return this.#words.length;
  }

  isGone(ring: DeviceRing, logTime: number): boolean {
    const newest = Math.max(ring.lastTime, timeOfId(ring.highestLow, ring.highestHigh));
    return logTime - newest > this.#limits.outcomeIdleMs;
  }

  /** The position of an id in its ring, or -1. */
  find(ring: DeviceRing, low: number, high: number): number {
    if (!atOrBelow(low, high, ring.highestLow, ring.highestHigh)) return -1;
    for (let back = ring.count - 1; back >= 0; back -= 1) {
      const at = this.#at(ring, back);
      if (this.#words[at] === low && this.#words[at + 1] === high) return at;
    }
    return -1;
  }

  outcome(at: number): Outcome {
    const words = this.#words;
    return {
      code: words[at + 3]! & 0xffff,
      kind: words[at + 3]! >>> 16,
      hash: words[at + 2]!,
      convSeq: words[at + 5]! * HALF + words[at + 4]!,
      logTime: words[at + 7]! * HALF + words[at + 6]!,
    };
  }

  /** Whether an id that is in no ring is too old to be told from one that was decided and forgotten. */
  isStale(sender: SenderRings, ring: DeviceRing | null, low: number, high: number, logTime: number): boolean {
    if (logTime - timeOfId(low, high) > this.#limits.outcomeIdleMs) return true;
    return ring === null
      ? atOrBelow(low, high, sender.forgottenLow, sender.forgottenHigh)
      : atOrBelow(low, high, ring.floorLow, ring.floorHigh);
  }

  /** A new, empty ring for a device of this sender. */
  addRing(sender: SenderRings, device: string, logTime: number): DeviceRing {
    this.dropGone(sender, logTime);
    if (sender.rings.length >= this.#limits.devicesPerSender) this.#forgetIdlest(sender);
    const ring: DeviceRing = {
      device,
      place: -1,
      capacity: 0,
      head: 0,
      count: 0,
      // What `forgotten` refused before the ring was made it goes on refusing.
      floorLow: sender.forgottenLow,
      floorHigh: sender.forgottenHigh,
      highestLow: 0,
      highestHigh: 0,
      lastTime: logTime,
    };
    sender.rings.push(ring);
    return ring;
  }

  dropGone(sender: SenderRings, logTime: number): void {
    const { rings } = sender;
    for (let index = rings.length - 1; index >= 0; index -= 1) {
      if (!this.isGone(rings[index]!, logTime)) continue;
      this.free(rings[index]!);
      rings.splice(index, 1);
    }
    if (logTime - timeOfId(sender.forgottenLow, sender.forgottenHigh) > this.#limits.outcomeIdleMs) {
      sender.forgottenLow = 0;
      sender.forgottenHigh = 0;
    }
  }

  #forgetIdlest(sender: SenderRings): void {
    let idlest = sender.rings[0]!;
    for (const ring of sender.rings) if (ring.lastTime < idlest.lastTime) idlest = ring;
    if (!atOrBelow(idlest.highestLow, idlest.highestHigh, sender.forgottenLow, sender.forgottenHigh)) {
      sender.forgottenLow = idlest.highestLow;
      sender.forgottenHigh = idlest.highestHigh;
    }
    this.free(idlest);
    sender.rings.splice(sender.rings.indexOf(idlest), 1);
  }

  record(
    ring: DeviceRing,
    low: number,
    high: number,
    outcome: { hash: number; code: number; kind: number; convSeq: number },
    logTime: number,
  ): void {
    const { outcomesPerDevice, outcomesPerDeviceMax, recallMs } = this.#limits;
    while (
      ring.count >= outcomesPerDevice &&
      (ring.count >= outcomesPerDeviceMax || logTime - this.#oldestTime(ring) > recallMs)
    ) {
      this.#evictOldest(ring);
    }
    if (ring.count === ring.capacity) this.#grow(ring, Math.max(2, ring.capacity * 2));
    const at = this.#at(ring, ring.count);
    ring.count += 1;
    const words = this.#words;
    words[at] = low;
    words[at + 1] = high;
    words[at + 2] = outcome.hash;
    words[at + 3] = outcome.code | (outcome.kind << 16);
    words[at + 4] = outcome.convSeq;
    words[at + 5] = outcome.convSeq / HALF;
    words[at + 6] = logTime;
    words[at + 7] = logTime / HALF;
    if (!atOrBelow(low, high, ring.highestLow, ring.highestHigh)) {
      ring.highestLow = low;
      ring.highestHigh = high;
    }
    ring.lastTime = logTime;
  }

  #at(ring: DeviceRing, index: number): number {
    return ring.place + ((ring.head + index) & (ring.capacity - 1)) * WORDS;
  }

  #oldestTime(ring: DeviceRing): number {
    const at = this.#at(ring, 0);
    return this.#words[at + 7]! * HALF + this.#words[at + 6]!;
  }

  #evictOldest(ring: DeviceRing): void {
    const at = this.#at(ring, 0);
    const low = this.#words[at]!;
    const high = this.#words[at + 1]!;
    if (!atOrBelow(low, high, ring.floorLow, ring.floorHigh)) {
      ring.floorLow = low;
      ring.floorHigh = high;
    }
    ring.head = (ring.head + 1) & (ring.capacity - 1);
    ring.count -= 1;
  }

  /** @param capacity a power of two */
  #grow(ring: DeviceRing, capacity: number): void {
    const place = this.#take(capacity);
    for (let index = 0; index < ring.count; index += 1) {
      const from = this.#at(ring, index);
      this.#words.copyWithin(place + index * WORDS, from, from + WORDS);
    }
    this.free(ring);
    ring.place = place;
    ring.capacity = capacity;
    ring.head = 0;
  }

  #take(capacity: number): number {
    const reused = this.#free[31 - Math.clz32(capacity)]!.pop();
    if (reused !== undefined) return reused;
    const place = this.#end;
    this.#end += capacity * WORDS;
    if (this.#end > this.#words.length) {
      const grown = new Uint32Array(Math.max(this.#end, this.#words.length * 2));
      grown.set(this.#words);
      this.#words = grown;
    }
    return place;
  }

  free(ring: DeviceRing): void {
    if (ring.place >= 0) this.#free[31 - Math.clz32(ring.capacity)]!.push(ring.place);
    ring.place = -1;
  }

  /** The sender's rings as bytes, without what is gone; empty where nothing is left. */
  encode(sender: SenderRings, logTime: number): Buffer {
    const rings = sender.rings.filter((ring) => !this.isGone(ring, logTime));
    const forgotten =
      logTime - timeOfId(sender.forgottenLow, sender.forgottenHigh) <= this.#limits.outcomeIdleMs;
    if (rings.length === 0 && !forgotten) return Buffer.alloc(0);
    let size = 1 + 8 + 1;
    for (const ring of rings) size += 1 + ring.device.length + RING_BYTES + ring.count * WORDS * 4;
    const out = Buffer.allocUnsafeSlow(size);
    let at = out.writeUInt8(FORMAT, 0);
    at = out.writeUInt32LE(forgotten ? sender.forgottenLow : 0, at);
    at = out.writeUInt32LE(forgotten ? sender.forgottenHigh : 0, at);
    at = out.writeUInt8(rings.length, at);
    for (const ring of rings) {
      at = out.writeUInt8(ring.device.length, at);
      at += out.latin1Write(ring.device, at, ring.device.length);
      at = out.writeUInt32LE(ring.floorLow, at);
      at = out.writeUInt32LE(ring.floorHigh, at);
      at = out.writeUInt32LE(ring.highestLow, at);
      at = out.writeUInt32LE(ring.highestHigh, at);
      at = out.writeDoubleLE(ring.lastTime, at);
      at = out.writeUInt16LE(ring.count, at);
      for (let index = 0; index < ring.count; index += 1) {
        const from = this.#at(ring, index);
        for (let word = 0; word < WORDS; word += 1) at = out.writeUInt32LE(this.#words[from + word]!, at);
      }
    }
    return out;
  }

  decode(bytes: Uint8Array | null, into: SenderRings): void {
    if (bytes === null || bytes.length === 0) return;
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (view[0] !== FORMAT) throw new RangeError(`format ${view[0]} of a sender's outcomes is unknown`);
    into.forgottenLow = view.readUInt32LE(1);
    into.forgottenHigh = view.readUInt32LE(5);
    const rings = view[9]!;
    let at = 10;
    for (let left = rings; left > 0; left -= 1) {
      const deviceEnd = at + 1 + view[at]!;
      const device = view.latin1Slice(at + 1, deviceEnd);
      at = deviceEnd;
      const count = view.readUInt16LE(at + 24);
      const ring: DeviceRing = {
        device,
        place: -1,
        capacity: 0,
        head: 0,
        count: 0,
        floorLow: view.readUInt32LE(at),
        floorHigh: view.readUInt32LE(at + 4),
        highestLow: view.readUInt32LE(at + 8),
        highestHigh: view.readUInt32LE(at + 12),
        lastTime: view.readDoubleLE(at + 16),
      };
      at += RING_BYTES;
      if (count > 0) this.#grow(ring, 2 ** Math.ceil(Math.log2(Math.max(2, count))));
      for (let word = 0; word < count * WORDS; word += 1, at += 4) {
        this.#words[ring.place + word] = view.readUInt32LE(at);
      }
      ring.count = count;
      into.rings.push(ring);
    }
  }
}

const FORMAT = 1;
const RING_BYTES = 8 + 8 + 8 + 2;
