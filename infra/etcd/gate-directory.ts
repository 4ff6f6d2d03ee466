/**
 * The gates that are there, and which slots are free, in etcd. It suggests and lists; it decides nothing: a slot
 * belongs to whoever has claimed it in the log. So an etcd that is away takes no slot from anybody. Gates go on, and
 * are listed again when it is back.
 *
 * Keys: `<prefix>slots/<slot>`, JSON, bound to the lease of one process. A process has one slot at most, and its
 * entries carry a random instance, so that it never removes or overwrites what another one has written there:
 * 1. A reservation (`suggestSlot`) creates a key where there is none.
 * 2. The first announcement of a slot overwrites: the log has just given it to us, whoever is listed.
 * 3. Everything repeated (a new lease, a new load) is written only where the key is ours or gone. A gate that has
 *    slept through the loss of its slot does not push the new holder off the list.
 */
import { Etcd3, type Lease } from 'etcd3';
import { BubbleError } from '../../schemas/errors.ts';
import type { Clock, Timer } from '../../schemas/ports/clock.ts';
import type { Random } from '../../schemas/ports/random.ts';
import type { Logger } from '../logger/logger.ts';
import { type GateEntry, type Listed, parse } from './gate-entry.ts';
import { whenever } from './whenever.ts';

export interface GateDirectoryOptions {
  /** http://host:port of each member of the cluster. */
  readonly endpoints: readonly string[];
  /** Of all keys; ends with '/'. */
  readonly prefix: string;
  /** A gate that says nothing for so long is no longer listed, and its slot counts as free. At least 2. */
  readonly ttlSec: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** No call takes longer. Default 2,000. */
  readonly answerWithinMs?: number;
}

/** Highest slot that is suggested. */
const MAX_SLOT = 65_535;
const RESERVE_ATTEMPTS = 10;

