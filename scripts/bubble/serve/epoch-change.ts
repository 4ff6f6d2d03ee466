/**
 * What a server does for a change of the inbox epoch (processors/runtime/epochs.ts). Every step may be done by any
 * number of processes at once, and again after a crash: repeats change nothing.
 */
import type { Gate } from '../../../gateways/gate/gate.ts';
import type { Logger } from '../../../infra/logger/logger.ts';
import { announceEpoch, isDeliveryFinished, isTimelineFinished } from '../../../processors/runtime/epochs.ts';
import { BubbleError } from '../../../schemas/errors.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import { numberAt } from '../../../schemas/positions.ts';
import { inboxTopic, type Layout } from '../../../schemas/topics.ts';
import type { Stores } from './stores.ts';

/** How often a change that is under way is looked at, ms: so long readers of the new epoch may come late. */
const STEP_MS = 100;

export interface ChangeOptions {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly isStopping: () => boolean;
}

const step = (clock: Clock): Promise<void> =>
  new Promise((resolve) => {
    clock.after(STEP_MS, resolve);
  });

/** Appends the change to every inbound partition, again and again until the log has taken it. */
export const announce = async (options: ChangeOptions, layout: Layout): Promise<void> => {
  const { stores, clock, logger, isStopping } = options;
  for (let partition = 0; partition < layout.inboundPartitions && !isStopping(); ) {
    try {
      await announceEpoch(stores.log, stores.codecs, layout, partition, clock.now());
      partition += 1;
    } catch (error) {
      if (!(error instanceof BubbleError)) throw error;
      logger.warn({ error, partition }, 'the change of the epoch could not be appended; trying again');
      await step(clock);
    }
  }
};

/** Whether timeline and delivery have stored that they are through with the epoch. A store that is away: not known. */
export const isOver = async ({ stores, logger }: ChangeOptions, layout: Layout): Promise<boolean> => {
  try {
    if (!(await isTimelineFinished(stores.timelines.storeOf(layout.epoch), layout))) return false;
    return await isDeliveryFinished(stores.log, layout);
  } catch (error) {
    if (!(error instanceof BubbleError) || !error.retryable) throw error;
    logger.warn({ error, epoch: layout.epoch }, 'how far the epoch is cannot be read; trying again');
    return false;
  }
};

/**
 * @param latest monotonic, ms
 * @returns whether the epoch is over: else it is stopped, or late
 */
export const untilOver = async (
  options: ChangeOptions,
  layout: Layout,
  latest = Number.POSITIVE_INFINITY,
): Promise<boolean> => {
  const { clock, isStopping } = options;
  while (!isStopping() && clock.monotonic() < latest) {
    if (await isOver(options, layout)) return true;
    await step(clock);
  }
  return false;
};

/** The first epoch whose timeline is not finished, after all has been done for the older ones. An index. */
export const epochToStartIn = async ({ timelines, finishTimeline }: Stores): Promise<number> => {
  const { epochs } = timelines;
  let index = 0;
  while (index + 1 < epochs.length && (await finishTimeline(epochs[index]!.layout))) index += 1;
  return index;
};

/**
 * Announces a gate's sessions in the new epoch, again and again until the log has taken it.
 * @param gate the present one, which may be replaced meanwhile
 */
export const moveGate = async (
  { clock, logger, isStopping }: ChangeOptions,
  gate: () => Promise<Gate>,
  layout: Layout,
): Promise<void> => {
  while (!isStopping()) {
    const present = await gate();
    try {
      await present.enterEpoch(layout);
      if ((await gate()) === present) return;
    } catch (error) {
      if (!(error instanceof BubbleError)) throw error;
      logger.warn(
        { error, epoch: layout.epoch },
        'sessions cannot be announced in the new epoch; trying again',
      );
      await step(clock);
    }
  }
};

/** The present epoch's timeline is trimmed by its processor; those before have none any more. */
export const trimTimelines = async ({ stores, logger }: ChangeOptions, before: number): Promise<void> => {
  try {
    for (const { layout, store } of stores.timelines.epochs.slice(0, before)) {
      for (let partition = 0; partition < layout.inboxPartitions; partition += 1) {
        const { begin } = await stores.log.range(inboxTopic(layout.epoch), partition);
        if (begin > 0) await store.trim(partition, numberAt(layout.epoch, begin));
      }
    }
  } catch (error) {
    logger.warn({ error }, 'the timeline of an old epoch could not be trimmed');
  }
};
