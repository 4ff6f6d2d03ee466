/**
 * A process of bubble: the roles it has, on the stores of the embedded mode or of a cluster. The same composition
 * serves people (real disk, clock and sockets) and tests; listeners and files for people are added by `running.ts`.
 *
 * Order matters. At start the processors join before the gate takes connections, so that no answer is late. At the end
 * the gate drains while the processors still answer, then they stop, then what they write to is closed. At a change of
 * the inbox epoch (processors/runtime/epochs.ts) the readers of the new one start first; then the gate announces its
 * sessions there. No connection ends. Sends wait for their answers from the moment at which fan-out has changed until
 * delivery has: so every process is given the time to hear of the change before it is announced (`LEAD_MS`).
 */
import type { Gate } from '../../../gateways/gate/gate.ts';
import type { Acceptor } from '../../../gateways/gate/listener.ts';
import type { Logger } from '../../../infra/logger/logger.ts';
import type { FanOut } from '../../../processors/fan-out/fan-out.ts';
import { beginEpoch, layoutsOf } from '../../../processors/runtime/epochs.ts';
import type { RunningProcessor } from '../../../processors/runtime/running.ts';
import { repeat } from '../../../processors/runtime/waiting.ts';
import { BubbleError } from '../../../schemas/errors.ts';
import type { Limits } from '../../../schemas/limits.ts';
import type { Connection, ConnectionHandler } from '../../../schemas/ports/connection.ts';
import type { Layout } from '../../../schemas/topics.ts';
import {
  announce,
  type ChangeOptions,
  epochToStartIn,
  moveGate,
  trimTimelines,
  untilOver,
} from './epoch-change.ts';
import { GateSuccession } from './gate-succession.ts';
import type { ServerOptions } from './server-options.ts';
import { openGateRole, startFanOutRole, startReaderRoles } from './start-roles.ts';
import type { Stores } from './stores.ts';

const TRIM_MS = 60_000;
/** How often a process looks whether another one has begun an epoch, ms. */
const LOOK_MS = 5_000;
/**
 * From when a process knows of an epoch until it announces it, ms: by then every other one has looked. (Without it
 * those that had not looked held the readers up for as long as that took, and with them all answers.)
 */
const LEAD_MS = LOOK_MS + 1_000;

const failureOf = (name: string, error: unknown): BubbleError => {
  const reason = error instanceof Error ? error.message : String(error);
  const code = error instanceof BubbleError ? error.code : 'REFUSED';
  return new BubbleError(code, `${name} cannot go on: ${reason}`, { cause: error });
};

export class Server implements Acceptor {
  readonly stores: Stores;
  /** Rejects when a part cannot go on; resolves after stop. */
  readonly ended: Promise<void>;
  readonly #options: ServerOptions;
  readonly #logger: Logger;
  readonly #change: ChangeOptions;
  #settle = { resolve: (): void => {}, reject: (_error: unknown): void => {} };
  /** Index of the present epoch. */
  #current: number;
  #fanOut: FanOut | null = null;
  #readers: readonly RunningProcessor[] = [];
  #gates: GateSuccession | null = null;
  /** The change under way, or the last one. */
  #changing: Promise<void> | null = null;
  #growing = false;
  /** When this process heard of the newest epoch, monotonic ms. */
  #heardAt: number;
  #stopping: Promise<void> | null = null;
  readonly #waitsFor = new Set<string>();
  readonly #timers: (() => void)[] = [];

  /** Use `startServer`. */
  constructor(options: ServerOptions, current: number) {
    const { stores, clock, logger } = options;
    this.#options = options;
    this.#logger = logger;
    this.stores = stores;
    this.#current = current;
    this.#heardAt = clock.monotonic();
    this.#change = { stores, clock, logger, isStopping: () => this.#stopping !== null };
    this.ended = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    // Whoever waits for it is told; nobody waiting is no crash.
    this.ended.catch(() => {});
  }

  /** The present one: a change of the slot replaces it. Null without the role. */
  get gate(): Gate | null {
    return this.#gates?.present ?? null;
  }

  get limits(): Limits {
    return this.#options.limits;
  }

  /** Null without the role. */
  get fanOut(): FanOut | null {
    return this.#fanOut;
  }

  get processors(): readonly RunningProcessor[] {
    return this.#fanOut === null ? this.#readers : [this.#fanOut, ...this.#readers];
  }

  /** Of all epochs, rising. The last one is not the present one while a change is under way. */
  get layouts(): readonly Layout[] {
    return this.stores.timelines.epochs.map(({ layout }) => layout);
  }

