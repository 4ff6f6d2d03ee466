/**
 * The server's end of a sealed channel. On the hot path: a frame is one allocation, the header is written straight
 * into it, and nothing of an opened frame is used before its tag was checked.
 */
import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { NONCE_BYTES, TAG_BYTES, type TrafficSecrets } from '../../schemas/channel/key-schedule.ts';
import { EPOCH_LIMITS, type EpochLimits, TrafficDirection } from '../../schemas/channel/traffic.ts';
import { HEADER_BYTES, writeHeader } from '../../schemas/wire/header.ts';
import type { ServerChannel } from './authenticator.ts';
import { CIPHER, nodeHashes, TAG_OPTIONS } from './node-crypto.ts';

/** One for all channels: it is used up within each call. */
const nonce = Buffer.alloc(NONCE_BYTES);
const importKey = (key: Uint8Array): KeyObject => createSecretKey(key);

/** As the authenticator has it. */
export interface RevocableChannel extends ServerChannel {
  /** No further frame opens. */
  revoke(): void;
}

class NodeChannel implements RevocableChannel {
  readonly #in: TrafficDirection<KeyObject>;
  readonly #out: TrafficDirection<KeyObject>;
  /** Runs when the first client frame opens; false ends the channel. Then null. */
  #confirm: (() => boolean) | null;
  #broken = false;

  constructor(secrets: TrafficSecrets, confirm: (() => boolean) | null, limits: EpochLimits) {
    this.#in = new TrafficDirection(nodeHashes, secrets.clientToServer, importKey, limits);
    this.#out = new TrafficDirection(nodeHashes, secrets.serverToClient, importKey, limits);
    this.#confirm = confirm;
  }

  seal(operation: number, sequence: number, body: Uint8Array): Buffer {
    const bodyLength = body.length + TAG_BYTES;
    const frame = Buffer.allocUnsafe(HEADER_BYTES + bodyLength);
    writeHeader(frame, 0, operation, sequence, bodyLength);
    const key = this.#out.take(bodyLength, nonce);
    const cipher = createCipheriv(CIPHER, key, nonce, TAG_OPTIONS);
    cipher.setAAD(frame.subarray(0, HEADER_BYTES));
    const sealed = cipher.update(body);
    assert.equal(sealed.length, body.length);
    frame.set(sealed, HEADER_BYTES);
    cipher.final();
    frame.set(cipher.getAuthTag(), HEADER_BYTES + body.length);
    return frame;
  }

  open(header: Uint8Array, sealedBody: Uint8Array): Buffer | null {
    const length = sealedBody.length - TAG_BYTES;
    if (this.#broken || length < 0) return this.#break();
    const key = this.#in.take(sealedBody.length, nonce);
    const decipher = createDecipheriv(CIPHER, key, nonce, TAG_OPTIONS);
    decipher.setAAD(header);
    decipher.setAuthTag(sealedBody.subarray(length));
    const plain = decipher.update(sealedBody.subarray(0, length));
    try {
      decipher.final();
    } catch {
      return this.#break(); // The only reason: the tag does not match. `plain` is dropped unread.
    }
    const confirm = this.#confirm;
    if (confirm !== null) {
      this.#confirm = null;
      if (!confirm()) return this.#break();
    }
    return plain;
  }

  revoke(): void {
    this.#broken = true;
  }

  /** The first frame that does not open ends the channel for good. */
  #break(): null {
    this.#broken = true;
    return null;
  }
}

/**
 * @param confirm runs when the first client frame has opened, before its body is given out; where it returns false
 *   (the ticket was spent by another session meanwhile), the frame counts as not opened
 */
export const openServerChannel = (
  secrets: TrafficSecrets,
  confirm: (() => boolean) | null = null,
  limits: EpochLimits = EPOCH_LIMITS,
): RevocableChannel => new NodeChannel(secrets, confirm, limits);
