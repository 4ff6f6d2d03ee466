/** What a client makes of the server's answer to its Auth frame. Used through `handshake.ts`. */
import { decodeAuthRet } from '../../schemas/channel/auth-bodies.ts';
import { openClientChannel } from '../../schemas/channel/client-channel.ts';
import type { EcdhPair } from '../../schemas/channel/crypto-port.ts';
import {
  answerAad,
  answerKeys,
  exchangeKeys,
  SECRET_BYTES,
  sessionSecrets,
  trafficSecrets,
  wholeHash,
  ZERO_NONCE,
} from '../../schemas/channel/key-schedule.ts';
import { EPOCH_LIMITS } from '../../schemas/channel/traffic.ts';
import { type ErrorName, errorNameOf } from '../../schemas/errors.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { parseHeader } from '../../schemas/wire/header.ts';
import { numberOf } from '../../schemas/wire/int64.ts';
import { OP } from '../../schemas/wire/operations.ts';
import type {
  HandshakeInput,
  HandshakeResult,
  Login,
  RefusalAdvice,
  SessionInfo,
  StoredTicket,
} from './handshake.ts';

/** What the request leaves behind for its answer. */
export interface Attempt {
  readonly input: HandshakeInput;
  readonly login: Login;
  readonly pair: EcdhPair;
  readonly s1: Uint8Array;
  readonly thq: Uint8Array;
}

/** An answer that nothing authenticates: anyone on the path could have written it. */
const hint = (error: ErrorName, login: Login): HandshakeResult => ({
  kind: 'refused',
  error,
  sealed: false,
  advice: hintAdvice(error, login),
  serverTimeMs: 0,
  dropTicket: false,
});

const hintAdvice = (error: ErrorName, login: Login): RefusalAdvice => {
  // The ticket's key may be gone (36 h, or a lost store). The ticket is kept: this may be a lie.
  if (login.kind === 'ticket' && (error === 'AUTH_FAILED' || error === 'KEY_RETIRED')) return 'full-login';
  return error === 'KEY_RETIRED' || error === 'UPGRADE_REQUIRED' ? 'fetch-manifest' : 'back-off';
};

export const completeHandshake = async (
  attempt: Attempt,
  header: Uint8Array,
  body: Uint8Array,
): Promise<HandshakeResult> => {
  const { login } = attempt;
  const { crypto, sequence } = attempt.input;
  const parsed = parseHeader(header);
  const answer = decodeAuthRet(body);
  if (
    typeof parsed === 'string' ||
    parsed.headerLength !== header.length ||
    parsed.operation !== OP.AUTH_REPLY ||
    parsed.sequence !== sequence ||
    parsed.bodyLength !== body.length ||
    answer === null
  ) {
    return hint('AUTH_FAILED', login);
  }
  if (answer.authSectResp.length === 0) return hint(errorNameOf(answer.ret) ?? 'AUTH_FAILED', login);
  if (answer.svrRandom.length !== SECRET_BYTES) return hint('AUTH_FAILED', login);
  const { tha, ks } = answerKeys(crypto, attempt.s1, attempt.thq, answer.svrRandom);
  const key = await crypto.importAead(ks);
  const plain = await crypto.open(key, ZERO_NONCE, answerAad(header, tha), answer.authSectResp);
  if (plain === null) return hint('AUTH_FAILED', login);
  // From here on the server has proven that it knows K1: decoding faults are its own, and thrown.
  const response = bubble.wire.AuthSectResp.decode(plain);
  if (response.ret !== 0) {
    return sealedRefusal(attempt, errorNameOf(response.ret) ?? 'AUTH_FAILED', numberOf(response.serverTime));
  }
  return ready(attempt, response, { header, sealed: answer.authSectResp, tha });
};

const ready = async (
  { input, login, pair, s1 }: Attempt,
  response: bubble.wire.AuthSectResp.$Shape & bubble.wire.AuthSectResp,
  { header, sealed, tha }: { header: Uint8Array; sealed: Uint8Array; tha: Uint8Array },
): Promise<HandshakeResult> => {
  const { crypto } = input;
  const shared = await pair.derive(response.svrPubEcdhkey);
  if (shared === null) return hint('AUTH_FAILED', login);
  const { th2, s2, kek } = exchangeKeys(crypto, s1, tha, response.svrPubEcdhkey, shared);
  const wrapKey = await crypto.importAead(kek);
  const sessionKey = await crypto.open(wrapKey, ZERO_NONCE, th2, response.encSessionKey);
  if (sessionKey === null || sessionKey.length !== SECRET_BYTES) return hint('AUTH_FAILED', login);
  const { s3, resumption } = sessionSecrets(crypto, { s2, th2 }, sessionKey);
  const th3 = wholeHash(crypto, th2, header, sealed);
  const channel = openClientChannel(
    crypto,
    trafficSecrets(crypto, s3, th3),
    input.epochLimits ?? EPOCH_LIMITS,
  );
  const user = login.kind === 'token' ? login.credentials.user : login.ticket.user;
  const session = sessionInfoOf(response, user);
  const ticket: StoredTicket | null =
    response.autoAuthKey.length === 0
      ? null
      : {
          ticket: response.autoAuthKey.slice(),
          resumption,
          user,
          deviceId: input.device.deviceId,
          expiresAtMs: session.serverTimeMs + response.ticketLifetimeSec * 1_000,
        };
  return { kind: 'ready', channel, session, ticket };
};

const sessionInfoOf = (response: bubble.wire.AuthSectResp, user: string): SessionInfo => ({
  tenant: response.tenant,
  user,
  serverTimeMs: numberOf(response.serverTime),
  gate: response.gate,
  heartbeatMs: response.heartbeatMs,
  limits: {
    bodyBytes: response.limits?.bodyBytes ?? 0,
    messagesPerSecond: response.limits?.messagesPerSecond ?? 0,
    messageBurst: response.limits?.messageBurst ?? 0,
    outstandingPerConversation: response.limits?.outstandingPerConversation ?? 0,
    syncRows: response.limits?.syncRows ?? 0,
  },
});

const sealedRefusal = (
  { input, login }: Attempt,
  error: ErrorName,
  serverTimeMs: number,
): HandshakeResult => {
  const dropTicket = login.kind === 'ticket' && (error === 'TOKEN' || error === 'SESSION_REVOKED');
  return {
    kind: 'refused',
    error,
    sealed: true,
    advice: adviceFor(input, error, login.kind === 'ticket'),
    serverTimeMs,
    dropTicket,
  };
};

const adviceFor = (input: HandshakeInput, error: ErrorName, withTicket: boolean): RefusalAdvice => {
  switch (error) {
    case 'CLOCK':
      return 'correct-clock';
    case 'TOKEN':
    case 'SESSION_REVOKED':
      return withTicket ? 'full-login' : 'new-token';
    case 'BANNED':
      return 'stop';
    case 'UPGRADE_REQUIRED':
      return input.manifest.minVersion > input.device.clientVersion ? 'upgrade' : 'fetch-manifest';
    case 'KEY_RETIRED':
      return 'fetch-manifest';
    default:
      return 'back-off';
  }
};
