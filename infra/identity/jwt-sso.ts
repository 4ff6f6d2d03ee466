/** Tokens signed with one key that is known beforehand. */
import { type CryptoKey, importSPKI, type JWTVerifyOptions, jwtVerify } from 'jose';
import { BubbleError } from '../../schemas/errors.ts';
import { claimsOf, faultOf, type TokenRules } from './claims.ts';
import type { Sso, TokenClaims, TokenFault } from './sso.ts';

export type StaticKey =
  /** HS256; at least 32 bytes. */
  | { readonly kind: 'secret'; readonly secret: Uint8Array }
  /** SubjectPublicKeyInfo in PEM. */
  | { readonly kind: 'public'; readonly pem: string; readonly algorithm: SignatureAlgorithm };

export type SignatureAlgorithm = 'ES256' | 'ES384' | 'RS256' | 'PS256' | 'EdDSA';
export const SIGNATURE_ALGORITHMS: readonly SignatureAlgorithm[] = [
  'ES256',
  'ES384',
  'RS256',
  'PS256',
  'EdDSA',
];

const SECRET_BYTES_MIN = 32;

export const verifyOptions = (
  rules: TokenRules,
  algorithms: readonly string[],
  nowMs: number,
): JWTVerifyOptions => ({
  algorithms: [...algorithms],
  audience: rules.audience,
  ...(rules.issuer === undefined ? {} : { issuer: rules.issuer }),
  currentDate: new Date(nowMs),
  requiredClaims: ['sub', 'exp'],
});

/** @throws CONFIG where the key cannot be read or is too short */
export const jwtSso = async (options: TokenRules & { readonly key: StaticKey }): Promise<Sso> => {
  const { key } = options;
  const algorithm = key.kind === 'secret' ? 'HS256' : key.algorithm;
  const imported = await importStaticKey(key);
  return {
    verify: async (token, nowMs): Promise<TokenClaims | TokenFault> => {
      try {
        const { payload } = await jwtVerify(token, imported, verifyOptions(options, [algorithm], nowMs));
        return claimsOf(payload, options);
      } catch (error) {
        const fault = faultOf(error);
        if (fault === null) throw error;
        return fault;
      }
    },
    close: async () => {},
  };
};

const importStaticKey = async (key: StaticKey): Promise<CryptoKey> => {
  if (key.kind === 'secret') {
    if (key.secret.length < SECRET_BYTES_MIN) {
      throw new BubbleError('CONFIG', `a secret for HS256 needs at least ${SECRET_BYTES_MIN} bytes`);
    }
    // Imported once: left to the library, it is imported at each check, which doubles the check's cost.
    const hmac = { name: 'HMAC', hash: 'SHA-256' };
    return await crypto.subtle.importKey('raw', new Uint8Array(key.secret), hmac, false, ['verify']);
  }
  try {
    return await importSPKI(key.pem, key.algorithm);
  } catch (error) {
    throw new BubbleError('CONFIG', `the token key is no public key for ${key.algorithm}`, { cause: error });
  }
};
