/** `bubble token`: a token of the embedded mode's own issuer, for trials. */
import { systemClock } from '../../infra/clock/system-clock.ts';
import type { Config } from '../../infra/config/read-config.ts';
import { BubbleError } from '../../schemas/errors.ts';
import { configFrom, type Options } from './config-flags.ts';
import { ownKeysOf } from './serve/identity.ts';
import { EXIT, print, printJson } from './terminal.ts';

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
const MAX_SECONDS = 366 * 86_400;

export const secondsOf = (text: string): number => {
  const match = /^(\d+)([smhd])$/.exec(text);
  const seconds = match === null ? 0 : Number(match[1]) * UNIT_SECONDS[match[2]!]!;
  if (seconds < 1 || seconds > MAX_SECONDS) {
    throw new BubbleError('CONFIG', `--expires ${text}: write a number with s, m, h or d, at most 366d`);
  }
  return seconds;
};

/** @throws BubbleError CONFIG in production, and where another issuer is configured */
export const issuerOf = async (
  config: Config,
): Promise<(user: string, tenant: string, ttlSec: number) => Promise<string>> => {
  if (config.settings.mode === 'development' && config.settings['sso.kind'] !== 'own') {
    throw new BubbleError(
      'CONFIG',
      `tokens come from the configured sso (${config.settings['sso.kind']}), not from bubble`,
    );
  }
  const keys = await ownKeysOf(config, systemClock);
  return (user, tenant, ttlSec) => keys.issue({ user, tenant, ttlSec });
};

export const token = async (user: string, options: Options): Promise<number> => {
  const config = configFrom(options);
  const ttlSec = secondsOf(String(options['expires']));
  const tenant = String(options['tenant'] ?? config.settings.tenant);
  const issue = await issuerOf(config);
  const issued = await issue(user, tenant, ttlSec);
  if (options['json'] === true) {
    const expires = new Date(systemClock.now() + ttlSec * 1_000).toISOString();
    printJson({ token: issued, tenant, user, expires });
  } else print(issued);
  return EXIT.OK;
};
