/**
 * Which slot a gate takes: at its start, and again after another gate has taken the one it had.
 *
 * The claim in the log decides (slot-client.ts), so a choice cannot be wrong, only unlucky: who claims a slot that is
 * held makes its holder move on to another one, and closes its connections. The rules below make that rare:
 * 1. A configured slot is taken, as long as nobody has taken it from us.
 * 2. The directory (etcd) suggests one that no listed gate has.
 * 3. Where there is none, or it is away: the log. First the slot that was last announced under this gate's own name:
 *    a restart ends its own old sessions at once. Then the lowest slot that is quiet: delivery appends to the topic of
 *    every slot with sessions at least every `proofMs`, so one without a record for `quietMs` has nobody to disturb.
 *    The slot of a gate that crashed stays loud, for its sessions are not ended; it waits for its own gate, or for a
 *    directory.
 */
import type { Log } from '../../infra/log/log.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import { BubbleError, isBubbleError } from '../../schemas/errors.ts';
import type { Codecs } from '../../schemas/events/codecs.ts';
import { envelopeIdOf } from '../../schemas/events/envelope-id.ts';
import type { SlotEvent } from '../../schemas/events/session.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { deliveryTopic, type Layout, sessionsTopic } from '../../schemas/topics.ts';

/** Knows which slots are free, and may be away. Implemented in infra/etcd. */
export interface SlotDirectory {
  /** Rejects where it cannot say. */
  suggestSlot(gate: string, avoid: ReadonlySet<number>): Promise<number>;
}

export interface SlotChoiceOptions {
  readonly log: Log;
  readonly codecs: Codecs;
  readonly layout: Layout;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Unique among gates, and the same after a restart. */
  readonly gateName: string;
  /** A slot given by the configuration. */
  readonly configured?: number;
  readonly directory?: SlotDirectory;
  /** Slots without a directory: 0 up to here, exclusive. Default 1,024. */
  readonly slots?: number;
  /** Default 30 s: some proofs, and clocks that disagree. */
  readonly quietMs?: number;
}

const DEFAULT_SLOTS = 1_024;
const DEFAULT_QUIET_MS = 30_000;
const READ_LIMITS = { maxRecords: 5_000, maxBytes: 1024 * 1024, maxWaitMs: 100 };
/** Slots that are tried where other gates start at the same time. */
const CLAIM_ATTEMPTS = 16;

/**
 * @param avoid slots that were lost to another gate or whose claim failed
 * Rejects with SLOT_LOST, retryable, where no slot is left; other failures come from the log.
 */
export const chooseSlot = async (
  options: SlotChoiceOptions,
  avoid: ReadonlySet<number> = new Set(),
): Promise<number> => {
  const { configured, directory, gateName, logger } = options;
  if (configured !== undefined && !avoid.has(configured)) return configured;
  if (directory !== undefined) {
    try {
      return await directory.suggestSlot(gateName, avoid);
    } catch (error) {
      logger.warn({ err: error }, 'the directory suggests no slot; the log is asked');
    }
  }
  return chooseFromLog(options, avoid);
};

/**
 * Chooses and claims until a claim holds: where another gate has claimed the chosen slot first, another one is chosen.
 * @param choose is told the slot that was lost last, to be avoided from then on; null: none
 * @param lost the slot that was taken from the gate before this one; null: there was none
 */
export const claimChosenSlot = async <Claimed>(
  choose: (lost: number | null) => Promise<number>,
  claim: (slot: number) => Promise<Claimed>,
  lost: number | null = null,
): Promise<Claimed> => {
  let slot = await choose(lost);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await claim(slot);
    } catch (error) {
      if (!isBubbleError(error, 'SLOT_LOST') || attempt === CLAIM_ATTEMPTS) throw error;
      slot = await choose(slot);
    }
  }
};

const chooseFromLog = async (options: SlotChoiceOptions, avoid: ReadonlySet<number>): Promise<number> => {
  const { gateName, logger, slots = DEFAULT_SLOTS } = options;
  const announced = await announcedSlots(options);
  const own = [...announced.values()].filter(({ gate, slot }) => gate === gateName && !avoid.has(slot));
  if (gateName !== '' && own.length > 0) return Math.min(...own.map(({ slot }) => slot));
  for (let slot = 0; slot < slots; slot += 1) {
    if (avoid.has(slot)) continue;
    if (await isQuiet(options, slot)) return slot;
    logger.debug({ slot, gate: announced.get(slot)?.gate }, 'the slot is in use');
  }
  throw new BubbleError('SLOT_LOST', `none of ${slots} slots is quiet`, { retryable: true });
};

/** The newest announcement of each slot. They stand in every sessions partition; the first one is read. */
const announcedSlots = async ({
  log,
  codecs,
  layout,
}: SlotChoiceOptions): Promise<Map<number, SlotEvent>> => {
  const topic = sessionsTopic(layout.epoch);
  const announced = new Map<number, SlotEvent>();
  const { begin, end } = await log.range(topic, 0);
  if (begin >= end) return announced;
  const reader = await log.reader(topic, 0, begin);
  try {
    for (let next = begin; next < end; ) {
      const batch = await reader.read(READ_LIMITS);
      for (const { value } of batch.records) {
        const id = value === null ? null : envelopeIdOf(value);
        if (value === null || id === null || !codecs.slot.reads(id)) continue;
        const event = codecs.slot.decode(value);
        if (event === null || event.slotEpoch < (announced.get(event.slot)?.slotEpoch ?? 0)) continue;
        announced.set(event.slot, event);
      }
      next = batch.next;
    }
  } finally {
    await reader.close();
  }
  return announced;
};

/** Whether nothing was appended for the slot lately, by the log's time against ours. */
const isQuiet = async (options: SlotChoiceOptions, slot: number): Promise<boolean> => {
  const { log, clock, quietMs = DEFAULT_QUIET_MS } = options;
  const topic = deliveryTopic(slot);
  try {
    const { end } = await log.range(topic, 0);
    return (await log.offsetAt(topic, 0, clock.now() - quietMs)) >= end;
  } catch (error) {
    if (isBubbleError(error, 'UNKNOWN_TOPIC')) return true;
    throw error;
  }
};
