/** Keys in files of mode 0600: made at first start in embedded mode, demanded in production. */
import { join } from 'node:path';
import { readPrivateFile, writePrivateFile } from '../../infra/identity/private-files.ts';
import { type KeyRing, type KeyRingOptions, openKeyRing } from './key-ring.ts';
import type { KeyStore } from './server-keys.ts';

export const fileKeyStore = (folder: string): KeyStore => {
  const pathOf = (name: string): string => join(folder, `${name}.json`);
  return {
    load: (name) => readPrivateFile(pathOf(name)),
    save: (name, bytes) => writePrivateFile(pathOf(name), bytes),
  };
};

/**
 * @param folder of `channel-keys.json` (root, RSA and static keys) and `ticket-keys.json`
 * @param create false in production: the keys must have been put there
 * @throws CONFIG, FOLDER_NOT_WRITABLE
 */
export const openKeyFiles = (
  options: Omit<KeyRingOptions, 'store'> & { readonly folder: string },
): Promise<KeyRing> => openKeyRing({ ...options, store: fileKeyStore(options.folder) });
