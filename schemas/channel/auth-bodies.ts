/** Bodies of Auth and its answer, strict: each field at most once, nothing unknown. */
import { bubble } from '../wire/generated/bubble.js';
import { longOf } from '../wire/int64.ts';
import { EMPTY } from './key-schedule.ts';

export interface ClientInfo {
  readonly suite: number;
  readonly kid: number;
  readonly rsaData: Uint8Array;
  readonly aesData: Uint8Array;
}

export interface AuthRet {
  /** Counts only where authSectResp is empty, and then only as a hint. */
  readonly ret: number;
  readonly authSectResp: Uint8Array;
  readonly svrRandom: Uint8Array;
}

const BYTES = 2;
const VARINT = 0;

type Fields = ReadonlyMap<number, Uint8Array | number>;

/**
 * The fields of a flat protobuf message, or null: truncated, a field twice, an unknown field or wire type. (The
 * generated decoder takes the last of several and skips what it does not know: two readers of one request could
 * then disagree.)
 */
const strictFields = (bytes: Uint8Array, kinds: ReadonlyMap<number, number>): Fields | null => {
  const fields = new Map<number, Uint8Array | number>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[at];
      if (byte === undefined) return -1;
      at += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value <= 0xffff_ffff ? value : -1;
    }
    return -1;
  };
  while (at < bytes.length) {
    const tag = varint();
    const field = tag >>> 3;
    if (tag < 0 || fields.has(field) || kinds.get(field) !== (tag & 7)) return null;
    const value = varint();
    if (value < 0) return null;
    if ((tag & 7) === VARINT) {
      fields.set(field, value);
      continue;
    }
    if (value > bytes.length - at) return null;
    fields.set(field, bytes.subarray(at, at + value));
    at += value;
  }
  return fields;
};

const numberIn = (fields: Fields, field: number): number => {
  const value = fields.get(field);
  return typeof value === 'number' ? value : 0;
};
const bytesIn = (fields: Fields, field: number): Uint8Array => {
  const value = fields.get(field);
  return value instanceof Uint8Array ? value : EMPTY;
};

const CLIENT_INFO = new Map([
  [1, BYTES],
  [2, BYTES],
  [3, VARINT],
  [4, VARINT],
]);
const AUTH_RET = new Map([
  [1, VARINT],
  [2, BYTES],
  [3, BYTES],
  [4, BYTES],
]);

export const encodeClientInfo = (info: ClientInfo): Uint8Array =>
  bubble.wire.ClientInfo.encode({ ...info }).finish();

export const decodeClientInfo = (bytes: Uint8Array): ClientInfo | null => {
  const fields = strictFields(bytes, CLIENT_INFO);
  if (fields === null || fields.size !== CLIENT_INFO.size) return null;
  return {
    aesData: bytesIn(fields, 1),
    rsaData: bytesIn(fields, 2),
    suite: numberIn(fields, 3),
    kid: numberIn(fields, 4),
  };
};

export const encodeAuthRet = (answer: AuthRet): Uint8Array => {
  const out: { ret?: number; authSectResp?: Uint8Array; svrRandom?: Uint8Array } = {};
  if (answer.ret !== 0) out.ret = answer.ret;
  if (answer.authSectResp.length > 0) out.authSectResp = answer.authSectResp;
  if (answer.svrRandom.length > 0) out.svrRandom = answer.svrRandom;
  return bubble.wire.AuthRet.encode(out).finish();
};

/** Bytes of the body of a sealed answer (ret 0): the header that is its additional data holds this length. */
export const sealedAuthRetBytes = (sealedBytes: number): number =>
  encodeAuthRet({ ret: 0, authSectResp: new Uint8Array(sealedBytes), svrRandom: new Uint8Array(32) }).length;

export const decodeAuthRet = (bytes: Uint8Array): AuthRet | null => {
  const fields = strictFields(bytes, AUTH_RET);
  if (fields === null) return null;
  return {
    ret: numberIn(fields, 1),
    authSectResp: bytesIn(fields, 3),
    svrRandom: bytesIn(fields, 4),
  };
};

/** All sealed refusals have this length, so that none can be told from another. */
export const REFUSAL_BYTES = 256;

/** AuthSectResp of a refusal, padded. @param serverTimeMs ms since 1970 */
export const encodeRefusal = (code: number, serverTimeMs: number): Uint8Array => {
  const bare = bubble.wire.AuthSectResp.encode({ ret: code, serverTime: longOf(serverTimeMs) }).finish();
  const tagAndLength = 3; // The pad always has 128 bytes or more, so its length takes two bytes.
  const pad = new Uint8Array(REFUSAL_BYTES - bare.length - tagAndLength);
  return bubble.wire.AuthSectResp.encode({ ret: code, serverTime: longOf(serverTimeMs), pad }).finish();
};
