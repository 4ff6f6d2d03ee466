/** What the slot's topic brings, done for the connections it names. */
import type { JoinedEvent, ProofEvent, PushEvent, ReplacedEvent } from '../../schemas/events/delivery.ts';
import { forEachTarget } from '../../schemas/events/packed.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import type { CommandIntake } from './command-intake.ts';
import type { Outbound } from './outbound.ts';
import { claimed, joined } from './proofs.ts';
import type { SessionTable } from './session-table.ts';
import type { SlotHandlers, SlotLoss } from './slot-client.ts';

export interface SlotDispatchOptions {
  readonly table: SessionTable;
  readonly outbound: Outbound;
  readonly clock: Clock;
  readonly intake: CommandIntake;
  readonly lost: (loss: SlotLoss) => void;
}

export class SlotDispatch implements SlotHandlers {
  readonly #options: SlotDispatchOptions;

  constructor(options: SlotDispatchOptions) {
    this.#options = options;
  }

  push(event: PushEvent): void {
    if (event.connection >= 0) this.#options.intake.answered(event);
    if (event.row.length === 0) return;
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
    const { clock, table } = this.#options;
    const now = clock.monotonic();
    for (const session of table.all()) {
      if (session.inboxPartition === event.inboxPartition) claimed(session.queue.proof, event, now);
    }
  }

  replaced({ connection }: ReplacedEvent): void {
    this.#options.table.get(connection)?.close('REPLACED');
  }

  batchEnded(): Promise<void> | undefined {
    return this.#options.outbound.flushed();
  }

  lost(loss: SlotLoss): void {
    this.#options.lost(loss);
  }
}
