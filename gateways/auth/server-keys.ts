/** The keys a gate answers handshakes with. `key-ring.ts` makes and rotates them. */
import type { ECDH } from 'node:crypto';
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
  /**
   * Looks whether another gate has stored something newer, at most once a second; to be called for an id that is not
   * known here. Never rejects. @returns true: something new was adopted
   */
  refresh(): Promise<boolean>;
  close(): Promise<void>;
}
