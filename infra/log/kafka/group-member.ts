/**
 * A member of a consumer group by Kafka's own protocol, with eager rebalances.
 *
 * Invariants:
 * 1. When a generation ends, every lease is aborted in the same tick; `revoked` of all is awaited, with heartbeats going
 *    on, before this member asks to be in the next. So no other member is given a partition that is worked on here,
 *    unless this member was counted out.
 * 2. Offset and vector of a partition are read in one OffsetFetch, after the assignment and before `assigned`.
 * 3. A member that cannot let go in time, or whose handler threw, leaves the group.
 */
import { BubbleError } from '../../../schemas/errors.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import { pause } from '../../clock/pause.ts';
import type { Committed, Lease, Membership, TopicPartition } from '../log.ts';
import type { Cluster } from './cluster.ts';
import { readCommitted } from './committed-offsets.ts';
import { Coordinator } from './coordinator.ts';
import { Generation, type GenerationEnd, leaseLost } from './generation.ts';
import { Holding, type HoldingContext } from './holding.ts';
import { type Joined, Joining, type JoiningOptions, REQUEST_TIMEOUT_MS } from './joining.ts';

export interface GroupOptions extends JoiningOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly holding: HoldingContext;
  readonly heartbeatMs: number;
}

const AGAIN_MS = 100;

export class GroupMember implements Membership {
  readonly ended: Promise<void>;
  readonly #options: GroupOptions;
  readonly #coordinator: Coordinator;
  readonly #stopping = new AbortController();
  readonly #joining: Joining;
  #failure: unknown = null;
  #generation: Generation | null = null;
  #holdings: Holding[] = [];

  constructor(options: GroupOptions) {
    this.#options = options;
    this.#coordinator = new Coordinator(options.group, options.cluster);
    this.#joining = new Joining(options, this.#coordinator, this.#stopping.signal);
    this.ended = this.#run();
    // Whoever waits for `ended` gets the failure; without a listener here it would end the process even so.
    this.ended.catch(() => {});
  }

  get assignment(): readonly Lease[] {
    return this.#holdings.filter((holding) => holding.valid).map((holding) => holding.lease);
  }

  async commit(lease: Lease, position: Committed): Promise<void> {
    const generation = this.#generation;
    if (generation === null || !generation.isValid || this.#holdingOf(lease) === undefined)
      throw leaseLost(lease);
    await generation.commit(lease, position);
  }

  pause(lease: Lease): void {
    this.#holdingOf(lease)?.pause();
  }

  resume(lease: Lease): void {
    this.#holdingOf(lease)?.resume();
  }

  async leave(): Promise<void> {
    this.#stop(null);
    // Its own failure is for those who wait for `ended`; leaving has succeeded even so.
    await this.ended.catch(() => {});
  }

  /** Ends the membership with this failure. */
  fail(failure: unknown): void {
    this.#stop(failure);
  }

  #holdingOf(lease: Lease): Holding | undefined {
    return this.#holdings.find((holding) => holding.valid && holding.lease === lease);
  }

  #stop(failure: unknown): void {
    if (this.#stopping.signal.aborted) return;
    this.#failure = failure;
    this.#stopping.abort(new BubbleError('LEASE_LOST', 'the member leaves'));
    this.#generation?.end('left');
  }

  async #run(): Promise<void> {
    const { clock, logger, group } = this.#options;
    const { signal } = this.#stopping;
    await this.#joining.endFormerLife().catch((error: unknown) => this.#stop(error));
    while (!signal.aborted) {
      try {
        await this.#liveOnce();
      } catch (error) {
        if (signal.aborted) break;
        if (!(error instanceof BubbleError) || !error.retryable) {
          this.#stop(error);
          break;
        }
        logger.warn({ group, error }, 'the group cannot be joined, trying again');
        await pause(clock, AGAIN_MS, signal);
      }
    }
    await this.#joining.leave();
    this.#coordinator.drop('the membership has ended');
    if (this.#failure !== null) throw this.#failure;
  }

