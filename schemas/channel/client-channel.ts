/**
 * The client's end of a sealed channel, over a cryptography port that may be asynchronous.
 *
 * 1. Counters are taken synchronously, in the order of the calls: call `seal` in the order of sending and `open` in
 *    the order of arrival.
 * 2. Operations may overlap, but results settle strictly in the order of the calls.
 * 3. A synchronous port makes no promise: the result is there at once.
 * 4. The first frame that does not open ends the channel: everything opened after it is null too.
 */
import { HEADER_BYTES, writeHeader } from '../wire/header.ts';
import type { AeadKey, CryptoPort, MaybePromise } from './crypto-port.ts';
import { EMPTY, NONCE_BYTES, TAG_BYTES, type TrafficSecrets } from './key-schedule.ts';
import { andThen, isPromise } from './maybe-promise.ts';
import { EPOCH_LIMITS, type EpochLimits, TrafficDirection } from './traffic.ts';

export interface ClientChannel {
  /** A whole sealed frame: header, ciphertext, tag. The body must not change until the result is there. */
  seal(operation: number, sequence: number, body: Uint8Array): MaybePromise<Uint8Array>;
  /**
   * The plain body of a frame, or null: it does not open, and the connection must be closed. Header (extensions
   * included) and body must not change until the result is there.
   */
  open(header: Uint8Array, sealedBody: Uint8Array): MaybePromise<Uint8Array | null>;
}

/** A key that is replaced by its value as soon as its import has ended. */
interface HeldKey {
  key: MaybePromise<AeadKey>;
}

const ignore = (): void => {};

class PortChannel implements ClientChannel {
  readonly #port: CryptoPort;
  readonly #out: TrafficDirection<HeldKey>;
  readonly #in: TrafficDirection<HeldKey>;
  #sealing: Promise<Uint8Array> | undefined;
  #opening: Promise<Uint8Array | null> | undefined;
  #broken = false;

  constructor(port: CryptoPort, secrets: TrafficSecrets, limits: EpochLimits) {
    this.#port = port;
    const importKey = (bytes: Uint8Array): HeldKey => {
      const held: HeldKey = { key: port.importAead(bytes) };
      if (held.key instanceof Promise) {
        held.key.then((key: AeadKey) => {
          held.key = key;
        }, ignore); // The frame that waits for the key reports the failure.
      }
      return held;
    };
    this.#out = new TrafficDirection(port, secrets.clientToServer, importKey, limits);
    this.#in = new TrafficDirection(port, secrets.serverToClient, importKey, limits);
  }

  seal(operation: number, sequence: number, body: Uint8Array): MaybePromise<Uint8Array> {
    const bodyLength = body.length + TAG_BYTES;
    const port = this.#port;
    const length = HEADER_BYTES + bodyLength;
    const frame = port.allocate?.(length) ?? new Uint8Array(length);
    writeHeader(frame, 0, operation, sequence, bodyLength);
    const nonce = new Uint8Array(NONCE_BYTES);
    const { key } = this.#out.take(bodyLength, nonce);
    const header = frame.subarray(0, HEADER_BYTES);
    if (port.sealInto !== undefined && !(key instanceof Promise)) {
      port.sealInto(key, nonce, header, body, frame, HEADER_BYTES);
      return frame;
    }
    const sealed = andThen<AeadKey, Uint8Array>(key, (ready) => port.seal(ready, nonce, header, body));
    const result = andThen(sealed, (bytes) => {
      frame.set(bytes, HEADER_BYTES);
      return frame;
    });
    return isPromise(result) ? this.#inSealOrder(result) : result;
  }

  #inSealOrder(own: Promise<Uint8Array>): Promise<Uint8Array> {
    own.catch(ignore); // Reported through the ordered promise below.
    const ordered = this.#sealing === undefined ? own : this.#sealing.then(() => own);
    this.#sealing = ordered;
    return ordered;
  }

  open(header: Uint8Array, sealedBody: Uint8Array): MaybePromise<Uint8Array | null> {
    const own = this.#broken || sealedBody.length < TAG_BYTES ? null : this.#openNow(header, sealedBody);
    if (!isPromise(own) && this.#opening === undefined) return own ?? this.#break();
    const before = this.#opening ?? Promise.resolve(EMPTY);
    if (isPromise(own)) own.catch(ignore); // Reported through the ordered promise below.
    const ordered = before.then(() => own).then((plain) => (this.#broken ? null : (plain ?? this.#break())));
    this.#opening = ordered;
    return ordered;
  }

  #openNow(header: Uint8Array, sealedBody: Uint8Array): MaybePromise<Uint8Array | null> {
    const nonce = new Uint8Array(NONCE_BYTES);
    const { key } = this.#in.take(sealedBody.length, nonce);
    return andThen<AeadKey, Uint8Array | null>(key, (ready) =>
      this.#port.open(ready, nonce, header, sealedBody),
    );
  }

  #break(): null {
    this.#broken = true;
    return null;
  }
}

export const openClientChannel = (
  port: CryptoPort,
  secrets: TrafficSecrets,
  limits: EpochLimits = EPOCH_LIMITS,
): ClientChannel => new PortChannel(port, secrets, limits);
