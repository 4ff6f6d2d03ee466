/** How a request's first secret K1 is found: by RSA, by the static point, or in a ticket. */
import type { ClientInfo } from '../../schemas/channel/auth-bodies.ts';
import {
  EMPTY,
  POINT_BYTES,
  RSA_BYTES,
  RSA_PLAIN_BYTES,
  SECRET_BYTES,
  SUITE,
} from '../../schemas/channel/key-schedule.ts';
import { deriveShared, type RandomBytes } from './node-crypto.ts';
import type { RsaOpener } from './rsa.ts';
import type { PointKey, RsaKey, ServerKeys } from './server-keys.ts';
import type { OpenedTicket } from './ticket-keys.ts';

interface Common {
  /** What stands hashed in th1: SPKI, point, or nothing. */
  readonly serverKey: Uint8Array;
}

export type Method =
  | (Common & { readonly kind: 'rsa'; readonly key: RsaKey })
  | (Common & { readonly kind: 'point'; readonly key: PointKey })
  | (Common & {
      readonly kind: 'resumption';
      readonly opened: OpenedTicket;
      readonly clientPublic: Uint8Array;
    });

/** Everything that public facts decide, and whether a ticket opens. */
export const resolveMethod = (keys: ServerKeys, info: ClientInfo): Method | 'unknown-key' | 'malformed' => {
  switch (info.suite) {
    case SUITE.RSA: {
      const key = keys.rsaKey(info.kid);
      return key === undefined ? 'unknown-key' : { kind: 'rsa', key, serverKey: key.spki };
    }
    case SUITE.STATIC_ECDH: {
      const key = keys.pointKey(info.kid);
      return key === undefined ? 'unknown-key' : { kind: 'point', key, serverKey: key.point };
    }
    case SUITE.RESUMPTION: {
      const { rsaData } = info;
      const length = rsaData.length < 2 ? 0 : (rsaData[0]! << 8) | rsaData[1]!;
      if (rsaData.length !== 2 + length + POINT_BYTES) return 'malformed';
      const opened = keys.tickets.open(info.kid, rsaData.subarray(2, 2 + length));
      if (opened === 'unknown-key') return 'unknown-key';
      if (opened === 'damaged') return 'malformed';
      return { kind: 'resumption', opened, clientPublic: rsaData.subarray(2 + length), serverKey: EMPTY };
    }
    default:
      return 'unknown-key';
  }
};

export interface RecoveredSecret {
  readonly k1: Uint8Array;
  readonly clientPublic: Uint8Array;
  readonly tokenHash: Uint8Array | null;
}

/** @returns null where suite 2's point is not on the curve */
export const recoverSecret = async (
  method: Method,
  rsaData: Uint8Array,
  rsa: RsaOpener,
  random: RandomBytes,
): Promise<RecoveredSecret | null | 'busy'> => {
  switch (method.kind) {
    case 'rsa':
      return recoverByRsa(method.key.kid, rsaData, rsa, random);
    case 'point': {
      const k1 = deriveShared(method.key.pair, rsaData);
      return k1 === null ? null : { k1, clientPublic: rsaData, tokenHash: null };
    }
    case 'resumption':
      return { k1: method.opened.ticket.resumption, clientPublic: method.clientPublic, tokenHash: null };
  }
};

/** What does not open goes on with a random K1, so that it fails later and alike. */
const recoverByRsa = async (
  kid: number,
  rsaData: Uint8Array,
  rsa: RsaOpener,
  random: RandomBytes,
): Promise<RecoveredSecret | 'busy'> => {
  const decoy = random(SECRET_BYTES);
  const plain = rsaData.length === RSA_BYTES ? await rsa.decrypt(kid, rsaData) : null;
  if (plain === 'busy') return 'busy';
  if (plain === null || plain.length !== RSA_PLAIN_BYTES) {
    return { k1: decoy, clientPublic: EMPTY, tokenHash: null };
  }
  return {
    k1: plain.subarray(0, SECRET_BYTES),
    tokenHash: plain.subarray(SECRET_BYTES, SECRET_BYTES + 32),
    clientPublic: plain.subarray(SECRET_BYTES + 32),
  };
};
