/** Who is asking: from a token (suites 1 and 2) or a ticket (suite 3). Runs only after aesData has opened. */
import { timingSafeEqual } from 'node:crypto';
import type { TokenClaims, TokenFault } from '../../infra/identity/sso.ts';
import { deviceMessage } from '../../schemas/channel/key-schedule.ts';
import type { ErrorName } from '../../schemas/errors.ts';
import { isName } from '../../schemas/ids.ts';
import type { bubble } from '../../schemas/wire/generated/bubble.js';
import type { Principal } from './authenticator.ts';
import { nodeHashes, verifyPoint } from './node-crypto.ts';
import type { OpenedTicket } from './ticket-keys.ts';

export interface Identity {
  readonly principal: Principal;
  /** Of the full login, ms. */
  readonly authTimeMs: number;
  readonly tokenExpiresMs: number;
  /** The key of the full login. */
  readonly originKid: number;
}

/** The newest generation known of a user's device: raised by logout, ban, kick and password change. */
export interface Generations {
  check(principal: Principal): 'current' | 'revoked' | 'banned';
}

export const NO_GENERATIONS: Generations = { check: () => 'current' };

type Request = Readonly<bubble.wire.AesReqData>;

const utf8 = new TextEncoder();
const DEVICE_TYPE_BYTES = 64;

const isDevice = (request: Request): boolean =>
  isName(request.deviceId) && utf8.encode(request.deviceType).length <= DEVICE_TYPE_BYTES;

export const identifyByToken = async (
  request: Request,
  context: {
    readonly verify: (token: string) => Promise<TokenClaims | TokenFault>;
    readonly kid: number;
    readonly th1: Uint8Array;
    /** Suite 1: SHA-256 of the token, which came under RSA. */
    readonly tokenHash: Uint8Array | null;
    readonly nowMs: number;
  },
): Promise<Identity | ErrorName> => {
  const { verify, kid, th1, tokenHash, nowMs } = context;
  if (!isDevice(request)) return 'BAD_ID';
  if (tokenHash !== null && !timingSafeEqual(tokenHash, nodeHashes.sha256(utf8.encode(request.token)))) {
    return 'TOKEN';
  }
  const claims = await verify(request.token);
  if (claims === 'sso-away') return 'RETRY_LATER';
  if (typeof claims === 'string' || claims.user !== request.uin) return 'TOKEN';
  if (
    claims.deviceKey !== undefined &&
    !verifyPoint(claims.deviceKey, deviceMessage(th1), request.deviceSig)
  ) {
    return 'TOKEN';
  }
  const { tenant, user, generation } = claims;
  const { deviceId: device, deviceType } = request;
  return {
    principal: { tenant, user, device, deviceType, generation },
    authTimeMs: nowMs,
    tokenExpiresMs: claims.expires * 1_000,
    originKid: kid,
  };
};

export const identifyByTicket = (
  request: Request,
  { ticket }: OpenedTicket,
  context: { readonly isVoid: boolean; readonly nowMs: number },
): Identity | ErrorName => {
  if (!isDevice(request)) return 'BAD_ID';
  if (context.isVoid || context.nowMs >= ticket.expiresMs) return 'TOKEN';
  if (request.uin !== ticket.user || request.deviceId !== ticket.device) return 'TOKEN';
  const { tenant, user, device, generation, authTimeMs, tokenExpiresMs, originKid } = ticket;
  return {
    principal: { tenant, user, device, deviceType: request.deviceType, generation },
    authTimeMs,
    tokenExpiresMs,
    originKid,
  };
};
