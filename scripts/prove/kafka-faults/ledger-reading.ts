/** Readers that enter what they read into a ledger: members of a group, and one who reads all from the beginning. */
import type { GroupHandlers, Lease, Log, Membership } from '../../../infra/log/log.ts';
import { Gaps } from '../kafka-kill/gaps.ts';
import { decodeEntry, Ledger } from '../kafka-kill/ledger.ts';
import type { LedgerPlan } from './ledger-load.ts';

const COMMIT_EVERY_MS = 1_000;

/** The members of a group, each with a log of its own. They go on from what was committed, and commit every second. */
export class LedgerGroup {
  readonly ledger: Ledger;
  readonly gaps: Gaps;
  assignments = 0;
  /** Partitions that were given to a member while another one's lease had not ended. */
  overlaps = 0;
  readonly #plan: LedgerPlan;
  readonly #group: string;
  readonly #positions = new WeakMap<Lease, number>();
  readonly #leases = new Map<number, Lease>();
  readonly #memberships: Membership[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(plan: LedgerPlan, group: string) {
    this.#plan = plan;
    this.#group = group;
    this.ledger = new Ledger(plan.sources, plan.partitions);
    this.gaps = new Gaps(plan.partitions, performance.now());
    this.#timer = setInterval(() => this.#commit(), COMMIT_EVERY_MS);
  }

  async join(log: Log): Promise<void> {
    this.#memberships.push(await log.join(this.#group, [this.#plan.topic], this.#handlers()));
  }

  /** Rejects where a membership has ended by itself. */
  get ended(): Promise<unknown> {
    return Promise.race(this.#memberships.map(({ ended }) => ended));
  }

  #handlers(): GroupHandlers {
    return {
      assigned: async (lease, committed) => {
        this.assignments += 1;
        const before = this.#leases.get(lease.partition);
        if (before !== undefined && !before.signal.aborted) this.overlaps += 1;
        this.#leases.set(lease.partition, lease);
        // What was read already is read again where the commit was behind: repeats, as the ledger counts them.
        this.#positions.set(lease, committed?.offset ?? 0);
        return committed?.offset ?? 0;
      },
      batch: async (lease, batch) => {
        this.gaps.news(lease.partition, performance.now());
        for (const { value } of batch.records) {
          const { source, number } = decodeEntry(value as Buffer);
          this.ledger.see(lease.partition, source, number);
        }
        this.#positions.set(lease, batch.next);
      },
      revoked: async () => {},
    };
  }

  #commit(): void {
    for (const membership of this.#memberships) {
      for (const lease of membership.assignment) {
        const offset = this.#positions.get(lease) ?? 0;
        // A commit that fails or comes too late costs repeats.
        membership.commit(lease, { offset, vector: [offset, -1] }).catch(() => {});
      }
    }
  }

  async leave(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#memberships.map((membership) => membership.leave()));
  }
}

/** Reads everything there is. */
export async function readBack(log: Log, { topic, partitions, sources }: LedgerPlan): Promise<Ledger> {
  const ledger = new Ledger(sources, partitions);
  for (let partition = 0; partition < partitions; partition += 1) {
    const { begin, end } = await log.range(topic, partition);
    const reader = await log.reader(topic, partition, begin);
    for (let next = begin; next < end; ) {
      const batch = await reader.read({ maxRecords: 100_000, maxBytes: 1024 * 1024, maxWaitMs: 5_000 });
      for (const { value } of batch.records) {
        const { source, number } = decodeEntry(value as Buffer);
        ledger.see(partition, source, number);
      }
      next = batch.next;
    }
    await reader.close();
  }
  return ledger;
}

/** Records that were pushed and never seen. */
export const lostOf = (
  ledger: Ledger,
  { sources, partitions }: LedgerPlan,
  pushed: readonly (readonly number[])[],
): number => {
  let lost = 0;
  for (let source = 0; source < sources; source += 1) {
    for (let partition = 0; partition < partitions; partition += 1) {
      lost += ledger.missing(partition, source, pushed[source]![partition]!);
    }
  }
  return lost;
};
