/**
 * Brings the timeline of an epoch to the end of its inbox, without a group. For epochs that are over: what a crash has
 * taken of their timelines is computed again before anything is started, so that the start is in the newest epoch.
 */
import type { Logger } from '../../infra/logger/logger.ts';
import { isBubbleError } from '../../schemas/errors.ts';
import { inboxTopic } from '../../schemas/topics.ts';
import { isTimelineFinished } from '../runtime/epochs.ts';
import { type RebuildOptions, rebuildTimeline } from './rebuild.ts';

/** @returns whether the epoch is finished */
export const finishTimeline = async (options: RebuildOptions & { logger: Logger }): Promise<boolean> => {
  const { log, layout, store, logger } = options;
  if (await isTimelineFinished(store, layout)) return true;
  try {
    for (let partition = 0; partition < layout.inboxPartitions; partition += 1) {
      const { end } = await log.range(inboxTopic(layout.epoch), partition);
      await rebuildTimeline(options, partition, end);
    }
  } catch (error) {
    // The processor meets the same, with its own alarms.
    if (!isBubbleError(error, 'LOG_DAMAGED') && !isBubbleError(error, 'OFFSET_OUT_OF_RANGE')) throw error;
    logger.warn({ error, epoch: layout.epoch }, 'the timeline of an old epoch could not be finished');
    return false;
  }
  return isTimelineFinished(store, layout);
};
