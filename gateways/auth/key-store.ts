/** The port through which the keys of a deployment are stored, and the form of what is. */
import { BubbleError } from '../../schemas/errors.ts';

/** Where the keys of a deployment are kept, for all of its gates: a folder, or a secret store. */
export interface KeyStore {
  /** Null where nothing was ever stored under the name. */
  load(name: string): Promise<Uint8Array | null>;
  /**
   * Replaces what is stored under the name by what `change` makes of it; null: it stays. Changes are made one after
   * the other among all processes, so `change` always sees the newest. Durable once resolved.
   * @returns what is stored now
   * @throws BubbleError FOLDER_NOT_WRITABLE: this process may only read; TIMEOUT, LEASE_LOST, DISK_FULL (retryable):
   *   nothing was changed
   */
  update(name: string, change: (stored: Uint8Array | null) => Uint8Array | null): Promise<Uint8Array | null>;
}

/** @throws CONFIG where the bytes are no JSON object */
export const parseStored = (name: string, bytes: Uint8Array): Readonly<Record<string, unknown>> => {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    throw new BubbleError('CONFIG', `the stored ${name} are damaged`, { cause: error });
  }
  if (typeof value !== 'object' || value === null) {
    throw new BubbleError('CONFIG', `the stored ${name} are damaged`);
  }
  return { ...value };
};

/** For simulations and tests: keys that live as long as the object. */
export const memoryKeyStore = (): KeyStore => {
  const held = new Map<string, Uint8Array>();
  return {
    load: async (name) => held.get(name) ?? null,
    update: async (name, change) => {
      const changed = change(held.get(name) ?? null);
      if (changed !== null) held.set(name, Uint8Array.from(changed));
      return held.get(name) ?? null;
    },
  };
};
