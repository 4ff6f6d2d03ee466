/**
 * What a reader may see of a pair (source, partition): numbers from 0 on, each first occurrence in order. A number seen
 * before is a repeat, which readers drop; one too high is a hole or an inversion, which nobody can repair.
 */
export interface LedgerCounts {
  readonly first: number;
  readonly repeats: number;
  readonly inverted: number;
}

export class Ledger {
  /** Next number of each pair. */
  readonly #next: number[];
  readonly #sources: number;
  #first = 0;
  #repeats = 0;
  #inverted = 0;

  constructor(sources: number, partitions: number) {
    this.#sources = sources;
    this.#next = new Array<number>(sources * partitions).fill(0);
  }

  see(partition: number, source: number, number: number): void {
    const pair = partition * this.#sources + source;
    const next = this.#next[pair]!;
    if (number < next) {
      this.#repeats += 1;
      return;
    }
    this.#first += 1;
    if (number > next) this.#inverted += 1;
    this.#next[pair] = number + 1;
  }

  /** How many of the first `pushed` numbers of a pair never came, where none was passed over. */
  missing(partition: number, source: number, pushed: number): number {
    return Math.max(0, pushed - this.#next[partition * this.#sources + source]!);
  }

  get counts(): LedgerCounts {
    return { first: this.#first, repeats: this.#repeats, inverted: this.#inverted };
  }
}

const BYTES = 12;

/** A record's value: source, number, filled up to `bytes`. */
export function encodeEntry(source: number, number: number, bytes: number): Buffer {
  const value = Buffer.alloc(Math.max(BYTES, bytes));
  value.writeUInt32BE(source, 0);
  value.writeDoubleBE(number, 4);
  return value;
}

export const decodeEntry = (value: Buffer): { source: number; number: number } => ({
  source: value.readUInt32BE(0),
  number: value.readDoubleBE(4),
});
