/**
 * Tokens of an OIDC issuer, verified against its published keys (JWKS).
 *
 * 1. A token whose unverified claims are already wrong (expired, audience, issuer) never causes a call to the SSO.
 * 2. Keys are cached; one fetch at a time, after a good one none for the cool-down and after a failed one none for a
 *    second, whatever tokens arrive.
 * 3. Where keys are needed and cannot be had, the answer is 'sso-away', never a verdict on the token.
 * 4. At most `callsMax` verifications wait for a fetch; beyond that 'sso-away' at once.
 */
import {
  createRemoteJWKSet,
  decodeJwt,
  type FlattenedJWSInput,
  type JWSHeaderParameters,
  jwtVerify,
} from 'jose';
import { claimsOf, faultOf, type TokenRules } from './claims.ts';
import { SIGNATURE_ALGORITHMS, verifyOptions } from './jwt-sso.ts';
import type { Sso, TokenClaims, TokenFault } from './sso.ts';

export interface OidcOptions extends TokenRules {
  readonly issuer: string;
  /** Default: found by discovery at `<issuer>/.well-known/openid-configuration`. */
  readonly jwksUri?: string;
  readonly timeoutMs?: number;
  readonly cacheMs?: number;
  readonly coolDownMs?: number;
  /** limits.ssoCalls */
  readonly callsMax?: number;
}

const DEFAULTS = { timeoutMs: 3_000, cacheMs: 10 * 60_000, coolDownMs: 5_000, callsMax: 256 } as const;
const PAUSE_AFTER_FAILURE_MS = 1_000;
const DISCOVERY_BYTES = 64 * 1024;

type RemoteKeys = ReturnType<typeof createRemoteJWKSet>;

/** The SSO could not be asked. */
class Away extends Error {}

class OidcSso implements Sso {
  readonly #options: OidcOptions;
  readonly #settings: { timeoutMs: number; cacheMs: number; coolDownMs: number; callsMax: number };
  readonly #closing = new AbortController();
  #keys: RemoteKeys | undefined;
  #discovery: Promise<RemoteKeys> | undefined;
  #waiting = 0;
  #failedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: OidcOptions) {
    this.#options = options;
    this.#settings = {
      timeoutMs: options.timeoutMs ?? DEFAULTS.timeoutMs,
      cacheMs: options.cacheMs ?? DEFAULTS.cacheMs,
      coolDownMs: options.coolDownMs ?? DEFAULTS.coolDownMs,
      callsMax: options.callsMax ?? DEFAULTS.callsMax,
    };
    if (options.jwksUri !== undefined) this.#keys = this.#remoteKeys(options.jwksUri);
  }

  async verify(token: string, nowMs: number): Promise<TokenClaims | TokenFault> {
    const early = this.#check(token, nowMs);
    if (early !== null) return early;
    const options = verifyOptions(this.#options, SIGNATURE_ALGORITHMS, nowMs);
    try {
      const { payload } = await jwtVerify(token, (header, jws) => this.#keyOf(nowMs, header, jws), options);
      return claimsOf(payload, this.#options);
    } catch (error) {
      if (error instanceof Away) return 'sso-away';
      const fault = faultOf(error);
      if (fault === null) throw error;
      return fault;
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
  }

  /** What can be refused without any key. */
  #check(token: string, nowMs: number): TokenFault | null {
    let payload: ReturnType<typeof decodeJwt>;
    try {
      payload = decodeJwt(token);
    } catch (error) {
      const fault = faultOf(error);
      if (fault === null) throw error;
      return fault;
    }
    const { exp, aud, iss } = payload;
    if (typeof exp !== 'number') return 'claims';
    if (exp * 1_000 <= nowMs) return 'expired';
    const audiences = Array.isArray(aud) ? aud : [aud];
    if (!audiences.includes(this.#options.audience)) return 'audience';
    return iss === this.#options.issuer ? null : 'issuer';
  }

  async #keyOf(nowMs: number, header: JWSHeaderParameters, jws: FlattenedJWSInput) {
    const known = this.#keys?.jwks()?.keys.some((key) => key.kid === header.kid) === true;
    if (known && this.#keys?.fresh === true) return this.#keys(header, jws);
    const sinceFailureMs = nowMs - this.#failedAtMs;
    if (sinceFailureMs >= 0 && sinceFailureMs < PAUSE_AFTER_FAILURE_MS) throw new Away('the SSO was away');
    if (this.#waiting >= this.#settings.callsMax) throw new Away('too many logins wait for the SSO');
    this.#waiting += 1;
    try {
      this.#keys ??= await this.#discovered();
      return await this.#keys(header, jws);
    } catch (error) {
      if (faultOf(error) !== null) throw error;
      this.#failedAtMs = nowMs;
      throw error instanceof Away
        ? error
        : new Away('the keys of the SSO cannot be fetched', { cause: error });
    } finally {
      this.#waiting -= 1;
    }
  }

  #remoteKeys(uri: string): RemoteKeys {
    return createRemoteJWKSet(new URL(uri), {
      timeoutDuration: this.#settings.timeoutMs,
      cacheMaxAge: this.#settings.cacheMs,
      cooldownDuration: this.#settings.coolDownMs,
    });
  }

  /** One discovery at a time; a failed one is tried again by the next login. */
  #discovered(): Promise<RemoteKeys> {
    this.#discovery ??= this.#discover().finally(() => {
      this.#discovery = undefined;
    });
    return this.#discovery;
  }

  async #discover(): Promise<RemoteKeys> {
    const { issuer } = this.#options;
    const base = issuer.endsWith('/') ? issuer.slice(0, -1) : issuer;
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(this.#settings.timeoutMs)]);
    try {
      const answer = await fetch(`${base}/.well-known/openid-configuration`, { signal, redirect: 'error' });
      const text = await answer.text();
      if (!answer.ok || text.length > DISCOVERY_BYTES) throw new Away(`discovery answered ${answer.status}`);
      const found: { issuer?: unknown; jwks_uri?: unknown } | null = JSON.parse(text);
      if (found?.issuer !== issuer) throw new Away(`discovery of ${issuer} names another issuer`);
      return this.#remoteKeys(String(found.jwks_uri));
    } catch (error) {
      if (error instanceof Away) throw error;
      throw new Away('discovery failed', { cause: error });
    }
  }
}

export const oidcSso = (options: OidcOptions): Sso => new OidcSso(options);
