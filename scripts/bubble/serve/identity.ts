/** Who issues tokens, and the keys of the secure channel, as the settings say. */
import { readFileSync } from 'node:fs';
import { openKeyFiles } from '../../../gateways/auth/key-files.ts';
import type { KeyRing } from '../../../gateways/auth/key-ring.ts';
import type { Config } from '../../../infra/config/read-config.ts';
import { jwtSso, type SignatureAlgorithm } from '../../../infra/identity/jwt-sso.ts';
import { oidcSso } from '../../../infra/identity/oidc-sso.ts';
import { type OwnKeys, openOwnKeys } from '../../../infra/identity/own-keys.ts';
import type { Sso } from '../../../infra/identity/sso.ts';
import type { Logger } from '../../../infra/logger/logger.ts';
import { BubbleError } from '../../../schemas/errors.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import { keysFolderOf } from './settings-of.ts';

export const ownKeysOf = (config: Config, clock: Clock): Promise<OwnKeys> =>
  openOwnKeys({
    folder: keysFolderOf(config.settings),
    clock,
    audience: config.settings['sso.audience'],
    production: config.settings.mode === 'production',
  });

const readKey = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new BubbleError('CONFIG', `sso.key-file: cannot read ${path}`, { cause });
  }
};

export const ssoOf = async (config: Config, clock: Clock): Promise<Sso> => {
  const { settings, limits } = config;
  if (settings['sso.kind'] === 'own') return ownKeysOf(config, clock);
  const issuer = settings['sso.issuer'];
  const rules = { audience: settings['sso.audience'], tenantClaim: settings['sso.tenant-claim'] };
  if (settings['sso.kind'] === 'static') {
    const algorithm: SignatureAlgorithm = settings['sso.algorithm'];
    return jwtSso({
      ...rules,
      ...(issuer === undefined ? {} : { issuer }),
      key: { kind: 'public', pem: readKey(settings['sso.key-file']!), algorithm },
    });
  }
  const jwksUri = settings['sso.jwks-url'];
  return oidcSso({
    ...rules,
    issuer: issuer!,
    callsMax: limits.ssoCalls,
    ...(jwksUri === undefined ? {} : { jwksUri }),
  });
};

export const channelKeysOf = (config: Config, clock: Clock, logger: Logger): Promise<KeyRing> =>
  openKeyFiles({
    folder: keysFolderOf(config.settings),
    deployment: config.settings.deployment,
    clock,
    logger,
    create: config.settings.mode !== 'production',
  });
