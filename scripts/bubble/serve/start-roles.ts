/** What each role of a process starts, on the server's stores. */
import { type Gate, openGate } from '../../../gateways/gate/gate.ts';
import { traceTimeline } from '../../../infra/tracing/traced-timeline.ts';
import { startDelivery } from '../../../processors/delivery/delivery.ts';
import { type FanOut, startFanOut } from '../../../processors/fan-out/fan-out.ts';
import type { RunningProcessor } from '../../../processors/runtime/running.ts';
import { startTimeline } from '../../../processors/timeline/timeline.ts';
import type { Layout } from '../../../schemas/topics.ts';
import type { ServerOptions } from './server-options.ts';

/** @param first what the log began with: it begins as that did, and folds the changes */
export const startFanOutRole = (options: ServerOptions, first: Layout): Promise<FanOut> => {
  const { stores, limits, clock, logger, events, tracing = null } = options;
  const { log, codecs, snapshots } = stores;
  const common = { log, codecs, snapshots, limits, clock, events, tracing };
  return startFanOut({ ...common, layout: first, logger: logger.child({ part: 'fan-out' }) });
};

/** Rejects where one of them does not start, after all others have stopped. */
const startAll = async (starts: readonly Promise<RunningProcessor>[]): Promise<RunningProcessor[]> => {
  const started = await Promise.allSettled(starts);
  const processors = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = started.find((result) => result.status === 'rejected');
  if (failed === undefined) return processors;
  await Promise.allSettled(processors.map((processor) => processor.stop()));
  throw failed.reason;
};

/** The roles that read the inbox of an epoch. */
export const startReaderRoles = (options: ServerOptions, layout: Layout): Promise<RunningProcessor[]> => {
  const { roles, stores, limits, clock, logger, startPresence, tracing = null } = options;
  const { log, codecs, timelines } = stores;
  const common = { log, codecs, layout, limits, clock, tracing };
  const stored = timelines.storeOf(layout.epoch);
  const store = tracing === null ? stored : traceTimeline(stored, tracing, clock);
  const starts: Promise<RunningProcessor>[] = [];
  if (roles.has('delivery'))
    starts.push(startDelivery({ ...common, logger: logger.child({ part: 'delivery' }) }));
  if (roles.has('timeline'))
    starts.push(startTimeline({ ...common, store, logger: logger.child({ part: 'timeline' }) }));
  if (roles.has('presence') && startPresence !== undefined) starts.push(startPresence(stores, layout));
  return startAll(starts);
};

/** Rejects with SLOT_LOST where another gate claims the slot first. */
export const openGateRole = (options: ServerOptions, layout: Layout, slot: number): Promise<Gate> => {
  const { stores, limits, clock, random, logger, counts, tracing = null } = options;
  const { log, codecs, timelines } = stores;
  const { authenticator, name } = options.gate!;
  return openGate({
    ...{ log, codecs, timeline: timelines, authenticator, layout, limits, clock, random, tracing },
    ...(counts === undefined ? {} : { counts }),
    logger: logger.child({ part: 'gate' }),
    slot,
    gateName: name,
  });
};