  /** The present epoch's. */
  get layout(): Layout {
    return this.layouts[this.#current]!;
  }

  accept(connection: Connection): ConnectionHandler {
    return this.#gates!.present.accept(connection);
  }

  async start(): Promise<void> {
    const { clock, isShared, roles } = this.#options;
    try {
      const fanOut = roles.has('fan-out')
        ? startFanOutRole(this.#options, this.layouts[0]!)
        : Promise.resolve(null);
      const readers = startReaderRoles(this.#options, this.layout);
      const started = await Promise.allSettled([fanOut, readers]);
      if (started[0].status === 'fulfilled') this.#fanOut = started[0].value;
      if (started[1].status === 'fulfilled') this.#readers = started[1].value;
      for (const result of started) if (result.status === 'rejected') throw result.reason;
      if (roles.has('gate')) this.#gates = await this.#openGates();
    } catch (error) {
      await Promise.allSettled(this.processors.map((processor) => processor.stop()));
      throw error;
    }
    for (const processor of this.processors) this.#watch(processor.name, processor.ended);
    if (this.#gates !== null) this.#watch('gate', this.#gates.ended);
    if (roles.has('timeline')) {
      this.#timers.push(repeat(clock, TRIM_MS, () => void trimTimelines(this.#change, this.#current)));
    }
    if (isShared) this.#timers.push(repeat(clock, LOOK_MS, () => void this.#look()));
    if (this.#current + 1 < this.layouts.length) this.#goOn();
  }

  #openGates(): Promise<GateSuccession> {
    const { gate, logger } = this.#options;
    return GateSuccession.open({
      nextSlot: (lost) => gate!.nextSlot(this.stores, this.layout, lost),
      open: (slot) => openGateRole(this.#options, this.layout, slot),
      logger,
    });
  }

  #watch(name: string, ended: Promise<void>): void {
    ended.catch((error: unknown) => this.#settle.reject(failureOf(name, error)));
  }

  /**
   * Begins an epoch with more inbox partitions. Resolves when that is decided; it comes about whatever happens then.
   * @throws BubbleError REFUSED
   */
  async grow(inboxPartitions: number): Promise<Layout> {
    const newest = this.layouts.at(-1)!;
    if (this.#stopping !== null) throw new BubbleError('REFUSED', 'the server is stopping');
    // Also while the readers are being replaced, when the layout is the newest already: two changes would move on twice.
    if (this.#growing || this.#changing !== null) {
      throw new BubbleError('REFUSED', `the change to epoch ${newest.epoch} is not over yet`);
    }
    this.#growing = true;
    try {
      const layout = await beginEpoch(this.stores.log, newest, inboxPartitions, this.stores.topicSpecs);
      await this.#add(layout);
      this.#goOn();
      return layout;
    } finally {
      this.#growing = false;
    }
  }

  async #add(layout: Layout): Promise<void> {
    const store = await this.stores.openTimeline(layout);
    this.stores.timelines.add({ layout, store });
    this.#heardAt = this.#options.clock.monotonic();
    this.#logger.info({ ...layout }, 'a new inbox epoch begins');
  }

  /** Whether another process has begun an epoch. */
  async #look(): Promise<void> {
    if (this.#growing || this.#changing !== null || this.#stopping !== null) return;
    this.#growing = true;
    try {
      const layouts = await layoutsOf(this.stores.log, this.layouts[0]!);
      for (const layout of layouts.slice(this.layouts.length)) await this.#add(layout);
    } catch (error) {
      if (!(error instanceof BubbleError)) throw error;
      this.#logger.warn({ error }, 'whether there is a new inbox epoch cannot be read; trying again');
    } finally {
      this.#growing = false;
    }
    if (this.#current + 1 < this.layouts.length) this.#goOn();
  }

  /** Takes the change to the newest epoch forward until it is over, or the server stops. */
  #goOn(): void {
    const changing = this.#changeEpoch().finally(() => {
      this.#changing = null;
    });
    this.#changing = changing;
    this.#watch('the change of the inbox epoch', changing);
  }

  async #changeEpoch(): Promise<void> {
    const { isShared, roles } = this.#options;
    while (this.#stopping === null && this.#current + 1 < this.layouts.length) {
      const lead = isShared ? this.#heardAt + LEAD_MS : 0;
      // Another process may have been the first to know.
      if (roles.has('fan-out') && !(await untilOver(this.#change, this.layout, lead)))
        await announce(this.#change, this.layouts[this.#current + 1]!);
      await untilOver(this.#change, this.layout);
      if (this.#stopping !== null) return;
      await this.#moveOn();
      this.#logger.info({ ...this.layout }, 'the inbox epoch has changed');
    }
  }

  async #moveOn(): Promise<void> {
    await Promise.all(this.#readers.map((processor) => processor.stop()));
    this.#current += 1;
    this.#readers = await startReaderRoles(this.#options, this.layout);
    for (const processor of this.#readers) this.#watch(processor.name, processor.ended);
    const gates = this.#gates;
    if (gates !== null) await moveGate(this.#change, () => gates.settled(), this.layout);
  }

  /** Drains the gate, stops the processors, closes the stores. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    for (const end of this.#timers) end();
    // Its own failure has been told already; a change that waits for its readers notices within a step.
    const changing = (this.#changing ?? Promise.resolve()).catch(() => {});
    await this.#waiting('the change of the inbox epoch', changing);
    if (this.#gates !== null) await this.#waiting('gate', this.#gates.stop());
    const stopping = this.processors.map((processor) => this.#waiting(processor.name, processor.stop()));
    const stopped = await Promise.allSettled(stopping);
    await this.#waiting('stores', this.stores.close());
    const failed = stopped.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    this.#settle.resolve();
  }

  async #waiting(name: string, work: Promise<void>): Promise<void> {
    this.#waitsFor.add(name);
    try {
      await work;
    } finally {
      this.#waitsFor.delete(name);
    }
  }

  /** Names of the parts that a stop waits for now. */
  stopsAt(): readonly string[] {
    return [...this.#waitsFor].flatMap((name) => {
      const parts = name === 'stores' ? (this.stores.closesAt?.() ?? []) : [];
      return parts.length > 0 ? parts : [name];
    });
  }
}

/** Takes the stores over: they are closed with the server, also where it does not start. */
export const startServer = async (options: ServerOptions): Promise<Server> => {
  try {
    const server = new Server(options, await epochToStartIn(options.stores));
    await server.start();
    return server;
  } catch (error) {
    await options.stores.close();
    throw error;
  }
};
