/** Where inbound partitions stand, from the log alone, and what an operator logs about a record that stops one. */
import type { Log, LogRecord } from '../../../infra/log/log.ts';
import { DecidedRecords } from '../../../processors/fan-out/decided-records.ts';
import { FAN_OUT_GROUP } from '../../../processors/runtime/groups.ts';
import { BubbleError, isBubbleError } from '../../../schemas/errors.ts';
import type { Codecs } from '../../../schemas/events/codecs.ts';
import { envelopeIdOf } from '../../../schemas/events/envelope-id.ts';
import {
  type DecisionAction,
  decisionEvent,
  decisionKey,
  type OperatorDecision,
} from '../../../schemas/rules/operator-decision.ts';
import { INBOUND } from '../../../schemas/topics.ts';

/** A partition as the log shows it. What is in the way of a running owner it says itself: `FanOut.paused()`. */
export interface Standing {
  readonly partition: number;
  /** Everything below is decided and acknowledged. */
  readonly offset: number;
  readonly end: number;
  /** Why the record at `offset` cannot be applied; null: it can, or there is none. */
  readonly reason: string | null;
  /** Its log append time, ISO 8601: the partition has not stood there longer. */
  readonly since: string | null;
  /** What was decided about it already. */
  readonly decision: 'asked' | 'rejected' | null;
}

const recordAt = async (log: Log, partition: number, offset: number): Promise<LogRecord | null> => {
  const reader = await log.reader(INBOUND, partition, offset);
  try {
    const { records } = await reader.read({ maxRecords: 1, maxBytes: 1, maxWaitMs: 1_000 });
    return records[0] ?? null;
  } finally {
    await reader.close();
  }
};

/** The id that no release here knows, where that is what stops the record; null: it can be applied, or is rejected. */
const unknownSchemaOf = async (codecs: Codecs, value: Uint8Array | null): Promise<number | null> => {
  const id = value === null ? null : envelopeIdOf(value);
  if (id === null || Object.values(codecs).some((codec) => codec.reads(id))) return null;
  return (await codecs.learn(id)) ? null : id;
};

const reasonOf = async (codecs: Codecs, value: Uint8Array | null): Promise<string | null> => {
  try {
    const id = await unknownSchemaOf(codecs, value);
    return id === null
      ? null
      : `schema id ${id} is not known to this release, nor to the registry as one that it reads`;
  } catch (error) {
    if (!isBubbleError(error) || !error.retryable) throw error;
    return `the schema registry is away, and the schema id is not known: ${error.message}`;
  }
};

const standingOf = async (log: Log, codecs: Codecs, partition: number): Promise<Standing> => {
  const { begin, end } = await log.range(INBOUND, partition);
  const committed = await log.committed(FAN_OUT_GROUP, INBOUND, partition);
  const offset = committed?.offset ?? begin;
  const bare = { partition, offset, end, since: null, decision: null };
  if (offset > end)
    return { ...bare, reason: `the log ends before it: the topic was made anew, or has lost its end` };
  if (offset < begin) return { ...bare, reason: `the log begins at ${begin}` };
  const record = offset < end ? await recordAt(log, partition, offset) : null;
  if (record === null) return { ...bare, reason: null };
  const reason = await reasonOf(codecs, record.value);
  if (reason === null) return { ...bare, reason };
  const decided = new DecidedRecords({ log, topic: INBOUND, partition, ownId: codecs.inbound.id });
  await decided.lookBehind(record.offset);
  const asked = decided.takeRequest(record.offset) === 'reject' ? 'asked' : null;
  const decision = decided.isRejected(record.offset) ? 'rejected' : asked;
  return { ...bare, offset: record.offset, reason, since: new Date(record.time).toISOString(), decision };
};

/** Of every inbound partition, as the log alone tells it. Rejects with what the log rejects with. */
export const allStandings = async (log: Log, codecs: Codecs): Promise<Standing[]> => {
  const standings: Standing[] = [];
  const partitions = await log.partitions(INBOUND);
  for (let partition = 0; partition < partitions; partition += 1) {
    standings.push(await standingOf(log, codecs, partition));
  }
  return standings;
};

export interface DecisionRequest extends OperatorDecision {
  readonly partition: number;
  readonly action: Exclude<DecisionAction, 'rejected'>;
}

const refuse = (text: string): never => {
  throw new BubbleError('REFUSED', text);
};

const NOTE_CHARACTERS = 1_024;

/**
 * Logs what an operator has decided. Fan-out finds it within a second or two.
 * @returns the offset of the decision
 * @throws BubbleError REFUSED where the record is not what stops the partition
 */
export const logDecision = async (
  log: Log,
  codecs: Codecs,
  request: DecisionRequest,
  nowMs: number,
): Promise<number> => {
  const { partition, offset, action, operator, reason } = request;
  const partitions = await log.partitions(INBOUND);
  if (!(partition >= 0 && partition < partitions)) refuse(`${INBOUND} has partitions 0 to ${partitions - 1}`);
  if (reason.trim() === '' || reason.length > NOTE_CHARACTERS) {
    refuse(`a reason of 1 to ${NOTE_CHARACTERS} characters is needed: it is kept for ever`);
  }
  if (operator.trim() === '' || operator.length > NOTE_CHARACTERS)
    refuse('who decides is needed: --operator');
  const standing = await standingOf(log, codecs, partition);
  const place = `${INBOUND}/${partition}`;
  if (standing.offset !== offset) {
    refuse(`${place} stands at ${standing.offset}, not at ${offset}: nothing was decided`);
  }
  if (action === 'reject') {
    if (standing.reason === null)
      refuse(`${place}/${offset} can be read by this release: nothing was decided`);
    if (standing.since === null) refuse(`${place} does not stand at a record: ${standing.reason}`);
    if (standing.decision === 'rejected') refuse(`${place}/${offset} was rejected already`);
  }
  const decision = { offset, action, operator, reason };
  const value = codecs.inbound.encode(decisionEvent(decision, nowMs));
  const { baseOffset } = await log.append(INBOUND, partition, [{ key: decisionKey(decision), value }]);
  return baseOffset;
};
