/**
 * What the checker knows of each operation (one command of one device in one conversation under one clientMsgId),
 * whether it was invoked, how it was answered, and what row it became. Columns, found through one hash table.
 */
import { bytes, doubles, idWords, integers, joinId, type Names, shorts, splitId, words } from './growing.ts';

export const NONE = -1;

/** What has been seen of an operation. */
export const SEEN = {
  INVOKED: 1,
  OK: 2,
  PENDING: 4,
  /** A row of it is in some final inbox. */
  ROW: 8,
  /** A REJECTED row of it is in the sender's final inbox. */
  REJECTED_ROW: 16,
  STALE: 32,
} as const;

const FIRST_SLOTS = 1 << 12;

export class Operations {
  readonly #devices: Names;
  readonly #conversations: Names;
  #slots = new Int32Array(FIRST_SLOTS).fill(NONE);

  readonly device = integers();
  readonly conversation = integers();
  readonly #idLow = words();
  readonly #idHigh = words();
  readonly kind = shorts();
  readonly digest = doubles();
  readonly seen = bytes();
  /** The definite outcome that was answered first; NONE: none yet. */
  readonly outcome = shorts();
  readonly convSeq = doubles();
  /** Version of the row in the sender's inbox as answered; 0: none. */
  readonly answeredSeq = doubles();
  readonly #serverLow = words();
  readonly #serverHigh = words();
  /** Highest convSeq and version that the device had been given when it invoked this. */
  readonly afterConvSeq = doubles();
  readonly afterSeq = doubles();
  /** Kind of its row, NONE: no row; and what the row says. */
  readonly rowKind = shorts();
  readonly rowHash = integers();
  readonly rowDigest = doubles();
  readonly rowStatus = shorts();
  /** Version of the row in the sender's own final inbox; 0: not there. */
  readonly rowSeq = doubles();
  /** The final inbox that was read last with a row of it in it; NONE: none yet. */
  readonly lastInbox = integers();
  /** In how many final inboxes its row is. */
  readonly inboxes = integers();
  /** Further bodies invoked under the same id. */
  readonly #otherDigests = new Map<number, number[]>();

  constructor(devices: Names, conversations: Names) {
    this.#devices = devices;
    this.#conversations = conversations;
  }

  get count(): number {
    return this.device.length;
  }

  /** The operation with this identity; made where it is new. */
  find(device: number, conversation: number, clientMsgId: bigint): number {
    splitId(clientMsgId);
    const low = idWords[0]!;
    const high = idWords[1]!;
    const mask = this.#slots.length - 1;
    let slot = hashOf(device, conversation, low, high) & mask;
    for (;;) {
      const index = this.#slots[slot]!;
      if (index === NONE) break;
      if (
        this.#idLow.get(index) === low &&
        this.#idHigh.get(index) === high &&
        this.device.get(index) === device &&
        this.conversation.get(index) === conversation
      ) {
        return index;
      }
      slot = (slot + 1) & mask;
    }
    const made = this.count;
    this.#slots[slot] = made;
    this.#append(device, conversation, low, high);
    if (this.count * 2 > this.#slots.length) this.#grow();
    return made;
  }

  #append(device: number, conversation: number, low: number, high: number): void {
    this.device.push(device);
    this.conversation.push(conversation);
    this.#idLow.push(low);
    this.#idHigh.push(high);
    this.kind.push(NONE);
    this.digest.push(0);
    this.seen.push(0);
    this.outcome.push(NONE);
    this.convSeq.push(0);
    this.answeredSeq.push(0);
    this.#serverLow.push(0);
    this.#serverHigh.push(0);
    this.afterConvSeq.push(0);
    this.afterSeq.push(0);
    this.rowKind.push(NONE);
    this.rowHash.push(0);
    this.rowDigest.push(0);
    this.rowStatus.push(0);
    this.rowSeq.push(0);
    this.lastInbox.push(NONE);
    this.inboxes.push(0);
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2).fill(NONE);
    const mask = this.#slots.length - 1;
    for (let index = 0; index < this.count; index += 1) {
      let slot =
        hashOf(
          this.device.get(index),
          this.conversation.get(index),
          this.#idLow.get(index),
          this.#idHigh.get(index),
        ) & mask;
      while (this.#slots[slot] !== NONE) slot = (slot + 1) & mask;
      this.#slots[slot] = index;
    }
  }

  has(operation: number, flag: number): boolean {
    return (this.seen.get(operation) & flag) !== 0;
  }

  mark(operation: number, flag: number): void {
    this.seen.set(operation, this.seen.get(operation) | flag);
  }

  addDigest(operation: number, digest: number): void {
    if (!this.has(operation, SEEN.INVOKED)) {
      this.digest.set(operation, digest);
      return;
    }
    if (this.digest.get(operation) === digest) return;
    const others = this.#otherDigests.get(operation) ?? [];
    if (!others.includes(digest)) this.#otherDigests.set(operation, [...others, digest]);
  }

  hadDigest(operation: number, digest: number): boolean {
    return (
      this.digest.get(operation) === digest || this.#otherDigests.get(operation)?.includes(digest) === true
    );
  }

  /** False: another serverMsgId was seen for this operation before. */
  sameServerId(operation: number, serverMsgId: bigint): boolean {
    splitId(serverMsgId);
    const low = idWords[0]!;
    const high = idWords[1]!;
    if (this.#serverLow.get(operation) === 0 && this.#serverHigh.get(operation) === 0) {
      this.#serverLow.set(operation, low);
      this.#serverHigh.set(operation, high);
      return true;
    }
    return this.#serverLow.get(operation) === low && this.#serverHigh.get(operation) === high;
  }

  /** For messages: who, where, which id. */
  describe(operation: number): string {
    const id = joinId(this.#idLow.get(operation), this.#idHigh.get(operation));
    const device = this.#devices.nameOf(this.device.get(operation));
    return `${device} in ${this.#conversations.nameOf(this.conversation.get(operation))} id ${id}`;
  }
}

const hashOf = (device: number, conversation: number, low: number, high: number): number => {
  let hash = Math.imul(device, 0x9e3779b1) ^ Math.imul(conversation, 0x85ebca77);
  hash = Math.imul(hash ^ low, 0xc2b2ae3d);
  hash = Math.imul(hash ^ (hash >>> 15) ^ high, 0x27d4eb2f);
  return (hash ^ (hash >>> 13)) >>> 0;
};
