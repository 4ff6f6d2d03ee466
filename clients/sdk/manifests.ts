/** The deployment's manifest as this client knows it; shared by all sessions of a process. */
import type { CryptoPort } from '../../schemas/channel/crypto-port.ts';
import {
  type Manifest,
  type ManifestFault,
  type TrustAnchors,
  verifyManifest,
} from '../../schemas/channel/manifest.ts';

export type { Manifest, ManifestFault, TrustAnchors };

export class Manifests {
  readonly #crypto: CryptoPort;
  readonly #trust: TrustAnchors;
  #serial: number;
  #current: Manifest | null = null;

  /** @param serial the highest serial seen before, also before a restart */
  constructor(crypto: CryptoPort, trust: TrustAnchors, serial = 0) {
    this.#crypto = crypto;
    this.#trust = trust;
    this.#serial = serial;
  }

  /** The highest serial seen. */
  get serial(): number {
    return this.#serial;
  }

  /** A manifest that need not be fetched, or null. */
  current(nowMs: number): Manifest | null {
    return this.#current !== null && nowMs < this.#current.expiresAtMs ? this.#current : null;
  }

  /** Fetch it anew at the next connection. */
  forget(): void {
    this.#current = null;
  }

  raiseSerial(serial: number): void {
    if (serial > this.#serial) this.#serial = serial;
  }

  /** Verifies the body of op 1. */
  async accept(body: Uint8Array, nowMs: number): Promise<Manifest | ManifestFault> {
    const manifest = await verifyManifest(this.#crypto, body, this.#trust, nowMs, this.#serial);
    if (typeof manifest === 'string') return manifest;
    this.raiseSerial(manifest.serial);
    this.#current = manifest;
    return manifest;
  }
}
