/**
 * A gate's hold on its slot, and the routes that its sessions have through it.
 *
 * Invariants:
 * 1. What depends on the slot's epoch (return addresses of commands, names and routes of sessions) is made anew with
 *    each claim; nothing of an older one is used any more.
 * 2. A slot that cannot be read is claimed again until that holds. One that another gate has taken is not, nor one
 *    that is lost after `leave`.
 * 3. Sessions are announced in the inbox epoch that was entered last, also where that was while the slot was lost.
 */
import type { Log } from '../../infra/log/log.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import type { CloseName } from '../../schemas/errors.ts';
import type { Codecs } from '../../schemas/events/codecs.ts';
import { sessionKey, userKey } from '../../schemas/ids.ts';
import type { Limits } from '../../schemas/limits.ts';
import { partitionOf } from '../../schemas/partition.ts';
import type { Clock, Timer } from '../../schemas/ports/clock.ts';
import type { Random } from '../../schemas/ports/random.ts';
import { type Layout, sessionsTopic } from '../../schemas/topics.ts';
import { CommandIntake } from './command-intake.ts';
import type { GateCounts } from './gate-counts.ts';
import type { GateSession } from './gate-session.ts';
import type { GateTrace } from './gate-trace.ts';
import type { Outbound } from './outbound.ts';
import { NOT_RECORDED } from './proofs.ts';
import { SessionRecords } from './session-records.ts';
import type { SessionTable } from './session-table.ts';
import { announceSlot, claimSlot, type DeliverySlot, type SlotLoss } from './slot-client.ts';
import { SlotDispatch } from './slot-dispatch.ts';

export interface TenureOptions {
  readonly log: Log;
  readonly codecs: Codecs;
  readonly layout: Layout;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly slot: number;
  readonly gateName: string;
  readonly counts: GateCounts;
  /** null: nothing is traced. */
  readonly trace: GateTrace | null;
  readonly table: SessionTable;
  readonly outbound: Outbound;
  /** All connections are to be closed. */
  readonly lost: (loss: SlotLoss) => void;
}

const FIRST_RECLAIM_MS = 1_000;
const LONGEST_RECLAIM_MS = 30_000;

/** What there is only while the slot is held. */
interface Held {
  readonly slot: DeliverySlot;
  readonly intake: CommandIntake;
  /** Of the epoch that the sessions are announced in. */
  readonly layout: Layout;
  readonly records: SessionRecords;
}

/** held; held, and not to be claimed again; lost, and to be claimed again; lost or let go for good. */
type TenureState = 'held' | 'leaving' | 'lost' | 'over';

export class Tenure {
  readonly #options: TenureOptions;
  #state: TenureState = 'held';
  /** The last one, where it is lost. */
  #held: Held;
  /** Of the epoch that the next claim is announced in. */
  #layout: Layout;
  #reclaim: Timer | null = null;

  /** @param slot just claimed */
  constructor(options: TenureOptions, slot: DeliverySlot) {
    this.#options = options;
    this.#layout = options.layout;
    this.#held = this.#hold(slot);
  }

  get isHeld(): boolean {
    return this.#state === 'held' || this.#state === 'leaving';
  }

  get slotEpoch(): number {
    return this.#held.slot.epoch;
  }

  get intake(): CommandIntake {
    return this.#held.intake;
  }

  tick(now: number): void {
    this.#held.slot.tick(now);
    this.#held.intake.tick(now);
  }

