/**
 * The keys of gates in etcd: `<prefix>slots/<slot>`, JSON, bound to the lease of one process. Entries carry a random
 * instance, so that a process never removes or overwrites what another one has written there.
 *
 * Every question is bounded in time, with all its attempts, and its failure translated to STORE_AWAY, retryable.
 */
import { Etcd3, type IKeyValue, type Lease } from 'etcd3';
import { BubbleError } from '../../schemas/errors.ts';
import type { Clock, Timer } from '../../schemas/ports/clock.ts';
import type { Logger } from '../logger/logger.ts';
import { type Listed, parse } from './gate-entry.ts';

export interface GateKeysOptions {
  readonly endpoints: readonly string[];
  readonly prefix: string;
  readonly ttlSec: number;
  /** Of this process. */
  readonly instance: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly answerWithinMs: number;
}

/** What stands under a slot. */
export interface Found {
  /** Whether this process wrote it. */
  readonly isOurs: boolean;
  /** Of the gate that did. */
  readonly gate: string;
  readonly revision: string;
  /** Lease that it is bound to. */
  readonly lease: string;
}

export class GateKeys {
  readonly #options: GateKeysOptions;
  readonly #client: Etcd3;
  #lease: Lease | null = null;
  #isAway = false;

  constructor(options: GateKeysOptions) {
    const { endpoints, answerWithinMs } = options;
    this.#options = options;
    this.#client = new Etcd3({
      hosts: [...endpoints],
      dialTimeout: answerWithinMs,
      // Deadlines are wall-clock times of the library; the clock's `now` may be another one.
      defaultCallOptions: ({ isStream }) =>
        isStream ? {} : { deadline: new Date(Date.now() + answerWithinMs) },
      grpcOptions: { 'grpc.max_reconnect_backoff_ms': 1_000 },
    });
  }

  /** False: the last question was answered. */
  get isAway(): boolean {
    return this.#isAway;
  }

  get hasLease(): boolean {
    return this.#lease !== null;
  }

  get #slots(): string {
    return `${this.#options.prefix}slots/`;
  }

  #keyOf(slot: number): string {
    return `${this.#slots}${slot}`;
  }

  /**
   * Asks etcd, in as many steps as `ask` takes.
   * @param what for the message: 'etcd could not ...'
   * Rejects with STORE_AWAY, retryable; a BubbleError of `ask` comes through.
   */
  async asked<T>(what: string, ask: () => Promise<T>): Promise<T> {
    let timer: Timer | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = this.#options.clock.after(2 * this.#options.answerWithinMs, () =>
        reject(new Error('no answer in time')),
      );
    });
    try {
      const answer = await Promise.race([ask(), late]);
      this.#isAway = false;
      return answer;
    } catch (cause) {
      if (cause instanceof BubbleError) throw cause;
      this.#isAway = true;
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new BubbleError('STORE_AWAY', `etcd could not ${what}: ${message}`, { retryable: true, cause });
    } finally {
      timer?.cancel();
    }
  }

  /** A lease that etcd has just confirmed. */
  async alive(): Promise<Lease> {
    const deadline = new Date(Date.now() + this.#options.answerWithinMs);
    if (this.#lease !== null) {
      try {
        await this.#lease.keepaliveOnce({ deadline });
        return this.#lease;
      } catch (error) {
        // Revoked: etcd has said that it is over. Otherwise it may live still.
        if (!this.#lease.revoked()) throw error;
        this.#lease = null;
      }
    }
    const lease = this.#client.lease(this.#options.ttlSec, { autoKeepAlive: false });
    lease.on('lost', () => {});
    await lease.grant();
    this.#lease = lease;
    return lease;
  }

  /** By slot, rising. */
  async listed(): Promise<Listed[]> {
    const { kvs } = await this.#client.getAll().prefix(this.#slots).exec();
    const listed: Listed[] = [];
    for (const each of kvs) {
      const entry = parse(each);
      if (entry !== null) listed.push(entry);
    }
    return listed.sort((one, other) => one.slot - other.slot);
  }

  async find(slot: number): Promise<Found | null> {
    const { kvs } = await this.#client.get(this.#keyOf(slot)).exec();
    const [found] = kvs;
    return found === undefined ? null : this.#foundOf(found);
  }

  #foundOf(found: IKeyValue): Found {
    const entry = parse(found);
    return {
      isOurs: entry?.instance === this.#options.instance,
      gate: entry?.gate ?? '',
      revision: found.mod_revision,
      lease: found.lease,
    };
  }

  /** Writes whatever stands there. */
  async overwrite(own: Listed, lease: Lease): Promise<void> {
    await this.#client
      .put(this.#keyOf(own.slot))
      .value(JSON.stringify(own))
      .lease(await lease.grant());
  }

  /**
   * @param revision '0': where there is no key
   * @returns false where the key does not stand at that revision any more
   */
  async put(own: Listed, lease: Lease, revision: string): Promise<boolean> {
    const key = this.#keyOf(own.slot);
    const put = this.#client
      .put(key)
      .value(JSON.stringify(own))
      .lease(await lease.grant());
    const { succeeded } = await this.#client.if(key, 'Mod', '==', Number(revision)).then(put).commit();
    return succeeded;
  }

  /** Removes our entry, where it is ours still. */
  async remove(slot: number): Promise<void> {
    const found = await this.find(slot);
    if (found === null || !found.isOurs) return;
    const key = this.#keyOf(slot);
    await this.#client
      .if(key, 'Mod', '==', Number(found.revision))
      .then(this.#client.delete().key(key))
      .commit();
  }

  /**
   * Calls whenever etcd tells of a change; where its stream is broken it does not.
   * @returns how to end that
   */
  watch(changed: () => void): () => void {
    const watching = this.#client.watch().prefix(this.#slots).create();
    watching.then(
      (watcher) => watcher.on('data', changed).on('connected', changed),
      (error: unknown) => this.#options.logger.debug({ err: error }, 'etcd cannot be watched now'),
    );
    return () => void watching.then((watcher) => watcher.cancel()).catch(() => {});
  }

  /** Gives the lease back, and with it all entries; where etcd does not answer it ends by itself. */
  async close(): Promise<void> {
    const lease = this.#lease;
    if (lease !== null) await this.asked('give back the lease', () => lease.revoke()).catch(() => {});
    this.#client.close();
  }
}
