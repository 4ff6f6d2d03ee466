/**
 * RSA-OAEP at the server, in a worker thread of its own: never in libuv's shared pool, where 64 waiting RSA jobs
 * raise a write with fdatasync from 0.3 to 237 ms. At most `limit` wait; beyond that 'busy', before any work.
 */
import { constants, createPrivateKey, privateDecrypt } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { Logger } from '../../infra/logger/logger.ts';
import { RSA_LABEL } from '../../schemas/channel/key-schedule.ts';
import type { RsaKey } from './server-keys.ts';

export interface RsaOpener {
  /** True: the next `decrypt` would be 'busy'. */
  readonly isFull: boolean;
  /** @returns the plain bytes; null where the data does not open; 'busy' where the queue is full or the worker died */
  decrypt(kid: number, data: Uint8Array): Promise<Uint8Array | null | 'busy'>;
  /** All keys that may be asked for from now on. */
  setKeys(keys: readonly RsaKey[]): void;
  close(): Promise<void>;
}

/** In the caller's thread, for simulations. */
export const inlineRsa = (): RsaOpener => {
  let byKid = new Map<number, RsaKey>();
  return {
    isFull: false,
    decrypt: async (kid, data) => {
      const found = byKid.get(kid);
      if (found === undefined) return null;
      const key = createPrivateKey({ key: Buffer.from(found.pkcs8), format: 'der', type: 'pkcs8' });
      const padding = constants.RSA_PKCS1_OAEP_PADDING;
      try {
        return privateDecrypt({ key, padding, oaepHash: 'sha256', oaepLabel: Buffer.from(RSA_LABEL) }, data);
      } catch {
        return null; // Every failure is one and the same to the caller: no oracle.
      }
    },
    setKeys: (keys) => {
      byKid = new Map(keys.map((key) => [key.kid, key]));
    },
    close: async () => {},
  };
};

type Waiting = (plain: Uint8Array | null | 'busy') => void;

class RsaWorker implements RsaOpener {
  readonly #limit: number;
  readonly #logger: Logger;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #keys: readonly RsaKey[] = [];
  #nextId = 0;
  #closed = false;

  constructor(limit: number, logger: Logger) {
    this.#limit = limit;
    this.#logger = logger;
  }

  get isFull(): boolean {
    return this.#waiting.size >= this.#limit;
  }

  decrypt(kid: number, data: Uint8Array): Promise<Uint8Array | null | 'busy'> {
    if (this.isFull || this.#closed) return Promise.resolve('busy');
    const worker = this.#running();
    const id = this.#nextId++;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      worker.ref(); // Only work that waits keeps the process alive.
      worker.postMessage({ id, kid, data: Uint8Array.from(data) });
    });
  }

  setKeys(keys: readonly RsaKey[]): void {
    this.#keys = keys;
    this.#worker?.postMessage(keysMessage(keys));
  }

  async close(): Promise<void> {
    this.#closed = true;
    const worker = this.#worker;
    this.#worker = undefined;
    this.#giveUp();
    await worker?.terminate();
  }

  #running(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(new URL('./rsa-worker.mjs', import.meta.url), {
      workerData: { label: RSA_LABEL },
      execArgv: [], // Nothing to load for plain JavaScript.
    });
    worker.on('message', (answer: { id: number; plain: Uint8Array | null }) => {
      this.#waiting.get(answer.id)?.(answer.plain);
      this.#waiting.delete(answer.id);
      if (this.#waiting.size === 0) worker.unref();
    });
    worker.on('error', (error) => this.#died(worker, error));
    worker.on('exit', () => this.#died(worker, undefined));
    worker.postMessage(keysMessage(this.#keys));
    worker.unref();
    this.#worker = worker;
    return worker;
  }

  /** The next login starts another one. */
  #died(worker: Worker, error: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#logger.error({ error }, 'the RSA thread has ended; the next login starts another one');
    this.#giveUp();
  }

  #giveUp(): void {
    for (const resolve of this.#waiting.values()) resolve('busy');
    this.#waiting.clear();
  }
}

const keysMessage = (keys: readonly RsaKey[]) => ({
  keys: keys.map(({ kid, pkcs8 }) => ({ kid, pkcs8 })),
});

export const rsaWorker = (limit: number, logger: Logger): RsaOpener => new RsaWorker(limit, logger);
