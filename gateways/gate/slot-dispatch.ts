/** What the slot's topic brings, done for the connections it names. */
import type { JoinedEvent, ProofEvent, PushEvent, ReplacedEvent } from '../../schemas/events/delivery.ts';
import { forEachTarget } from '../../schemas/events/packed.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { epochOf } from '../../schemas/positions.ts';
import type { CommandIntake } from './command-intake.ts';
import type { GateCounts } from './gate-counts.ts';
import type { GateTrace } from './gate-trace.ts';
import type { Outbound } from './outbound.ts';
import { claimed, joined } from './proofs.ts';
import { numberField, ROW_SERVER_TIME } from './row-fields.ts';
import type { SessionTable } from './session-table.ts';
import type { SlotHandlers, SlotLoss } from './slot-client.ts';

export interface SlotDispatchOptions {
  readonly table: SessionTable;
  readonly outbound: Outbound;
  readonly clock: Clock;
  readonly intake: CommandIntake;
  readonly counts: GateCounts;
  /** null: nothing is traced. */
  readonly trace: GateTrace | null;
  /** That the sessions are announced in now. */
  readonly epoch: () => number;
  readonly lost: (loss: SlotLoss) => void;
}

export class SlotDispatch implements SlotHandlers {
  readonly #options: SlotDispatchOptions;
  /** The newest of the batch; null: none. */
  #newestRow: Uint8Array | null = null;

  constructor(options: SlotDispatchOptions) {
    this.#options = options;
  }

  push(event: PushEvent): void {
    if (event.connection >= 0) this.#options.intake.answered(event);
    if (event.row.length === 0) return;
    this.#newestRow = event.row;
    this.#options.trace?.dispatched(event, () => this.#tenantOf(event));
    this.#rows(event, event.targets, false);
    this.#rows(event, event.ownTargets, true);
  }

  #rows(event: PushEvent, targets: Uint8Array, own: boolean): void {
    if (targets.length === 0) return;
    const { row, seq } = event;
    const { table } = this.#options;
    forEachTarget(targets, (connection, prevSeq) => {
      const session = table.get(connection);
      if (session?.isLive) session.queue.row(row, own, prevSeq, seq);
    });
  }

  joined({ connection, provenTo }: JoinedEvent): void {
    const session = this.#options.table.get(connection);
    if (!session?.isLive) return;
    joined(session.queue.proof, provenTo, this.#options.clock.monotonic());
    session.queue.notice(provenTo);
  }

  proof(event: ProofEvent): void {
    const { clock, epoch, table } = this.#options;
    // A late claim of the epoch before, whose partitions and offsets are others. (V of no row is the number below.)
    if (epochOf(event.to + 1) !== epoch()) return;
    const now = clock.monotonic();
    for (const session of table.all()) {
      if (session.inboxPartition === event.inboxPartition) claimed(session.queue.proof, event, now);
    }
  }

  replaced({ connection }: ReplacedEvent): void {
    this.#options.table.get(connection)?.close('REPLACED');
  }

  unreadable(): void {
    // Who is not confirmed has no record yet: nothing in the topic is about it.
    for (const session of this.#options.table.all()) {
      if (session.recordKey !== '') session.queue.proof.doubted = true;
    }
  }

  batchEnded(): Promise<void> | undefined {
    const { clock, counts, outbound, trace } = this.#options;
    const sentAt = this.#newestRow === null ? null : numberField(this.#newestRow, ROW_SERVER_TIME);
    this.#newestRow = null;
    // One row of each batch tells how old they are; finding the time in every row would cost more than pushing it.
    if (sentAt !== null) counts.pushDelaySeconds.observe((clock.now() - sentAt) / 1_000);
    const flushed = outbound.flushed();
    if (trace?.isWaiting) void (flushed ?? Promise.resolve()).then(() => trace.written());
    return flushed;
  }

  /** All that a row goes to are of one tenant. */
  #tenantOf({ connection, targets, ownTargets }: PushEvent): string | null {
    const { table } = this.#options;
    let tenant = table.get(connection)?.principal?.tenant ?? null;
    const look = (target: number): void => {
      tenant ??= table.get(target)?.principal?.tenant ?? null;
    };
    forEachTarget(targets, look);
    forEachTarget(ownTargets, look);
    return tenant;
  }

  lost(loss: SlotLoss): void {
    this.#options.lost(loss);
  }
}
