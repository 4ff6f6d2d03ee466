/**
 * Fan-out's decision state of an inbound partition, computed twice: from the newest snapshot and the records after it
 * (what a server would start with), and from the first record of the log.
 */
import type { Log } from '../../../infra/log/log.ts';
import type { SnapshotId, SnapshotStore } from '../../../infra/snapshots/snapshot-store.ts';
import { DecidedRecords } from '../../../processors/fan-out/decided-records.ts';
import { PartitionFold } from '../../../processors/fan-out/fold.ts';
import { type PartitionScalars, PartitionState } from '../../../processors/fan-out/partition-state.ts';
import { FAN_OUT_GROUP } from '../../../processors/runtime/groups.ts';
import { BubbleError, isBubbleError } from '../../../schemas/errors.ts';
import type { Codecs } from '../../../schemas/events/codecs.ts';
import { envelopeIdOf } from '../../../schemas/events/envelope-id.ts';
import type { Limits } from '../../../schemas/limits.ts';
import { INBOUND, type Layout } from '../../../schemas/topics.ts';
import { type Comparison, compareDumps } from './compare-dumps.ts';

export interface DecisionOptions {
  readonly log: Log;
  readonly codecs: Codecs;
  readonly snapshots: SnapshotStore;
  readonly layout: Layout;
  readonly limits: Limits;
  /** Records read. */
  readonly progress: (records: number) => void;
}

const BATCH = { maxRecords: 4_000, maxBytes: 4 * 1024 * 1024, maxWaitMs: 0 };

/** Learns the schema of a record that could not be read, where the registry has it; else throws what it was. */
const learn = async (
  codecs: Codecs,
  value: Uint8Array | null,
  error: unknown,
  place: string,
): Promise<void> => {
  const id = value === null ? null : envelopeIdOf(value);
  if (!isBubbleError(error, 'UNKNOWN_SCHEMA') || id === null) throw error;
  if (await codecs.learn(id)) return;
  throw new BubbleError(
    'UNKNOWN_SCHEMA',
    `${place} has schema id ${id}, which is not known: the partition stands there (bubble partition show)`,
    { cause: error },
  );
};

/** As a server folds: with the decisions of operators, and with schemas that the registry knows. */
const foldRange = async (
  options: DecisionOptions,
  partition: number,
  state: PartitionState,
  from: number,
  to: number,
): Promise<void> => {
  const { log, codecs, limits, progress } = options;
  if (from >= to) return;
  const fold = new PartitionFold({ state, source: partition, codecs, limits });
  const decided = new DecidedRecords({ log, topic: INBOUND, partition, ownId: codecs.inbound.id });
  const reader = await log.reader(INBOUND, partition, from);
  try {
    let at = from;
    while (at < to) {
      const batch = await reader.read(BATCH);
      if (batch.next <= at)
        throw new BubbleError('LOG_DAMAGED', `${INBOUND}/${partition} ends at ${at}, not ${to}`);
      for (const { offset, time, value } of batch.records) {
        if (offset >= to) break;
        if (decided.mustLook(offset, value)) await decided.lookBehind(offset, { batch });
        const applied = decided.isRejected(offset) ? null : value;
        try {
          // Without a table every key is in memory, so nothing can be missing.
          fold.apply(offset, time, applied, false);
        } catch (error) {
          await learn(codecs, applied, error, `${INBOUND}/${partition}/${offset}`);
          fold.apply(offset, time, applied, false);
        }
      }
      progress(Math.min(batch.next, to) - at);
      at = batch.next;
    }
  } finally {
    await reader.close();
  }
};

const fromSnapshot = async (
  options: DecisionOptions,
  id: SnapshotId,
  end: number,
): Promise<{ state: PartitionState; offset: number }> => {
  const { snapshots, limits, layout } = options;
  const opened = await snapshots.open(id, end);
  if (opened === null) return { state: new PartitionState(limits, layout, false), offset: 0 };
  try {
    const state = new PartitionState(limits, opened.meta as PartitionScalars, false);
    for await (const [key, value] of opened.table.scan()) state.load(key, value);
    return { state, offset: opened.offset };
  } finally {
    await opened.table.close();
  }
};

function* linesOf(state: PartitionState): Iterable<string> {
  yield `scalars\t${JSON.stringify(state.scalars())}`;
  for (const [key, value] of state.dump()) yield `${key}\t${value.toString('hex')}`;
}

const wholeRange = async (log: Log, partition: number): Promise<number> => {
  const { begin, end } = await log.range(INBOUND, partition);
  if (begin > 0) {
    throw new BubbleError(
      'OFFSET_OUT_OF_RANGE',
      `${INBOUND}/${partition} begins at ${begin}: its older records are no longer kept, so its state cannot be computed from the log alone`,
    );
  }
  return end;
};

export const decisionRecords = async (log: Log, partitions: number): Promise<number> => {
  let records = 0;
  for (let partition = 0; partition < partitions; partition += 1) records += await wholeRange(log, partition);
  return records;
};

export const verifyDecisions = async (options: DecisionOptions, partition: number): Promise<Comparison> => {
  const end = await wholeRange(options.log, partition);
  const id = { topic: INBOUND, partition };
  const rebuilt = new PartitionState(options.limits, options.layout, false);
  await foldRange(options, partition, rebuilt, 0, end);
  const stored = await fromSnapshot(options, id, end);
  await foldRange({ ...options, progress: () => {} }, partition, stored.state, stored.offset, end);
  return compareDumps(
    { part: 'decisions', partition, position: end },
    linesOf(stored.state),
    linesOf(rebuilt),
  );
};

/** Publishes a snapshot computed from the first record, at the offset up to which outputs are acknowledged. */
export const rebuildDecisions = async (
  options: DecisionOptions,
  target: SnapshotStore,
  partition: number,
): Promise<number> => {
  const end = await wholeRange(options.log, partition);
  const committed = await options.log.committed(FAN_OUT_GROUP, INBOUND, partition);
  const offset = Math.min(end, committed?.offset ?? 0);
  const state = new PartitionState(options.limits, options.layout, false);
  await foldRange(options, partition, state, 0, offset);
  const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
  const entries = [...state.dump()].toSorted(([a], [b]) => byBytes(a, b));
  const published = await target.publish(
    { topic: INBOUND, partition },
    offset,
    state.scalars(),
    entries,
    null,
  );
  await published.table.close();
  return entries.length;
};
