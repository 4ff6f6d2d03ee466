/** The keys a gate answers handshakes with. `key-ring.ts` makes and rotates them; where they are kept is a port. */
import type { ECDH } from 'node:crypto';
import { BubbleError } from '../../schemas/errors.ts';
import type { TicketKeys } from './ticket-keys.ts';

export interface RsaKey {
  readonly kid: number;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array;
  /** PKCS #8, DER. */
  readonly pkcs8: Uint8Array;
}

export interface PointKey {
  readonly kid: number;
  /** 65 bytes. */
  readonly point: Uint8Array;
  readonly pair: ECDH;
}

export interface ServerKeys {
  readonly deployment: string;
  /** What clients pin: current and next, points of 65 bytes. */
  readonly rootKeys: readonly [Uint8Array, Uint8Array];
  readonly tickets: TicketKeys;
  /** Body of op 1. */
  manifest(): Uint8Array;
  pointKey(kid: number): PointKey | undefined;
  rsaKey(kid: number): RsaKey | undefined;
  rsaKeys(): readonly RsaKey[];
  /** Retired in an emergency: its tickets, and those renewed from them, are void. */
  isRetired(kid: number): boolean;
  /** Calls back whenever the set of keys has changed. */
  onChange(listener: () => void): void;
  close(): Promise<void>;
}

/** Where keys are kept: files in embedded mode, a secret store later. */
export interface KeyStore {
  /** Null where nothing was ever saved under the name. */
  load(name: string): Promise<Uint8Array | null>;
  /** Durable once resolved. */
  save(name: string, bytes: Uint8Array): Promise<void>;
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
    save: async (name, bytes) => {
      held.set(name, Uint8Array.from(bytes));
    },
  };
};