  /** Joins, holds what it is given until the generation ends, and gives it up. */
  async #liveOnce(): Promise<void> {
    const joined = await this.#joining.join();
    if (joined === null) return;
    const { cluster, logger, group } = this.#options;
    const count = cluster.options.counts?.group(group);
    let ended = (_end: GenerationEnd): void => {};
    const untilEnd = new Promise<GenerationEnd>((resolve) => {
      ended = resolve;
    });
    const generation = this.#begin(joined, (end) => {
      if (end === 'lost' && count !== undefined) count.lost += 1;
      for (const each of this.#holdings)
        each.abort(`generation ${joined.generationId} of ${group} ends: ${end}`);
      ended(end);
    });
    if (count !== undefined) count.generations += 1;
    const { assigned } = joined;
    logger.info({ group, generation: joined.generationId, assigned }, 'partitions were assigned');
    try {
      if (this.#stopping.signal.aborted) generation.end('left');
      else {
        const [positions] = await Promise.all([
          this.#positions(generation, assigned, untilEnd),
          generation.confirmed,
        ]);
        this.#start(generation, assigned, positions);
      }
      await untilEnd;
      await this.#giveUp();
    } finally {
      generation.stop();
      this.#generation = null;
      this.#holdings = [];
    }
  }

  #begin({ generationId, memberId }: Joined, onEnd: (end: GenerationEnd) => void): Generation {
    const { clock, logger, group, sessionTimeoutMs, heartbeatMs } = this.#options;
    const coordinator = this.#coordinator;
    const generation = new Generation({
      ...{ coordinator, clock, logger, group, sessionTimeoutMs, heartbeatMs, generationId, memberId },
      onEnd,
    });
    this.#generation = generation;
    return generation;
  }

  /** null where the generation ends before the positions are known. */
  async #positions(
    generation: Generation,
    assigned: readonly TopicPartition[],
    untilEnd: Promise<GenerationEnd>,
  ): Promise<Map<string, Committed> | null> {
    const { clock, logger, group } = this.#options;
    while (generation.isValid) {
      try {
        const reading = readCommitted(this.#coordinator, assigned, REQUEST_TIMEOUT_MS);
        const positions = await Promise.race([reading, untilEnd]);
        if (typeof positions !== 'string') return positions;
      } catch (error) {
        if (!(error instanceof BubbleError) || !error.retryable) {
          this.#stop(error);
          return null;
        }
        logger.warn({ group, error }, 'the committed positions cannot be read, trying again');
        await pause(clock, AGAIN_MS, this.#stopping.signal);
      }
    }
    return null;
  }

  #start(
    generation: Generation,
    assigned: readonly TopicPartition[],
    positions: Map<string, Committed> | null,
  ): void {
    if (positions === null || !generation.isValid) return;
    void this.#joining.holds(assigned);
    this.#holdings = assigned.map((each) => new Holding(each, this.#options.holding));
    for (const holding of this.#holdings) {
      const { topic, partition } = holding.lease;
      holding.start(positions.get(`${partition}/${topic}`) ?? null, (error) =>
        this.#failed(generation, error),
      );
    }
  }

  /**
   * A handler threw. What passes with time, a broker that is away, say, is no reason to end: all partitions are given up
   * and this member joins anew.
   */
  #failed(generation: Generation, error: unknown): void {
    if (!(error instanceof BubbleError) || !error.retryable) {
      this.#stop(error);
      return;
    }
    const { group, logger } = this.#options;
    logger.warn({ group, error }, 'a partition cannot be handled now; joining again');
    generation.end('rebalance');
  }

  async #giveUp(): Promise<void> {
    const { clock, rebalanceMs, group } = this.#options;
    if (this.#holdings.length === 0) return;
    const done = new AbortController();
    const late = pause(clock, rebalanceMs, done.signal).then(() => 'late' as const);
    // Each to its end, also where another one's `revoked` threw.
    const given = Promise.allSettled(this.#holdings.map((holding) => holding.revoke()));
    const outcome = await Promise.race([given, late]);
    done.abort();
    if (outcome === 'late') {
      const failure = new BubbleError(
        'TIMEOUT',
        `group ${group}: partitions were not let go within ${rebalanceMs} ms`,
      );
      this.#options.logger.error({ group }, failure.message);
      this.#stop(failure);
      return;
    }
    for (const each of outcome) if (each.status === 'rejected') this.#stop(each.reason);
  }
}
