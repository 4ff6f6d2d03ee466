/**
 * The server's end of the handshake.
 *
 * 1. Order: lengths, suite and kid; admission per address; room for RSA and in the replay filter; the filter; RSA;
 *    aesData; clock; insertion into the filter, without waiting since aesData was opened; token; identity; points.
 * 2. Until aesData has opened nothing tells why it failed: one plain AUTH_FAILED, at the next multiple of 100 ms
 *    since arrival. Busy and retired-key answers depend on public facts only and go out at once.
 * 3. After aesData has opened the peer knows K1, and every refusal is sealed, in one length.
 * 4. Nothing here has an effect outside: a ticket is spent when the first client frame opens.
 * 5. Tenant and user come from the verified token or from a ticket of ours, never from what the client says.
 */
import assert from 'node:assert/strict';
import type { Sso, TokenClaims, TokenFault } from '../../infra/identity/sso.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import { type ClientInfo, decodeClientInfo } from '../../schemas/channel/auth-bodies.ts';
import {
  firstSecret,
  requestHash,
  requestKey,
  sealedRequestHash,
  ZERO_NONCE,
} from '../../schemas/channel/key-schedule.ts';
import { EPOCH_LIMITS, type EpochLimits } from '../../schemas/channel/traffic.ts';
import type { ErrorName } from '../../schemas/errors.ts';
import type { Limits } from '../../schemas/limits.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { parseHeader } from '../../schemas/wire/header.ts';
import { numberOf } from '../../schemas/wire/int64.ts';
import { OP } from '../../schemas/wire/operations.ts';
import { Admission } from './admission.ts';
import { acceptance, type ProvenRequest, plainRefusal, sealedRefusal } from './answer.ts';
import type { Authenticator, AuthOutcome, AuthRequest } from './authenticator.ts';
import {
  type Generations,
  type Identity,
  identifyByTicket,
  identifyByToken,
  NO_GENERATIONS,
} from './identify.ts';
import { type Method, recoverSecret, resolveMethod } from './method.ts';
import { nodeHashes, open, type RandomBytes, systemBytes } from './node-crypto.ts';
import { inlineRsa, type RsaOpener, rsaWorker } from './rsa.ts';
import { openServerChannel } from './server-channel.ts';
import type { ServerKeys } from './server-keys.ts';
import { SpentFilter, type SpentTickets } from './spent-tickets.ts';
import { type TicketPolicy, ticketFor } from './ticket-issue.ts';
import { WindowedSet } from './windowed-set.ts';

const CLOCK_TOLERANCE_MS = 120_000;
/** A request of a client that is 120 s ahead is still valid 240 s after its arrival, and no longer after that. */
const REPLAY_MS = 2 * CLOCK_TOLERANCE_MS + 1;
const REPLAY_WINDOW_MS = 30_000;
const PLAIN_REFUSAL_STEP_MS = 100;

export interface AuthenticatorOptions {
  readonly keys: ServerKeys;
  readonly sso: Sso;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly gateName: string;
  readonly minVersion?: number;
  readonly generations?: Generations;
  readonly ticketPolicy?: TicketPolicy;
  /** What other gates have spent; without it each gate knows its own tickets only. */
  readonly spentTickets?: SpentTickets;
  readonly epochLimits?: EpochLimits;
  /** 'inline' for simulations, which have one thread. */
  readonly rsa?: 'worker' | 'inline' | RsaOpener;
  /** Other than the system's: for simulations. */
  readonly random?: RandomBytes;
}

type Acceptance = Extract<AuthOutcome, { kind: 'accepted' }>;

type Refusal =
  | { readonly kind: 'plain'; readonly error: ErrorName; readonly sequence: number }
  | { readonly kind: 'sealed'; readonly error: ErrorName; readonly request: ProvenRequest };

interface Proven {
  readonly request: ProvenRequest;
  readonly method: Method;
  readonly info: ClientInfo;
  readonly th1: Uint8Array;
  readonly plain: Uint8Array;
  readonly clientPublic: Uint8Array;
  readonly tokenHash: Uint8Array | null;
}

class HandshakeAuthenticator implements Authenticator {
  readonly #options: AuthenticatorOptions;
  readonly #keys: ServerKeys;
  readonly #clock: Clock;
  readonly #random: RandomBytes;
  readonly #rsa: RsaOpener;
  readonly #admission: Admission;
  readonly #replay: WindowedSet;
  readonly #spent: SpentFilter;

