/** From a verified token to what the system uses of it, and from jose's errors to the faults of `Sso`. */
import { errors, type JWTPayload } from 'jose';
import { isName, isTenant } from '../../schemas/ids.ts';
import type { TokenClaims, TokenFault } from './sso.ts';

export interface TokenRules {
  /** The token's `aud` must hold it. */
  readonly audience: string;
  /** The token's `iss`, where it is checked. */
  readonly issuer?: string;
  /** Name of the claim that holds the tenant. */
  readonly tenantClaim?: string;
}

export const DEFAULT_TENANT_CLAIM = 'tenant';
const COORDINATE_BYTES = 32;

export const claimsOf = (payload: JWTPayload, rules: TokenRules): TokenClaims | TokenFault => {
  const tenant = payload[rules.tenantClaim ?? DEFAULT_TENANT_CLAIM];
  const { sub: user, exp: expires, gen: generation = 0 } = payload;
  if (typeof tenant !== 'string' || !isTenant(tenant)) return 'claims';
  if (user === undefined || !isName(user) || expires === undefined) return 'claims';
  if (typeof generation !== 'number' || !Number.isSafeInteger(generation) || generation < 0) return 'claims';
  const bare = { tenant, user, expires, generation };
  if (payload['cnf'] === undefined) return bare;
  const deviceKey = deviceKeyOf(payload['cnf']);
  return deviceKey === null ? 'claims' : { ...bare, deviceKey };
};

/** RFC 7800 with an EC key: {jwk: {kty: 'EC', crv: 'P-256', x, y}}. */
const deviceKeyOf = (confirmation: unknown): Uint8Array | null => {
  if (typeof confirmation !== 'object' || confirmation === null || !('jwk' in confirmation)) return null;
  const { jwk } = confirmation;
  if (typeof jwk !== 'object' || jwk === null || !('x' in jwk) || !('y' in jwk) || !('crv' in jwk))
    return null;
  if (jwk.crv !== 'P-256' || typeof jwk.x !== 'string' || typeof jwk.y !== 'string') return null;
  const x = Buffer.from(jwk.x, 'base64url');
  const y = Buffer.from(jwk.y, 'base64url');
  if (x.length !== COORDINATE_BYTES || y.length !== COORDINATE_BYTES) return null;
  return Buffer.concat([Buffer.of(4), x, y]);
};

/** @returns null where the error says nothing about the token */
export const faultOf = (error: unknown): TokenFault | null => {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'aud') return 'audience';
    return error.claim === 'iss' ? 'issuer' : 'claims';
  }
  if (
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys
  ) {
    return 'signature';
  }
  if (
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JOSENotSupported
  ) {
    return 'malformed';
  }
  return null;
};
