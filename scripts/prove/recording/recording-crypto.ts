/**
 * A cryptography port that lets a recorder read along: the plain bytes of every traffic frame pass through `seal` and
 * `open`, with the frame's header as associated data. It also sees every (key, nonce) pair, and so a repeated one.
 */
import type { AeadKey, CryptoPort, MaybePromise } from '../../../schemas/channel/crypto-port.ts';
import { isPromise } from '../../../schemas/channel/maybe-promise.ts';
import { HEADER_BYTES, parseHeader } from '../../../schemas/wire/header.ts';
import { OP } from '../../../schemas/wire/operations.ts';

export interface FrameWatcher {
  /** Before the frame is sealed. */
  sent(operation: number, sequence: number, body: Uint8Array): void;
  /** Once it has opened. */
  received(operation: number, sequence: number, body: Uint8Array): void;
  /** A (key, nonce) pair was used twice in one direction. */
  nonceRepeated?(direction: 'seal' | 'open'): void;
}

/** Traffic frames have a header of 17 bytes as associated data; the handshake's have hashes or longer texts. */
const headerOf = (aad: Uint8Array): { operation: number; sequence: number } | null => {
  if (aad.length !== HEADER_BYTES) return null;
  const header = parseHeader(aad);
  if (typeof header === 'string' || header.operation === OP.AUTH || header.operation === OP.AUTH_REPLY) {
    return null;
  }
  return header;
};

const nonceText = (nonce: Uint8Array): string => Buffer.from(nonce).toString('latin1');

export const recordingCrypto = (port: CryptoPort, watcher: FrameWatcher): CryptoPort => {
  // A key is an object of the port's: nonces are kept as long as it lives.
  const nonces = { seal: new WeakMap<object, Set<string>>(), open: new WeakMap<object, Set<string>>() };
  const note = (direction: 'seal' | 'open', key: AeadKey, nonce: Uint8Array): void => {
    if (watcher.nonceRepeated === undefined || typeof key !== 'object' || key === null) return;
    let used = nonces[direction].get(key);
    if (used === undefined) {
      used = new Set();
      nonces[direction].set(key, used);
    }
    const text = nonceText(nonce);
    if (used.has(text)) watcher.nonceRepeated(direction);
    used.add(text);
  };
  const opened = (aad: Uint8Array, plain: Uint8Array | null): Uint8Array | null => {
    const header = headerOf(aad);
    if (plain !== null && header !== null) watcher.received(header.operation, header.sequence, plain);
    return plain;
  };
  const recorded: CryptoPort = {
    ...port,
    seal: (key, nonce, aad, plain) => {
      const header = headerOf(aad);
      if (header !== null) watcher.sent(header.operation, header.sequence, plain);
      note('seal', key, nonce);
      return port.seal(key, nonce, aad, plain);
    },
    open: (key, nonce, aad, sealed): MaybePromise<Uint8Array | null> => {
      note('open', key, nonce);
      const plain = port.open(key, nonce, aad, sealed);
      return isPromise(plain) ? plain.then((bytes) => opened(aad, bytes)) : opened(aad, plain);
    },
  };
  const { sealInto } = port;
  if (sealInto !== undefined) {
    recorded.sealInto = (key, nonce, aad, plain, out, at) => {
      const header = headerOf(aad);
      if (header !== null) watcher.sent(header.operation, header.sequence, plain);
      note('seal', key, nonce);
      sealInto.call(port, key, nonce, aad, plain, out, at);
    };
  }
  return recorded;
};