  constructor(options: AuthenticatorOptions) {
    const { limits } = options;
    this.#options = options;
    this.#keys = options.keys;
    this.#clock = options.clock;
    this.#random = options.random ?? systemBytes;
    this.#rsa = openRsa(options);
    this.#admission = new Admission({
      perSecond: limits.handshakesPerSecond,
      burst: limits.handshakeBurst,
      addresses: limits.admissionAddresses,
    });
    this.#replay = new WindowedSet({ windowMs: REPLAY_WINDOW_MS, limit: limits.replayEntries });
    this.#spent = new SpentFilter({
      shared: options.spentTickets,
      limit: limits.spentTickets,
      clock: options.clock,
      logger: options.logger,
    });
    this.#rsa.setKeys(this.#keys.rsaKeys());
    this.#keys.onChange(() => this.#rsa.setKeys(this.#keys.rsaKeys()));
  }

  manifest(): Uint8Array {
    // Whoever has seen a newer one at another gate will ask again.
    void this.#keys.refresh();
    return this.#keys.manifest();
  }

  async authenticate(frame: AuthRequest): Promise<AuthOutcome> {
    const arrivedAtMs = this.#clock.monotonic();
    const proven = await this.#prove(frame);
    const outcome = 'plain' in proven ? await this.#decide(proven) : proven;
    if (outcome.kind === 'accepted') return outcome;
    return this.#refuse(outcome, arrivedAtMs);
  }

  async close(): Promise<void> {
    await this.#rsa.close();
  }

  async #refuse(refusal: Refusal, arrivedAtMs: number): Promise<AuthOutcome> {
    const { error } = refusal;
    if (refusal.kind === 'sealed') {
      const frame = sealedRefusal(refusal.request, error, this.#clock.now(), this.#random);
      return { kind: 'refused', frame, error };
    }
    if (error === 'AUTH_FAILED') {
      const passedMs = this.#clock.monotonic() - arrivedAtMs;
      const step = Math.floor(passedMs / PLAIN_REFUSAL_STEP_MS) + 1;
      await this.#wait(step * PLAIN_REFUSAL_STEP_MS - passedMs);
    }
    return { kind: 'refused', frame: plainRefusal(refusal.sequence, error), error };
  }

  #wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.#clock.after(delayMs, resolve));
  }

  /** Up to the opened aesData. */
  async #prove(frame: AuthRequest): Promise<Proven | Refusal> {
    const header = parseHeader(frame.header);
    const sequence = typeof header === 'string' ? 0 : header.sequence;
    const plain = (error: ErrorName): Refusal => ({ kind: 'plain', error, sequence });
    if (
      typeof header === 'string' ||
      header.headerLength !== frame.header.length ||
      header.operation !== OP.AUTH ||
      header.sequence === 0 ||
      header.bodyLength !== frame.body.length ||
      frame.body.length > this.#options.limits.bodyBytesBeforeAuth
    ) {
      return plain('AUTH_FAILED');
    }
    const info = decodeClientInfo(frame.body);
    if (info === null) return plain('AUTH_FAILED');
    let method = resolveMethod(this.#keys, info);
    // Another gate may have made the key since this one has looked.
    if (method === 'unknown-key' && (await this.#keys.refresh())) method = resolveMethod(this.#keys, info);
    if (method === 'unknown-key') return plain('KEY_RETIRED');
    const isResumption = method !== 'malformed' && method.kind === 'resumption';
    const nowMs = this.#clock.monotonic();
    if (!this.#admission.admit(frame.address, isResumption ? 'resumption' : 'login', nowMs)) {
      return plain('AUTH_BUSY');
    }
    if (method === 'malformed') return plain('AUTH_FAILED');
    if (method.kind === 'rsa' && this.#rsa.isFull) return plain('AUTH_BUSY');
    if (this.#replay.isFull(nowMs)) return plain('AUTH_BUSY');
    if (this.#replay.has(replayKey(info.rsaData), nowMs)) return plain('AUTH_FAILED');

    const secret = await recoverSecret(method, info.rsaData, this.#rsa, this.#random);
    if (secret === 'busy') return plain('AUTH_BUSY');
    if (secret === null) return plain('AUTH_FAILED');
    const { suite, kid, rsaData, aesData } = info;
    const th1 = requestHash(nodeHashes, {
      header: frame.header,
      suite,
      kid,
      serverKey: method.serverKey,
      rsaData,
    });
    const s1 = firstSecret(nodeHashes, secret.k1);
    const opened = open(requestKey(nodeHashes, s1, th1), ZERO_NONCE, th1, aesData);
    if (opened === null) return plain('AUTH_FAILED');
    const request = { sequence, s1, thq: sealedRequestHash(nodeHashes, th1, aesData) };
    const { clientPublic, tokenHash } = secret;
    return { request, method, info, th1, plain: opened, clientPublic, tokenHash };
  }

  /** From the opened aesData on. Nothing waits before the insertion into the replay filter. */
  async #decide(proven: Proven): Promise<Acceptance | Refusal> {
    const { request, method, info } = proven;
    const sealed = (error: ErrorName): Refusal => ({ kind: 'sealed', error, request });
    const data = decodeRequest(proven.plain);
    if (data === null) return sealed('MALFORMED');
    const nowMs = this.#clock.now();
    if (Math.abs(numberOf(data.timestampMs) - nowMs) > CLOCK_TOLERANCE_MS) return sealed('CLOCK');
    const monotonicMs = this.#clock.monotonic();
    const added = this.#replay.add(replayKey(info.rsaData), monotonicMs + REPLAY_MS, monotonicMs);
    // As if aesData had not opened: who replays does not know K1, and learns nothing.
    if (added === 'present') return { kind: 'plain', error: 'AUTH_FAILED', sequence: request.sequence };
    if (added === 'full') return sealed('AUTH_BUSY');
    if (data.clientVersion < (this.#options.minVersion ?? 0)) return sealed('UPGRADE_REQUIRED');

    const identity =
      method.kind === 'resumption'
        ? identifyByTicket(data, method.opened, { isVoid: await this.#isVoid(method), nowMs })
        : await identifyByToken(data, {
            verify: (token) => this.#verifyToken(token, nowMs),
            kid: info.kid,
            th1: proven.th1,
            tokenHash: proven.tokenHash,
            nowMs,
          });
    if (typeof identity === 'string') return sealed(identity);
    const standing = (this.#options.generations ?? NO_GENERATIONS).check(identity.principal);
    if (standing !== 'current') return sealed(standing === 'banned' ? 'BANNED' : 'SESSION_REVOKED');
    return this.#accept(proven, identity) ?? sealed('MALFORMED');
  }

  async #verifyToken(token: string, nowMs: number): Promise<TokenClaims | TokenFault> {
    try {
      return await this.#options.sso.verify(token, nowMs);
    } catch (error) {
      // Not a fault of the token: the login is told to come back, and the gate lives on.
      this.#options.logger.error({ error }, 'the token could not be verified');
      return 'sso-away';
    }
  }

  /** Spent, out of room to remember what is spent, or of a key that was retired in an emergency. */
  async #isVoid({ opened }: Extract<Method, { kind: 'resumption' }>): Promise<boolean> {
    return this.#keys.isRetired(opened.ticket.originKid) || (await this.#spent.isSpent(opened.id));
  }

  /** @returns null where the client's point is not on the curve */
  #accept(proven: Proven, identity: Identity): Acceptance | null {
    const { limits, gateName, ticketPolicy } = this.#options;
    const { principal } = identity;
    const issuedMs = this.#clock.now();
    const { lifetimeMs, ticketOf } = ticketFor(this.#keys.tickets, identity, issuedMs, ticketPolicy);
    const welcome = {
      tenant: principal.tenant,
      gate: gateName,
      heartbeatMs: limits.heartbeatMs,
      serverTimeMs: issuedMs,
      ticketLifetimeSec: Math.floor(lifetimeMs / 1_000),
      limits,
    };
    const accepted = acceptance(proven.request, proven.clientPublic, welcome, ticketOf, this.#random);
    if (accepted === null) return null;
    const { method } = proven;
    const confirm = method.kind === 'resumption' ? () => this.#spend(method, () => channel.revoke()) : null;
    const channel = openServerChannel(accepted.secrets, confirm, this.#options.epochLimits ?? EPOCH_LIMITS);
    // The channel itself confirms with the first frame that opens, before anybody can act on it.
    return { kind: 'accepted', frame: accepted.frame, channel, principal, confirmed: () => {} };
  }

  /** Of two sessions that were opened with one ticket, the first that speaks wins. */
  #spend({ opened }: Extract<Method, { kind: 'resumption' }>, lost: () => void): boolean {
    return this.#spent.spend(opened.id, opened.ticket.expiresMs, lost);
  }
}

const openRsa = ({ rsa = 'worker', limits, logger }: AuthenticatorOptions): RsaOpener => {
  if (rsa === 'inline') return inlineRsa();
  return rsa === 'worker' ? rsaWorker(limits.rsaQueue, logger) : rsa;
};

/** Half of the hash: 128 bits are enough that no two requests meet by chance, and the filter takes half the memory. */
const replayKey = (rsaData: Uint8Array): string =>
  Buffer.from(nodeHashes.sha256(rsaData).subarray(0, 16)).toString('latin1');

const decodeRequest = (plain: Uint8Array): Readonly<bubble.wire.AesReqData> | null => {
  try {
    return bubble.wire.AesReqData.decode(plain);
  } catch (error) {
    if (error instanceof Error) return null; // protobufjs: the bytes are no such message.
    throw error;
  }
};

export const openAuthenticator = async (options: AuthenticatorOptions): Promise<Authenticator> => {
  assert.ok(options.keys.manifest().length > 0, 'the key ring has issued a manifest');
  return new HandshakeAuthenticator(options);
};
