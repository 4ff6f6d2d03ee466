/**
 * The gates that are there, and which slots are free, in etcd. It suggests and lists; it decides nothing: a slot
 * belongs to whoever has claimed it in the log. So an etcd that is away takes no slot from anybody. Gates go on, and
 * are listed again when it is back.
 *
 * A process has one slot at most, and never removes or overwrites what another one has written (gate-keys.ts):
 * 1. A reservation (`suggestSlot`) creates a key where there is none.
 * 2. The first announcement of a slot overwrites: the log has just given it to us, whoever is listed.
 * 3. Everything repeated (a new lease, a new load) is written only where the key is ours or gone. A gate that has
 *    slept through the loss of its slot does not push the new holder off the list.
 */
import type { Lease } from 'etcd3';
import { BubbleError } from '../../schemas/errors.ts';
import type { Clock, Timer } from '../../schemas/ports/clock.ts';
import type { Random } from '../../schemas/ports/random.ts';
import type { Logger } from '../logger/logger.ts';
import type { GateEntry, Listed } from './gate-entry.ts';
import { GateKeys } from './gate-keys.ts';
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

const DEFAULT_ANSWER_MS = 2_000;
/** Highest slot that is suggested. */
const MAX_SLOT = 65_535;
const RESERVE_ATTEMPTS = 10;

export class GateDirectory {
  readonly #options: GateDirectoryOptions;
  readonly #keys: GateKeys;
  readonly #instance: string;
  readonly #watchers = new Set<() => void>();
  /** What is to stand in etcd for us. */
  #own: Listed | null = null;
  #isWritten = false;
  /** Rises with every wish of the caller: what was begun for an earlier one changes nothing of ours any more. */
  #wish = 0;
  #timer: Timer | null = null;
  #refreshing: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: GateDirectoryOptions) {
    this.#options = options;
    this.#instance = Buffer.from(options.random.bytes(12)).toString('hex');
    const { answerWithinMs = DEFAULT_ANSWER_MS } = options;
    this.#keys = new GateKeys({ ...options, instance: this.#instance, answerWithinMs });
    this.#schedule();
  }

  /** False: the last attempt to reach etcd failed. */
  get isAway(): boolean {
    return this.#keys.isAway;
  }

  /**
   * The lowest slot that nobody has and that is not to be avoided, reserved for this process; what it had before is
   * given back. Rejects with STORE_AWAY, retryable, where etcd does not answer.
   */
  async suggestSlot(gate: string, avoid: ReadonlySet<number> = new Set()): Promise<number> {
    this.#wish += 1;
    const wish = this.#wish;
    return this.#keys.asked('suggest a slot', async () => {
      await this.#withdraw();
      const lease = await this.#keys.alive();
      for (let attempt = 0; attempt < RESERVE_ATTEMPTS; attempt += 1) {
        const taken = new Set((await this.#keys.listed()).map(({ slot }) => slot));
        let slot = 0;
        while (taken.has(slot) || avoid.has(slot)) slot += 1;
        if (slot > MAX_SLOT) break;
        const listed = { slot, gate, tcp: null, websocket: null, load: 0 };
        const own: Listed = { ...listed, instance: this.#instance, isReserved: true };
        // Another gate may have taken it since it was listed: then there is a revision.
        if (!(await this.#keys.put(own, lease, '0'))) continue;
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
      await this.#keys.asked('announce a gate', async () => {
        if (isNew) await this.#overwrite(await this.#keys.alive());
        else await this.#repeat(await this.#keys.alive());
      });
    } catch (error) {
      // The next refresh writes it.
      this.#options.logger.warn({ err: error, slot: entry.slot }, 'the gate could not be listed');
    }
  }

  /** The gates that have announced themselves, by slot. Rejects with STORE_AWAY, retryable. */
  async list(): Promise<GateEntry[]> {
    const listed = await this.#keys.asked('list gates', () => this.#keys.listed());
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
    const endWatch = this.#keys.watch(look);
    look();
    return () => {
      this.#watchers.delete(look);
      look.end();
      endWatch();
    };
  }

  /** Takes this gate off the list, where etcd answers; otherwise its lease ends by itself. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#refreshing;
    this.#watchers.clear();
    await this.#keys.close();
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
    if (this.#own === null && !this.#keys.hasLease) return;
    try {
      await this.#keys.asked('keep the lease', async () => {
        await this.#repeat(await this.#keys.alive());
        await this.#tidy();
      });
    } catch (error) {
      this.#options.logger.debug({ err: error }, 'etcd is away; the slot stays');
    }
  }

  async #overwrite(lease: Lease): Promise<void> {
    await this.#keys.overwrite(this.#own!, lease);
    this.#isWritten = true;
  }

  /** Writes our entry where the key is gone, or ours and not as it should be. */
  async #repeat(lease: Lease): Promise<void> {
    const own = this.#own;
    if (own === null) return;
    const found = await this.#keys.find(own.slot);
    if (found !== null && !found.isOurs) {
      const { slot } = own;
      this.#options.logger.warn({ slot, holder: found.gate }, 'another gate is listed under this slot');
      return;
    }
    const isBound = found !== null && found.lease === (await lease.grant());
    if (this.#isWritten && isBound) return;
    if (await this.#keys.put(own, lease, found?.revision ?? '0')) this.#isWritten = this.#own === own;
  }

  /** Removes entries of ours that are meant no more: an answer came too late, or the slot is another one now. */
  async #tidy(): Promise<void> {
    for (const { slot, instance } of await this.#keys.listed()) {
      if (instance === this.#instance && slot !== this.#own?.slot) await this.#keys.remove(slot);
    }
  }

  async #withdraw(): Promise<void> {
    const own = this.#own;
    this.#own = null;
    this.#isWritten = false;
    if (own !== null) await this.#keys.remove(own.slot);
  }
}

/** Connects when it is first needed: an etcd that is away is no reason not to start. */
export const openGateDirectory = (options: GateDirectoryOptions): GateDirectory => new GateDirectory(options);
