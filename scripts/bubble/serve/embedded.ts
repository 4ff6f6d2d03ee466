/**
 * The embedded mode: log, stores, processors and gate in one process. The same composition serves people (real disk,
 * clock and sockets), tests and simulations (ports of their own); listeners and files for people are added by
 * `running.ts`.
 *
 * Order matters twice. At start the processors join before the gate takes connections, so that no answer is late. At
 * the end the gate drains while the processors still answer, then they stop, then what they write to is closed.
 */
import type { Authenticator } from '../../../gateways/auth/authenticator.ts';
import { type Gate, openGate } from '../../../gateways/gate/gate.ts';
import { startDelivery } from '../../../processors/delivery/delivery.ts';
import { startFanOut } from '../../../processors/fan-out/fan-out.ts';
import type { RunningProcessor } from '../../../processors/runtime/running.ts';
import { startTimeline } from '../../../processors/timeline/timeline.ts';
import { BubbleError } from '../../../schemas/errors.ts';
import type { Random } from '../../../schemas/ports/random.ts';
import { openStores, type StoreOptions, type Stores } from './stores.ts';

export interface EmbeddedOptions extends StoreOptions {
  readonly random: Random;
  readonly authenticator: Authenticator;
  readonly gateName: string;
  /** Default 0: the only gate of the process. */
  readonly slot?: number;
}

export interface Embedded {
  readonly stores: Stores;
  readonly gate: Gate;
  readonly processors: readonly RunningProcessor[];
  /** Rejects when a part cannot go on; resolves after stop. */
  readonly ended: Promise<void>;
  /** Drains the gate, stops the processors, closes the stores. */
  stop(): Promise<void>;
}

const startProcessors = async (options: EmbeddedOptions, stores: Stores): Promise<RunningProcessor[]> => {
  const { layout, limits, clock, logger } = options;
  const { log, codecs, snapshots, timeline } = stores;
  const common = { log, codecs, layout, limits, clock };
  const started = await Promise.allSettled([
    startFanOut({ ...common, snapshots, logger: logger.child({ part: 'fan-out' }) }),
    startDelivery({ ...common, logger: logger.child({ part: 'delivery' }) }),
    startTimeline({ ...common, store: timeline, logger: logger.child({ part: 'timeline' }) }),
  ]);
  const processors = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = started.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    await Promise.allSettled(processors.map((processor) => processor.stop()));
    throw failed.reason;
  }
  return processors;
};

const failureOf = (name: string, error: unknown): BubbleError => {
  const reason = error instanceof Error ? error.message : String(error);
  const code = error instanceof BubbleError ? error.code : 'REFUSED';
  return new BubbleError(code, `${name} cannot go on: ${reason}`, { cause: error });
};

const watch = async (gate: Gate, processors: readonly RunningProcessor[]): Promise<void> => {
  const parts = [{ name: 'gate', ended: gate.ended }, ...processors];
  await Promise.all(
    parts.map(({ name, ended }) =>
      ended.catch((error: unknown) => {
        throw failureOf(name, error);
      }),
    ),
  );
};

export const startEmbedded = async (options: EmbeddedOptions): Promise<Embedded> => {
  const { layout, limits, clock, random, logger, authenticator, gateName } = options;
  const stores = await openStores(options);
  let processors: RunningProcessor[] = [];
  let gate: Gate;
  try {
    processors = await startProcessors(options, stores);
    gate = await openGate({
      log: stores.log,
      codecs: stores.codecs,
      timeline: stores.timeline,
      authenticator,
      layout,
      limits,
      clock,
      random,
      logger: logger.child({ part: 'gate' }),
      slot: options.slot ?? 0,
      gateName,
    });
  } catch (error) {
    await Promise.allSettled(processors.map((processor) => processor.stop()));
    await stores.close();
    throw error;
  }

  const ended = watch(gate, processors);
  // Whoever waits for it is told; nobody waiting is no crash.
  ended.catch(() => {});
  let stopping: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    await gate.drain();
    await gate.close();
    const stopped = await Promise.allSettled(processors.map((processor) => processor.stop()));
    await stores.close();
    const failed = stopped.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  };
  return {
    stores,
    gate,
    processors,
    ended,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
};
