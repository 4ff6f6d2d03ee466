/**
 * The embedded mode: log, stores, processors and gate in one process. The same composition serves people (real disk,
 * clock and sockets), tests and simulations (ports of their own); listeners and files for people are added by
 * `running.ts`.
 *
 * Order matters. At start the processors join before the gate takes connections, so that no answer is late. At the end
 * the gate drains while the processors still answer, then they stop, then what they write to is closed. At a change of
 * the inbox epoch (processors/runtime/epochs.ts) the readers of the new one start first, so that the old gate's
 * pending sends are answered while it drains; then a new gate announces the sessions there as clients come back.
 */
import type { Authenticator } from '../../../gateways/auth/authenticator.ts';
import { type Gate, openGate } from '../../../gateways/gate/gate.ts';
import type { Acceptor } from '../../../gateways/gate/listener.ts';
import { startDelivery } from '../../../processors/delivery/delivery.ts';
import { startFanOut } from '../../../processors/fan-out/fan-out.ts';
import {
  announceEpoch,
  beginEpoch,
  isDeliveryFinished,
  isTimelineFinished,
} from '../../../processors/runtime/epochs.ts';
import type { RunningProcessor } from '../../../processors/runtime/running.ts';
import { repeat } from '../../../processors/runtime/waiting.ts';
import { finishTimeline } from '../../../processors/timeline/finish-epoch.ts';
import { startTimeline } from '../../../processors/timeline/timeline.ts';
import { BubbleError } from '../../../schemas/errors.ts';
import type { Connection, ConnectionHandler } from '../../../schemas/ports/connection.ts';
import type { Random } from '../../../schemas/ports/random.ts';
import { numberAt } from '../../../schemas/positions.ts';
import { inboxTopic, type Layout } from '../../../schemas/topics.ts';
import { openStores, openTimeline, type StoreOptions, type Stores } from './stores.ts';

/** How often a change that is under way is looked at, ms. */
const EPOCH_STEP_MS = 250;
const TRIM_MS = 60_000;

export interface EmbeddedOptions extends StoreOptions {
  readonly random: Random;
  readonly authenticator: Authenticator;
  readonly gateName: string;
  /** Default 0: the only gate of the process. */
  readonly slot?: number;
}

export interface Embedded extends Acceptor {
  readonly stores: Stores;
  /** The present one: a change of the epoch replaces it. */
  readonly gate: Gate;
  readonly processors: readonly RunningProcessor[];
  /** The present epoch's. */
  readonly layout: Layout;
  /** Of all epochs, rising. The last one is not the present one while a change is under way. */
  readonly layouts: readonly Layout[];
  /** Rejects when a part cannot go on; resolves after stop. */
  readonly ended: Promise<void>;
  /**
   * Begins an epoch with more inbox partitions. Resolves when that is decided; it comes about whatever happens then.
   * @throws BubbleError REFUSED
   */
  grow(inboxPartitions: number): Promise<Layout>;
  /** Drains the gate, stops the processors, closes the stores. */
  stop(): Promise<void>;
}

const failureOf = (name: string, error: unknown): BubbleError => {
  const reason = error instanceof Error ? error.message : String(error);
  const code = error instanceof BubbleError ? error.code : 'REFUSED';
  return new BubbleError(code, `${name} cannot go on: ${reason}`, { cause: error });
};

const startAll = async (starts: readonly Promise<RunningProcessor>[]): Promise<RunningProcessor[]> => {
  const started = await Promise.allSettled(starts);
  const processors = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = started.find((result) => result.status === 'rejected');
  if (failed === undefined) return processors;
  await Promise.allSettled(processors.map((processor) => processor.stop()));
  throw failed.reason;
};

