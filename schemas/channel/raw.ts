/** Operation 9 (Raw): the real operation and sequence id travel sealed. Plaintext: u32 op, u32 seq, body. */
import { OP } from '../wire/operations.ts';

export const RAW_PREFIX_BYTES = 8;

export interface RawFrame {
  readonly operation: number;
  readonly sequence: number;
  /** A view into the plaintext. */
  readonly body: Uint8Array;
}

/** What is only allowed unsealed, and Raw itself, never stands inside. */
const FORBIDDEN_INSIDE: ReadonlySet<number> = new Set([
  OP.HANDSHAKE,
  OP.HANDSHAKE + 1,
  OP.AUTH,
  OP.AUTH_REPLY,
  OP.RAW,
]);

/** The plaintext of a Raw frame; seal it as operation 9 with sequence id 0. */
export const wrapRaw = (operation: number, sequence: number, body: Uint8Array): Uint8Array => {
  const out = new Uint8Array(RAW_PREFIX_BYTES + body.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, operation);
  view.setUint32(4, sequence);
  out.set(body, RAW_PREFIX_BYTES);
  return out;
};

/** @returns null where the connection must be closed: too short, or an operation that may not stand inside */
export const unwrapRaw = (plain: Uint8Array): RawFrame | null => {
  if (plain.length < RAW_PREFIX_BYTES) return null;
  const view = new DataView(plain.buffer, plain.byteOffset, plain.byteLength);
  const operation = view.getUint32(0);
  if (FORBIDDEN_INSIDE.has(operation)) return null;
  return { operation, sequence: view.getUint32(4), body: plain.subarray(RAW_PREFIX_BYTES) };
};