export class GateDirectory {
  readonly #options: GateDirectoryOptions;
  readonly #client: Etcd3;
  readonly #instance: string;
  readonly #answerWithinMs: number;
  readonly #watchers = new Set<() => void>();
  #lease: Lease | null = null;
  /** What is to stand in etcd for us. */
  #own: Listed | null = null;
  #isWritten = false;
  /** Rises with every wish of the caller: what was begun for an earlier one changes nothing of ours any more. */
  #wish = 0;
  #isAway = false;
  #timer: Timer | null = null;
  #refreshing: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: GateDirectoryOptions) {
    this.#options = options;
    this.#answerWithinMs = options.answerWithinMs ?? 2_000;
    this.#instance = Buffer.from(options.random.bytes(12)).toString('hex');
    this.#client = new Etcd3({
      hosts: [...options.endpoints],
      dialTimeout: this.#answerWithinMs,
      // Deadlines are wall-clock times of the library; the clock's `now` may be another one.
      defaultCallOptions: ({ isStream }) =>
        isStream ? {} : { deadline: new Date(Date.now() + this.#answerWithinMs) },
      grpcOptions: { 'grpc.max_reconnect_backoff_ms': 1_000 },
    });
    this.#schedule();
  }

  /** False: the last attempt to reach etcd failed. */
  get isAway(): boolean {
    return this.#isAway;
  }

  /**
   * The lowest slot that nobody has and that is not to be avoided, reserved for this process; what it had before is
   * given back. Rejects with STORE_AWAY, retryable, where etcd does not answer.
   */
  async suggestSlot(gate: string, avoid: ReadonlySet<number> = new Set()): Promise<number> {
    this.#wish += 1;
    const wish = this.#wish;
    return this.#asked('suggest a slot', async () => {
      await this.#withdraw();
      const lease = await this.#alive();
      for (let attempt = 0; attempt < RESERVE_ATTEMPTS; attempt += 1) {
        const taken = new Set((await this.#listed()).map(({ slot }) => slot));
        let slot = 0;
        while (taken.has(slot) || avoid.has(slot)) slot += 1;
        if (slot > MAX_SLOT) break;
        const listed = { slot, gate, tcp: null, websocket: null, load: 0 };
        const own: Listed = { ...listed, instance: this.#instance, isReserved: true };
        // Another gate may have taken it since it was listed: then there is a revision.
        if (!(await this.#put(own, lease, '0'))) continue;
        // What was just written is tidied away.
        if (wish !== this.#wish) throw new Error('something else was asked meanwhile');
        this.#own = own;
        this.#isWritten = true;
        return slot;
      }
      throw new BubbleError('STORE_AWAY', 'etcd has no free slot to suggest', { retryable: true });
    });
  }

  /**
   * Lists this gate under a slot that it has claimed in the log, until `announce` is called for another slot, or
   * `close`. Does not reject: where etcd is away it is written when it is back.
   */
  async announce(entry: GateEntry): Promise<void> {
    this.#wish += 1;
    const isNew = this.#own === null || this.#own.isReserved || this.#own.slot !== entry.slot;
    // An entry of ours under another slot goes with the next refresh.
    this.#own = { ...entry, instance: this.#instance, isReserved: false };
    this.#isWritten = false;
    try {
      await this.#asked('announce a gate', async () => {
        if (isNew) await this.#overwrite(await this.#alive());
        else await this.#repeat(await this.#alive());
      });
    } catch (error) {
      // The next refresh writes it.
      this.#options.logger.warn({ err: error, slot: entry.slot }, 'the gate could not be listed');
    }
  }

  /** The gates that have announced themselves, by slot. Rejects with STORE_AWAY, retryable. */
  async list(): Promise<GateEntry[]> {
    const listed = await this.#asked('list gates', () => this.#listed());
    return listed
      .filter(({ isReserved }) => !isReserved)
      .map(({ slot, gate, tcp, websocket, load }) => ({ slot, gate, tcp, websocket, load }));
  }

  /**
   * Calls with the list now and whenever it has changed. While etcd is away the last list stands.
   * @returns how to end that
   */
  watch(changed: (gates: readonly GateEntry[]) => void): () => void {
    const look = whenever(changed, () => this.list(), this.#options.logger);
    this.#watchers.add(look);
    // What etcd tells at once; where its stream is broken the refresh looks anyway.
    const watching = this.#client.watch().prefix(this.#slots).create();
    watching.then(
      (watcher) => watcher.on('data', look).on('connected', look),
      (error: unknown) => this.#options.logger.debug({ err: error }, 'etcd cannot be watched now'),
    );
    look();
    return () => {
      this.#watchers.delete(look);
      look.end();
      void watching.then((watcher) => watcher.cancel()).catch(() => {});
    };
  }

  /** Takes this gate off the list, where etcd answers; otherwise its lease ends by itself. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#refreshing;
    this.#watchers.clear();
    const lease = this.#lease;
    if (lease !== null) {
      await this.#asked('give back the lease', () => lease.revoke()).catch(() => {});
    }
    this.#client.close();
  }

  get #slots(): string {
    return `${this.#options.prefix}slots/`;
  }

  #keyOf(slot: number): string {
    return `${this.#slots}${slot}`;
  }

  #schedule(): void {
    if (this.#closed) return;
    this.#timer = this.#options.clock.after((this.#options.ttlSec * 1_000) / 3, () => {
      this.#refreshing = this.#refresh().finally(() => this.#schedule());
    });
  }

  /** Keeps the lease, or takes a new one, and sees to it that what is ours stands there. */
  async #refresh(): Promise<void> {
    for (const look of this.#watchers) look();
    if (this.#own === null && this.#lease === null) return;
    try {
      await this.#asked('keep the lease', async () => {
        await this.#repeat(await this.#alive());
        await this.#tidy();
      });
    } catch (error) {
      this.#options.logger.debug({ err: error }, 'etcd is away; the slot stays');
    }
  }

  /** A lease that etcd has just confirmed. */
  async #alive(): Promise<Lease> {
    const deadline = new Date(Date.now() + this.#answerWithinMs);
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

  async #overwrite(lease: Lease): Promise<void> {
    const own = this.#own!;
    await this.#client
      .put(this.#keyOf(own.slot))
      .value(JSON.stringify(own))
      .lease(await lease.grant());
    this.#isWritten = true;
  }

  /** Writes our entry where the key is gone, or ours and not as it should be. */
  async #repeat(lease: Lease): Promise<void> {
    const own = this.#own;
    if (own === null) return;
    const { kvs } = await this.#client.get(this.#keyOf(own.slot)).exec();
    const found = kvs[0];
    const listed = found === undefined ? null : parse(found);
    if (found !== undefined && listed?.instance !== this.#instance) {
      const { slot } = own;
      this.#options.logger.warn({ slot, holder: listed?.gate }, 'another gate is listed under this slot');
      return;
    }
    const isBound = found !== undefined && found.lease === (await lease.grant());
    if (this.#isWritten && isBound) return;
    if (await this.#put(own, lease, found?.mod_revision ?? '0')) this.#isWritten = this.#own === own;
  }

  /** @returns false where the key does not stand at that revision any more */
  async #put(own: Listed, lease: Lease, revision: string): Promise<boolean> {
    const key = this.#keyOf(own.slot);
    const put = this.#client
      .put(key)
      .value(JSON.stringify(own))
      .lease(await lease.grant());
    const { succeeded } = await this.#client.if(key, 'Mod', '==', Number(revision)).then(put).commit();
    return succeeded;
  }

  /** Removes entries of ours that are meant no more: an answer came too late, or the slot is another one now. */
  async #tidy(): Promise<void> {
    for (const { slot, instance } of await this.#listed()) {
      if (instance === this.#instance && slot !== this.#own?.slot) await this.#remove(slot);
    }
  }

  async #withdraw(): Promise<void> {
    const own = this.#own;
    this.#own = null;
    this.#isWritten = false;
    if (own !== null) await this.#remove(own.slot);
  }

  /** Removes our entry, where it is ours still. */
  async #remove(slot: number): Promise<void> {
    const key = this.#keyOf(slot);
    const { kvs } = await this.#client.get(key).exec();
    const found = kvs[0];
    if (found === undefined || parse(found)?.instance !== this.#instance) return;
    await this.#client
      .if(key, 'Mod', '==', Number(found.mod_revision))
      .then(this.#client.delete().key(key))
      .commit();
  }

  async #listed(): Promise<Listed[]> {
    const { kvs } = await this.#client.getAll().prefix(this.#slots).exec();
    const listed: Listed[] = [];
    for (const each of kvs) {
      const entry = parse(each);
      if (entry !== null) listed.push(entry);
    }
    return listed.sort((one, other) => one.slot - other.slot);
  }

  /** One question to etcd, bounded in time with all its attempts, its failure translated. */
  async #asked<T>(what: string, ask: () => Promise<T>): Promise<T> {
    let timer: Timer | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = this.#options.clock.after(2 * this.#answerWithinMs, () =>
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
}

/** Connects when it is first needed: an etcd that is away is no reason not to start. */
export const openGateDirectory = (options: GateDirectoryOptions): GateDirectory => new GateDirectory(options);
