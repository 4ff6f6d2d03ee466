/** What commands that talk to a server need: whom to trust, where it is, and tokens. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { type ClientFile, readTrust } from '../../clients/sdk/node/trust.ts';
import { systemClock } from '../../infra/clock/system-clock.ts';
import type { Config } from '../../infra/config/read-config.ts';
import { openOwnKeys } from '../../infra/identity/own-keys.ts';
import { BubbleError } from '../../schemas/errors.ts';
import { configFrom, type Options } from './config-flags.ts';
import { dataFolder } from './serve/data-folder.ts';

export interface ClientContext {
  readonly config: Config;
  /** Path of client.json. */
  readonly file: string;
  readonly server: ClientFile;
  tokenOf(user: string): Promise<string>;
}

const TOKEN_SECONDS = 24 * 3_600;

const tokensOf = (config: Config, folder: string, given: unknown): ((user: string) => Promise<string>) => {
  if (typeof given === 'string') return async () => given;
  let keys: ReturnType<typeof openOwnKeys> | null = null;
  return async (user) => {
    if (!existsSync(`${folder}/token-key`)) {
      throw new BubbleError(
        'CONFIG',
        `${folder} holds no token key: give a token of the server's issuer (--token)`,
      );
    }
    keys ??= openOwnKeys({
      folder,
      clock: systemClock,
      audience: config.settings['sso.audience'],
      production: config.settings.mode === 'production',
    });
    const { tenant } = config.settings;
    return (await keys).issue({ tenant, user, ttlSec: TOKEN_SECONDS });
  };
};

export const clientContext = (options: Options): ClientContext => {
  const config = configFrom(options);
  const given = options['server'];
  const file = typeof given === 'string' ? given : dataFolder(config.settings['data-folder']).clientFile;
  if (!existsSync(file)) {
    throw new BubbleError(
      'CONFIG',
      `${file} does not exist: start the server (bubble serve), or name its client.json (--server)`,
    );
  }
  return {
    config,
    file,
    server: readTrust(file),
    tokenOf: tokensOf(config, dirname(file), options['token']),
  };
};
