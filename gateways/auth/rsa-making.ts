import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { KeyPairBytes } from './key-state.ts';

const RSA_BITS = 3072;
const generate = promisify(generateKeyPair);

/** Makes an RSA-3072 key without blocking. */
export type MakeRsa = () => Promise<KeyPairBytes>;

export const makeRsa: MakeRsa = async () => {
  const { publicKey, privateKey } = await generate('rsa', { modulusLength: RSA_BITS });
  return {
    published: publicKey.export({ format: 'der', type: 'spki' }),
    secret: privateKey.export({ format: 'der', type: 'pkcs8' }),
  };
};