  /** While the slot is held: the session becomes real for others. @returns why it cannot, or null */
  begin(session: GateSession): CloseName | null {
    const { records, slot } = this.#held;
    if (!records.admits(this.#partitionOf(session))) return 'ADMISSION';
    const { tenant, user, device } = session.principal!;
    session.recordKey = sessionKey(tenant, user, device, sessionName(slot, session));
    session.since = this.#options.clock.now();
    this.#announce(session);
    return null;
  }

  /** @param session that began here or not */
  ended(session: GateSession): void {
    this.#held.intake.ended(session);
    if (session.recordKey !== '') this.#held.records.ended(session.inboxPartition, session.recordKey);
  }

  /** Announces the slot and all sessions in another inbox epoch. Rejects with what the log rejects with: try again. */
  async enterEpoch(layout: Layout): Promise<void> {
    this.#layout = layout;
    const held = this.#held;
    if (!this.isHeld) return;
    await announceSlot({ ...this.#options, layout }, held.slot.epoch);
    // Lost meanwhile: it is claimed again in the new epoch.
    if (this.#held !== held || !this.isHeld || held.layout.epoch === layout.epoch) return;
    this.#held = { ...held, layout, records: this.#recordsIn(layout) };
    held.records.abandon();
    for (const session of this.#options.table.all()) {
      if (session.recordKey !== '' && session.isLive) this.#announce(session);
    }
  }

  /** Resolves when all routes are written and taken back, or the slot is lost. */
  flushed(): Promise<void> {
    return this.#held.records.flushed();
  }

  /** From here on a slot that is lost is not claimed again. */
  leave(): void {
    this.#reclaim?.cancel();
    if (this.#state === 'held') this.#state = 'leaving';
    else if (this.#state === 'lost') this.#state = 'over';
  }

  /** Lets go of the slot. */
  async stop(): Promise<void> {
    this.#reclaim?.cancel();
    this.#state = 'over';
    await this.#held.slot.stop();
    this.#held.records.abandon();
  }

  #partitionOf(session: GateSession): number {
    const { tenant, user } = session.principal!;
    return partitionOf(userKey(tenant, user), this.#held.layout.inboxPartitions);
  }

  /** Writes the session's route in the present epoch. */
  #announce(session: GateSession): void {
    const { records, slot } = this.#held;
    const { proof } = session.queue;
    const partition = this.#partitionOf(session);
    session.inboxPartition = partition;
    // No claim counts before the record is where the claims of this epoch look for it.
    proof.recordOffset = NOT_RECORDED;
    const value = this.#options.codecs.session.encode({
      ...session.principal!,
      session: sessionName(slot, session),
      slot: slot.slot,
      slotEpoch: slot.epoch,
      connection: session.number,
      since: session.since,
    });
    records.opened(partition, session.recordKey, value, proof);
  }

  #hold(slot: DeliverySlot): Held {
    const layout = this.#layout;
    const { counts, table } = this.#options;
    counts.claims += 1;
    const intake = new CommandIntake({
      ...this.#options,
      slotEpoch: slot.epoch,
      sessionOf: (connection) => table.get(connection),
    });
    slot.start(
      new SlotDispatch({
        ...this.#options,
        intake,
        epoch: () => this.#held.layout.epoch,
        lost: (loss) => this.#lost(loss),
      }),
    );
    return { slot, intake, layout, records: this.#recordsIn(layout) };
  }

  #recordsIn(layout: Layout): SessionRecords {
    const topic = sessionsTopic(layout.epoch);
    return new SessionRecords({ ...this.#options, topic, partitions: layout.inboxPartitions });
  }

  #lost(loss: SlotLoss): void {
    if (!this.isHeld) return;
    this.#held.records.abandon();
    const isClaimedAgain = loss === 'unreadable' && this.#state === 'held';
    this.#state = isClaimedAgain ? 'lost' : 'over';
    if (isClaimedAgain) this.#reclaimAfter(FIRST_RECLAIM_MS);
    this.#options.lost(loss);
  }

  #reclaimAfter(delayMs: number): void {
    if (this.#state !== 'lost') return;
    const { clock, limits, logger } = this.#options;
    this.#reclaim = clock.after(delayMs, () => {
      claimSlot({ ...this.#options, layout: this.#layout, silenceMs: limits.slotSilenceMs }).then(
        (slot) => {
          if (this.#state !== 'lost') {
            void slot.stop();
            return;
          }
          logger.info({ slot: slot.slot, slotEpoch: slot.epoch }, 'the slot is held again');
          this.#held = this.#hold(slot);
          this.#state = 'held';
        },
        (error: unknown) => {
          logger.warn({ error: String(error) }, 'the slot cannot be claimed');
          this.#reclaimAfter(Math.min(2 * delayMs, LONGEST_RECLAIM_MS));
        },
      );
    });
  }
}

/** Unique for ever: an epoch of a slot is had once. */
const sessionName = ({ slot, epoch }: DeliverySlot, { number }: GateSession): string =>
  `${slot}.${epoch}.${number}`;
