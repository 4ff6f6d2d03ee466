import type { Random } from '../../schemas/ports/random.ts';

const SECTOR_BYTES = 512;

type Change =
  | { readonly kind: 'write'; readonly position: number; readonly bytes: Buffer; synced: boolean }
  | { readonly kind: 'truncate'; readonly size: number };

/** Bytes that grow; beyond the size they are zero. */
class Content {
  #buffer = Buffer.alloc(0);
  size = 0;

  copyFrom(other: Content): void {
    this.#buffer = Buffer.from(other.#buffer);
    this.size = other.size;
  }

  apply(change: Change): void {
    if (change.kind === 'truncate') {
      if (change.size < this.size) this.#buffer.fill(0, change.size, this.size);
      this.#reserve(change.size);
      this.size = change.size;
      return;
    }
    const end = change.position + change.bytes.length;
    this.#reserve(end);
    change.bytes.copy(this.#buffer, change.position);
    this.size = Math.max(this.size, end);
  }

  read(position: number, length: number): Buffer {
    return Buffer.from(this.#buffer.subarray(position, Math.min(position + length, this.size)));
  }

  #reserve(size: number): void {
    if (size <= this.#buffer.length) return;
    const grown = Buffer.alloc(Math.max(size, this.#buffer.length * 2));
    this.#buffer.copy(grown, 0, 0, this.size);
    this.#buffer = grown;
  }
}

/** What a crash keeps of the changes that were not synced. */
export type Survival = 'none' | 'all' | 'prefix' | 'torn';

/** The bytes of one simulated file: as the running process sees them, and as a power cut would leave them. */
export class SimFile {
  readonly #live = new Content();
  readonly #durable = new Content();
  #unsynced: Change[] = [];
  #syncedChanges = 0;

  get size(): number {
    return this.#live.size;
  }

  read(position: number, length: number): Buffer {
    return this.#live.read(position, length);
  }

  /** @returns the number of this change, for `syncChange` */
  write(position: number, bytes: Uint8Array): number {
    this.#change({ kind: 'write', position, bytes: Buffer.from(bytes), synced: false });
    return this.changes;
  }

  /** Makes one write durable, but not those before it. */
  syncChange(number: number): void {
    const change = this.#unsynced[number - this.#syncedChanges - 1];
    if (change?.kind === 'write') change.synced = true;
  }

  truncate(size: number): void {
    this.#change({ kind: 'truncate', size });
  }

  /** Number of changes so far: what a sync that begins now will cover. */
  get changes(): number {
    return this.#syncedChanges + this.#unsynced.length;
  }

  /** Makes the first so many changes durable. */
  sync(changes: number): void {
    const synced = this.#unsynced.splice(0, Math.max(0, changes - this.#syncedChanges));
    for (const change of synced) this.#durable.apply(change);
    this.#syncedChanges += synced.length;
  }

  /** Power is cut: what was not synced survives as told; afterwards what is there is durable. */
  crash(survival: Survival, random: Random): void {
    const whole = survival === 'all' ? this.#unsynced.length : 0;
    const kept = survival === 'prefix' ? random.below(this.#unsynced.length + 1) : whole;
    for (const [index, change] of this.#unsynced.entries()) {
      if (index < kept || (change.kind === 'write' && change.synced)) this.#durable.apply(change);
      else if (survival === 'torn') this.#applyTorn(change, random);
    }
    this.#syncedChanges += this.#unsynced.length;
    this.#unsynced = [];
    this.#live.copyFrom(this.#durable);
  }

  #change(change: Change): void {
    this.#live.apply(change);
    this.#unsynced.push(change);
  }

  /** Each sector of a write survives or not by itself, as a disk may reorder them. */
  #applyTorn(change: Change, random: Random): void {
    if (change.kind === 'truncate') {
      if (random.below(2) === 0) this.#durable.apply(change);
      return;
    }
    let at = 0;
    while (at < change.bytes.length) {
      const sectorEnd =
        (Math.floor((change.position + at) / SECTOR_BYTES) + 1) * SECTOR_BYTES - change.position;
      const end = Math.min(sectorEnd, change.bytes.length);
      if (random.below(2) === 0) {
        const bytes = change.bytes.subarray(at, end);
        this.#durable.apply({ kind: 'write', position: change.position + at, bytes, synced: false });
      }
      at = end;
    }
  }
}
