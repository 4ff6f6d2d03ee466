/** Lists of numbers that grow, and names as numbers: what keeps ten million operations within memory. */

type NumberArray = Float64Array | Int32Array | Uint32Array | Uint8Array | Int16Array;

/** A typed array that doubles when it is full. */
export class GrowingArray<A extends NumberArray> {
  #array: A;
  readonly #make: (length: number) => A;
  #length = 0;

  constructor(make: (length: number) => A, capacity = 8) {
    this.#make = make;
    this.#array = make(capacity);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#array.length) {
      const grown = this.#make(this.#length * 2);
      grown.set(this.#array);
      this.#array = grown;
    }
    this.#array[this.#length++] = value;
  }

  get(index: number): number {
    return this.#array[index]!;
  }

  set(index: number, value: number): void {
    this.#array[index] = value;
  }
}

export type Doubles = GrowingArray<Float64Array>;
export const doubles = (capacity?: number): Doubles =>
  new GrowingArray((length) => new Float64Array(length), capacity);
export const integers = (capacity?: number): GrowingArray<Int32Array> =>
  new GrowingArray((length) => new Int32Array(length), capacity);
export const words = (capacity?: number): GrowingArray<Uint32Array> =>
  new GrowingArray((length) => new Uint32Array(length), capacity);
export const shorts = (capacity?: number): GrowingArray<Int16Array> =>
  new GrowingArray((length) => new Int16Array(length), capacity);
export const bytes = (capacity?: number): GrowingArray<Uint8Array> =>
  new GrowingArray((length) => new Uint8Array(length), capacity);

/** Gives each name a number, 0, 1, ... in the order of appearance. */
export class Names {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];

  get count(): number {
    return this.#names.length;
  }

  numberOf(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = this.#names.length;
    this.#numbers.set(name, number);
    this.#names.push(name);
    return number;
  }

  find(name: string): number | undefined {
    return this.#numbers.get(name);
  }

  nameOf(number: number): string {
    return this.#names[number] ?? `name ${number}`;
  }
}

const scratch64 = new BigUint64Array(1);
const scratch32 = new Uint32Array(scratch64.buffer);

/** The low and high words of a 64-bit id are left in `idWords` (faster than arithmetic on bigints). */
export const idWords = scratch32;
export const splitId = (id: bigint): void => {
  scratch64[0] = id;
};
export const joinId = (low: number, high: number): bigint => (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
