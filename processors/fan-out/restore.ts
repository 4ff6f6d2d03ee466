/**
 * Opens the state of an inbound partition, folds silently up to where its outputs are acknowledged, and makes public
 * events again that the log has lost.
 *
 * Invariants:
 * 1. Nothing is emitted below the larger of the state's offset and `emitFrom`: what is below is in inbox already.
 * 2. A log that ends before what is stored, begins after it, or has records in the state's place that came after the
 *    state, is another log: nothing is folded from it.
 */
import type { Lease, OffsetRange } from '../../infra/log/log.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import { isBubbleError } from '../../schemas/errors.ts';
import { numberAt } from '../../schemas/positions.ts';
import { NO_SOURCE } from '../../schemas/rules/acceptance.ts';
import { EVENTS, inboxEpochOf, inboxTopic } from '../../schemas/topics.ts';
import { examineOrigin, examinePast } from './continuity.ts';
import { DecidedRecords } from './decided-records.ts';
import type { FanOutTrace } from './fan-out-trace.ts';
import { PartitionFold } from './fold.ts';
import { missingEventsFrom } from './missing-events.ts';
import { anotherLog, type Obstacle } from './obstacle.ts';
import type { OutputAudit } from './output-audit.ts';
import type { OwnerOptions } from './owner-options.ts';
import { PartitionRun } from './partition-run.ts';
import type { PartitionState } from './partition-state.ts';
import { StateKeeper } from './state-keeper.ts';

export interface RestoreOptions {
  readonly shared: OwnerOptions;
  readonly lease: Lease;
  readonly logger: Logger;
  readonly trace: FanOutTrace | null;
  /** Told of what is acknowledged, and of what was acknowledged before. */
  readonly audit: OutputAudit;
  /** The partition is lost, or stands still. */
  readonly isStopped: () => boolean;
  /** Called with where the log begins and ends, before a state is opened. */
  readonly ranged: (range: OffsetRange) => void;
  /** Called with each run that is opened, before anything is applied: it takes the place of the one before. */
  readonly opened: (run: PartitionRun) => void;
}

/**
 * Opens a state at or below an offset and folds on, silently, to the larger of its offset and `emitFrom`. Where public
 * events are missing before that, opens an older one and makes those on the way.
 * @returns what stands in the way; null where it is restored, or stopped
 */
export async function restore(
  options: RestoreOptions,
  atOrBelow: number,
  emitFrom: number,
): Promise<Obstacle | null> {
  const { run, obstacle } = await open(options, atOrBelow, emitFrom);
  if (run === null || obstacle !== null || options.isStopped()) return obstacle;
  const eventsFrom = await healableFrom(options, run);
  return eventsFrom === null ? null : healEvents(options, run, atOrBelow, eventsFrom);
}

type Opened =
  | { readonly run: PartitionRun; readonly obstacle: Obstacle | null }
  | { readonly run: null; readonly obstacle: Obstacle };

async function open(options: RestoreOptions, atOrBelow: number, emitFrom: number): Promise<Opened> {
  const { shared, lease, logger } = options;
  const started = shared.clock.monotonic();
  const range = await shared.log.range(lease.topic, lease.partition);
  options.ranged(range);
  const keeper = await openState(options, atOrBelow);
  if (!(keeper instanceof StateKeeper)) return { run: null, obstacle: keeper };
  const snapshot = keeper.openedAt;
  const target = Math.max(snapshot, emitFrom);
  const run = runOver(options, keeper, target);
  options.opened(run);
  const obstacle =
    misfit(range, snapshot, target) ??
    (await otherOrigin(options, keeper, range)) ??
    (await run.catchUp(target, false)) ??
    (await examineInbox(options, keeper.state));
  if (obstacle !== null || options.isStopped()) return { run, obstacle };
  const wallMs = Math.round(shared.clock.monotonic() - started);
  logger.info({ snapshot, folded: target - snapshot, wallMs, position: run.position }, 'state restored');
  return { run, obstacle };
}

