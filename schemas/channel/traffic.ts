/**
 * One direction of a sealed channel.
 *
 * 1. A counter is taken exactly once, and never returns within an epoch: no (key, nonce) pair repeats.
 * 2. The epoch ends with the frame of the last counter, or with the frame whose body makes the sum of body lengths
 *    (as in headers, tags included) reach the limit. Both ends count alike, so both move on by themselves.
 * 3. The secret of a past epoch is overwritten: who takes the memory later cannot read earlier frames.
 */
import {
  type Hashes,
  NONCE_BYTES,
  nextTrafficSecret,
  SECRET_BYTES,
  trafficIv,
  trafficKey,
} from './key-schedule.ts';

export interface EpochLimits {
  /** At most 2^32. */
  readonly frames: number;
  readonly bodyBytes: number;
}

export const EPOCH_LIMITS: EpochLimits = { frames: 2 ** 24, bodyBytes: 2 ** 36 };

export class TrafficDirection<Key> {
  readonly #hashes: Hashes;
  readonly #importKey: (key: Uint8Array) => Key;
  readonly #limits: EpochLimits;
  readonly #secret = new Uint8Array(SECRET_BYTES);
  #key: Key;
  #iv: Uint8Array;
  #counter = 0;
  #bodyBytes = 0;

  constructor(
    hashes: Hashes,
    secret: Uint8Array,
    importKey: (key: Uint8Array) => Key,
    limits: EpochLimits = EPOCH_LIMITS,
  ) {
    if (secret.length !== SECRET_BYTES || limits.frames < 1 || limits.frames > 2 ** 32) {
      throw new RangeError('a traffic secret has 32 bytes, an epoch 1 to 2^32 frames');
    }
    this.#hashes = hashes;
    this.#importKey = importKey;
    this.#limits = limits;
    this.#secret.set(secret);
    this.#key = importKey(trafficKey(hashes, secret));
    this.#iv = trafficIv(hashes, secret);
  }

  /**
   * Takes the next counter: writes the frame's nonce (12 bytes) and returns its key.
   * @param bodyLength as in the frame's header, tag included
   */
  take(bodyLength: number, nonce: Uint8Array): Key {
    const iv = this.#iv;
    const counter = this.#counter;
    for (let index = 0; index < NONCE_BYTES - 4; index += 1) nonce[index] = iv[index]!;
    nonce[8] = iv[8]! ^ (counter >>> 24);
    nonce[9] = iv[9]! ^ (counter >>> 16);
    nonce[10] = iv[10]! ^ (counter >>> 8);
    nonce[11] = iv[11]! ^ counter;
    const key = this.#key;
    this.#counter = counter + 1;
    this.#bodyBytes += bodyLength;
    if (this.#counter === this.#limits.frames || this.#bodyBytes >= this.#limits.bodyBytes) this.#update();
    return key;
  }

  #update(): void {
    this.#secret.set(nextTrafficSecret(this.#hashes, this.#secret));
    this.#key = this.#importKey(trafficKey(this.#hashes, this.#secret));
    this.#iv = trafficIv(this.#hashes, this.#secret);
    this.#counter = 0;
    this.#bodyBytes = 0;
  }
}
