/**
 * The embedded mode's own issuer: a secret made at first start signs tokens (HS256) that the same installation
 * verifies. Symmetric on purpose: nobody else verifies these tokens, and it costs a tenth of an ECDSA check. Refused
 * in production, where tokens come from an SSO.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { BubbleError } from '../../schemas/errors.ts';
import { isName, isTenant } from '../../schemas/ids.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { DEFAULT_TENANT_CLAIM } from './claims.ts';
import { jwtSso } from './jwt-sso.ts';
import { createPrivateFile, readPrivateFile } from './private-files.ts';
import type { Sso } from './sso.ts';

export interface TokenRequest {
  readonly tenant: string;
  readonly user: string;
  readonly ttlSec: number;
  /** Default: the audience these keys verify. */
  readonly audience?: string;
  readonly generation?: number;
}

export interface OwnKeys extends Sso {
  /** @throws CONFIG where tenant or user have not the demanded form */
  issue(request: TokenRequest): Promise<string>;
}

export const OWN_ISSUER = 'bubble';
export const DEFAULT_AUDIENCE = 'bubble';
const FILE = 'token-key';
const SECRET_BYTES = 32;

/**
 * @param folder of the key files; the key is made there if it is missing
 * @throws CONFIG in production, or where the file is damaged or readable by others
 */
export const openOwnKeys = async (options: {
  readonly folder: string;
  readonly clock: Clock;
  readonly audience?: string;
  readonly production?: boolean;
}): Promise<OwnKeys> => {
  if (options.production === true) {
    throw new BubbleError('CONFIG', 'production mode refuses its own signing key: configure an SSO');
  }
  const path = join(options.folder, FILE);
  const secret = await loadSecret(path);
  const audience = options.audience ?? DEFAULT_AUDIENCE;
  const sso = await jwtSso({ key: { kind: 'secret', secret }, audience, issuer: OWN_ISSUER });
  return {
    verify: sso.verify,
    close: sso.close,
    issue: async (request) => {
      if (!isTenant(request.tenant)) throw new BubbleError('CONFIG', `'${request.tenant}' is no tenant name`);
      if (!isName(request.user)) throw new BubbleError('CONFIG', `'${request.user}' is no user name`);
      const nowSec = Math.floor(options.clock.now() / 1_000);
      return new SignJWT({ [DEFAULT_TENANT_CLAIM]: request.tenant, gen: request.generation ?? 0 })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuer(OWN_ISSUER)
        .setSubject(request.user)
        .setAudience(request.audience ?? audience)
        .setIssuedAt(nowSec)
        .setExpirationTime(nowSec + request.ttlSec)
        .sign(secret);
    },
  };
};

const loadSecret = async (path: string): Promise<Uint8Array> => {
  const text =
    (await readPrivateFile(path)) ??
    (await createPrivateFile(path, Buffer.from(`${randomBytes(SECRET_BYTES).toString('base64url')}\n`)));
  const secret = Buffer.from(text.toString('ascii').trim(), 'base64url');
  if (secret.length !== SECRET_BYTES) throw new BubbleError('CONFIG', `${path} is damaged`);
  return secret;
};