async function openState(options: RestoreOptions, atOrBelow: number): Promise<StateKeeper | Obstacle> {
  const { shared, lease, logger } = options;
  const { snapshots, clock, limits, genesis } = shared;
  const id = { topic: lease.topic, partition: lease.partition };
  try {
    return await StateKeeper.open({ id, snapshots, clock, logger, limits, genesis }, atOrBelow);
  } catch (error) {
    if (!isBubbleError(error, 'UNKNOWN_RULES')) throw error;
    return { kind: 'state', reason: error };
  }
}

/** @param emitFrom the first offset whose outputs go into the lane */
function runOver(options: RestoreOptions, keeper: StateKeeper, emitFrom: number): PartitionRun {
  const { shared, lease, logger, trace, audit, isStopped } = options;
  const { log, codecs, limits, clock, writers, events } = shared;
  const { topic, partition } = lease;
  const emits = events ? 'all' : 'inbox';
  const fold = new PartitionFold({ state: keeper.state, source: partition, codecs, limits, emits });
  const lane = writers.lane(emitFrom, (to, at, offset, source) => {
    trace?.acknowledged(to, at, source);
    // Events have no readers of ours whose positions could tell.
    if (to !== EVENTS) audit.acknowledged(to, at, offset, numberAt(inboxEpochOf(to), source));
  });
  const decided = new DecidedRecords({ log, topic, partition, ownId: codecs.inbound.id });
  const parts = { keeper, fold, lane, decided };
  return new PartitionRun({ log, codecs, limits, clock, lease, logger, trace, isStopped, ...parts });
}

const misfit = ({ begin, end }: OffsetRange, snapshot: number, target: number): Obstacle | null => {
  if (target > end) {
    return anotherLog(`the log ends at ${end}, and what is stored was made from records up to ${target}`);
  }
  if (snapshot >= begin) return null;
  return anotherLog(`the log begins at ${begin}, and there is no state at or after it`);
};

/** To be called before anything is applied to the state. */
async function otherOrigin(
  { shared, lease }: RestoreOptions,
  { openedAt: offset, state: { logTime } }: StateKeeper,
  { begin }: OffsetRange,
): Promise<Obstacle | null> {
  const broken = await examineOrigin(shared.log, lease, { offset, logTime }, begin);
  return broken === null ? null : anotherLog(broken);
}

/** What was acknowledged before is audited too: it lies below the present end of each inbox partition. */
async function examineInbox(
  { shared, lease, audit, isStopped }: RestoreOptions,
  { epoch, prev }: PartitionState,
): Promise<Obstacle | null> {
  if (isStopped()) return null;
  const topic = inboxTopic(epoch);
  const { ends, broken } = await examinePast(shared.log, { source: lease.partition, epoch, prev });
  if (broken !== null) return anotherLog(broken);
  for (const [partition, src] of prev.entries()) {
    const end = ends[partition]!;
    if (src !== NO_SOURCE) audit.acknowledgedBefore(topic, partition, end - 1, src);
    audit.ended(topic, partition, end);
  }
  return null;
}

/**
 * The inbound offset to make missing public events again from; null where none is missing, or no state is left that they
 * could be made from.
 */
async function healableFrom(
  { shared, lease, logger }: RestoreOptions,
  { keeper }: PartitionRun,
): Promise<number | null> {
  const { log, codecs, snapshots, events, eventsHealedRecords: atMost } = shared;
  const { topic, partition } = lease;
  if (!events) return null;
  const { lastAccepted } = keeper.state;
  const from = await missingEventsFrom({ log, codecs, logger, partition, lastAccepted, atMost });
  if (from === null) return null;
  const { begin } = await log.range(topic, partition);
  const snapshot = await snapshots.open({ topic, partition }, from);
  await snapshot?.table.close();
  return (snapshot?.offset ?? 0) < begin ? null : from;
}

/** Starts again from an older state, and makes only public events up to where the run stood. */
async function healEvents(
  options: RestoreOptions,
  run: PartitionRun,
  atOrBelow: number,
  from: number,
): Promise<Obstacle | null> {
  const { topic, partition } = options.lease;
  const target = run.position;
  await run.close();
  // States are written on the way; those that stand later would be in their place.
  await options.shared.snapshots.discardAbove({ topic, partition }, from);
  const older = await open(options, Math.min(atOrBelow, from), from);
  return older.run === null || older.obstacle !== null ? older.obstacle : older.run.makeEvents(target);
}
