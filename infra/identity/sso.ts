/** Who issued a token and whether it holds: OIDC with a JWKS, a static key, or the embedded mode's own key. */

export interface TokenClaims {
  readonly tenant: string;
  readonly user: string;
  /** Seconds since 1970. */
  readonly expires: number;
  /** Raised by logout, ban, password change; 0 where the issuer has none. */
  readonly generation: number;
  /** The token is bound to a device key (`cnf`): P-256 point of 65 bytes; the login must be signed with it. */
  readonly deviceKey?: Uint8Array;
}

export type TokenFault =
  | 'malformed'
  | 'signature'
  | 'expired'
  | 'audience'
  | 'issuer'
  | 'claims'
  | 'sso-away';

export interface Sso {
  verify(token: string, nowMs: number): Promise<TokenClaims | TokenFault>;
  close(): Promise<void>;
}