class EmbeddedServer implements Embedded {
  readonly stores: Stores;
  readonly ended: Promise<void>;
  readonly #options: EmbeddedOptions;
  #settle = { resolve: (): void => {}, reject: (_error: unknown): void => {} };
  /** Index of the present epoch. */
  #current: number;
  #fanOut: readonly RunningProcessor[] = [];
  #readers: readonly RunningProcessor[] = [];
  #gate: Gate | null = null;
  /** The change under way, or the last one. */
  #changing: Promise<void> | null = null;
  #growing = false;
  #stopping: Promise<void> | null = null;
  #endTrimming = (): void => {};

  constructor(options: EmbeddedOptions, stores: Stores, current: number) {
    this.#options = options;
    this.stores = stores;
    this.#current = current;
    this.ended = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    // Whoever waits for it is told; nobody waiting is no crash.
    this.ended.catch(() => {});
  }

  get gate(): Gate {
    return this.#gate!;
  }

  get processors(): readonly RunningProcessor[] {
    return [...this.#fanOut, ...this.#readers];
  }

  get layouts(): readonly Layout[] {
    return this.stores.timelines.epochs.map(({ layout }) => layout);
  }

  get layout(): Layout {
    return this.layouts[this.#current]!;
  }

  accept(connection: Connection): ConnectionHandler {
    return this.gate.accept(connection);
  }

  async start(): Promise<void> {
    const { limits, clock, logger } = this.#options;
    const { log, codecs, snapshots } = this.stores;
    // Fan-out begins as the log began, and folds the changes.
    const layout = this.layouts[0]!;
    const fanOut = {
      log,
      codecs,
      snapshots,
      layout,
      limits,
      clock,
      logger: logger.child({ part: 'fan-out' }),
    };
    try {
      [this.#fanOut, this.#readers] = await Promise.all([
        startAll([startFanOut(fanOut)]),
        startAll(this.#startReaders()),
      ]);
      this.#gate = await this.#openGate();
    } catch (error) {
      await Promise.allSettled(this.processors.map((processor) => processor.stop()));
      throw error;
    }
    for (const processor of this.processors) this.#watch(processor.name, processor.ended);
    this.#endTrimming = repeat(clock, TRIM_MS, () => void this.#trimOld());
    if (this.#current + 1 < this.layouts.length) this.#goOn();
  }

  /** The present epoch's timeline is trimmed by its processor; those before have none any more. */
  async #trimOld(): Promise<void> {
    const { log, timelines } = this.stores;
    try {
      for (const { layout, store } of timelines.epochs.slice(0, this.#current)) {
        for (let partition = 0; partition < layout.inboxPartitions; partition += 1) {
          const { begin } = await log.range(inboxTopic(layout.epoch), partition);
          if (begin > 0) await store.trim(partition, numberAt(layout.epoch, begin));
        }
      }
    } catch (error) {
      this.#options.logger.warn({ error }, 'the timeline of an old epoch could not be trimmed');
    }
  }

  #startReaders(): Promise<RunningProcessor>[] {
    const { limits, clock, logger } = this.#options;
    const { log, codecs, timelines } = this.stores;
    const { layout } = this;
    const common = { log, codecs, layout, limits, clock };
    const store = timelines.storeOf(layout.epoch);
    return [
      startDelivery({ ...common, logger: logger.child({ part: 'delivery' }) }),
      startTimeline({ ...common, store, logger: logger.child({ part: 'timeline' }) }),
    ];
  }

  async #openGate(): Promise<Gate> {
    const { limits, clock, random, logger, authenticator, gateName, slot } = this.#options;
    const { log, codecs, timelines } = this.stores;
    const gate = await openGate({
      log,
      codecs,
      timeline: timelines,
      authenticator,
      layout: this.layout,
      limits,
      clock,
      random,
      logger: logger.child({ part: 'gate' }),
      slot: slot ?? 0,
      gateName,
    });
    this.#watch('gate', gate.ended);
    return gate;
  }

  #watch(name: string, ended: Promise<void>): void {
    ended.catch((error: unknown) => this.#settle.reject(failureOf(name, error)));
  }

  async grow(inboxPartitions: number): Promise<Layout> {
    const { log } = this.stores;
    const newest = this.layouts.at(-1)!;
    if (this.#stopping !== null) throw new BubbleError('REFUSED', 'the server is stopping');
    // Also while the gate is being replaced, when the layout is the newest already: two changes would move on twice.
    if (this.#growing || this.#changing !== null) {
      throw new BubbleError('REFUSED', `the change to epoch ${newest.epoch} is not over yet`);
    }
    this.#growing = true;
    try {
      const layout = await beginEpoch(log, newest, inboxPartitions);
      this.stores.timelines.add({ layout, store: await openTimeline(this.#options, this.stores, layout) });
      this.#options.logger.info({ ...layout }, 'a new inbox epoch begins');
      this.#goOn();
      return layout;
    } finally {
      this.#growing = false;
    }
  }

  /** Takes the change to the newest epoch forward until it is over, or the server stops. */
  #goOn(): void {
    const changing = this.#change().finally(() => {
      this.#changing = null;
    });
    this.#changing = changing;
    this.#watch('the change of the inbox epoch', changing);
  }

  async #change(): Promise<void> {
    const { clock, logger } = this.#options;
    while (this.#stopping === null && this.#current + 1 < this.layouts.length) {
      await this.#announce(this.layouts[this.#current + 1]!);
      while (this.#stopping === null && !(await this.#isFinished())) {
        await new Promise<void>((resolve) => void clock.after(EPOCH_STEP_MS, resolve));
      }
      if (this.#stopping !== null) return;
      await this.#moveOn();
      logger.info({ ...this.layout }, 'the inbox epoch has changed');
    }
  }

  /** Into every inbound partition, again and again until the log has taken it. */
  async #announce(layout: Layout): Promise<void> {
    const { clock, logger } = this.#options;
    const { log, codecs } = this.stores;
    for (let partition = 0; partition < layout.inboundPartitions; ) {
      if (this.#stopping !== null) return;
      try {
        await announceEpoch(log, codecs, layout, partition, clock.now());
        partition += 1;
      } catch (error) {
        if (!(error instanceof BubbleError)) throw error;
        logger.warn({ error, partition }, 'the change of the epoch could not be appended; trying again');
        await new Promise<void>((resolve) => void clock.after(EPOCH_STEP_MS, resolve));
      }
    }
  }

  async #isFinished(): Promise<boolean> {
    const { log, timelines } = this.stores;
    const { layout } = this;
    if (!(await isTimelineFinished(timelines.storeOf(layout.epoch), layout))) return false;
    return isDeliveryFinished(log, layout);
  }

  async #moveOn(): Promise<void> {
    await Promise.all(this.#readers.map((processor) => processor.stop()));
    this.#current += 1;
    this.#readers = await startAll(this.#startReaders());
    for (const processor of this.#readers) this.#watch(processor.name, processor.ended);
    await this.gate.drain();
    await this.gate.close();
    this.#gate = await this.#openGate();
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#endTrimming();
    // Its own failure has been told already; a change that waits for its readers notices within a step.
    await this.#changing?.catch(() => {});
    await this.gate.drain();
    await this.gate.close();
    const stopped = await Promise.allSettled(this.processors.map((processor) => processor.stop()));
    await this.stores.close();
    const failed = stopped.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    this.#settle.resolve();
  }
}

/** The first epoch whose timeline is not finished, after all has been done for the older ones. An index. */
const epochToStartIn = async (
  { log, codecs, timelines }: Stores,
  options: EmbeddedOptions,
): Promise<number> => {
  const { epochs } = timelines;
  const { logger } = options;
  let index = 0;
  while (index + 1 < epochs.length && (await finishTimeline({ log, codecs, ...epochs[index]!, logger }))) {
    index += 1;
  }
  return index;
};

export const startEmbedded = async (options: EmbeddedOptions): Promise<Embedded> => {
  const stores = await openStores(options);
  try {
    const server = new EmbeddedServer(options, stores, await epochToStartIn(stores, options));
    await server.start();
    return server;
  } catch (error) {
    await stores.close();
    throw error;
  }
};
