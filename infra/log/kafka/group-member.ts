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
import type { Logger } from '../../logger/logger.ts';
import type { Committed, Lease, Membership, TopicPartition } from '../log.ts';
import {
  assign,
  decodeAssignment,
  decodeWish,
  encodeAssignment,
  encodeWish,
  PROTOCOL,
} from './assignment.ts';
import type { Cluster } from './cluster.ts';
import { readCommitted } from './committed-offsets.ts';
import { Coordinator } from './coordinator.ts';
import { type JoinedGroup, joinGroup, leaveGroup, syncGroup } from './exchanges.ts';
import type { FormerLives } from './former-life.ts';
import { Generation, type GenerationEnd, leaseLost } from './generation.ts';
import { Holding, type HoldingContext } from './holding.ts';
import { isLostMembership, KAFKA, kafkaFailure } from './kafka-errors.ts';
import { unlessAborted } from './waiting.ts';

export interface GroupOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly group: string;
  readonly topics: readonly string[];
  readonly holding: HoldingContext;
  /** A member that is silent for so long is counted out. */
  readonly sessionTimeoutMs: number;
  readonly heartbeatMs: number;
  /** How long a rebalance waits for a member to let go of its partitions. */
  readonly rebalanceMs: number;
  /** Null: nothing is remembered from one process to the next. */
  readonly formerLives: FormerLives | null;
}

const AGAIN_MS = 100;
const REQUEST_TIMEOUT_MS = 5_000;
/** The coordinator waits a little longer for us than we do for our handlers. */
const REBALANCE_MARGIN_MS = 2_000;

export class GroupMember implements Membership {
  readonly ended: Promise<void>;
  readonly #options: GroupOptions;
  readonly #coordinator: Coordinator;
  readonly #stopping = new AbortController();
  #failure: unknown = null;
  #memberId = '';
  #generation: Generation | null = null;
  #holdings: Holding[] = [];
  /** What it held last: a wish to keep it. */
  #held: TopicPartition[] = [];

  constructor(options: GroupOptions) {
    this.#options = options;
    this.#coordinator = new Coordinator(options.group, options.cluster);
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
    await this.#endFormerLife();
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
    await this.#leaveGroup();
    this.#coordinator.drop('the membership has ended');
    if (this.#failure !== null) throw this.#failure;
  }

  /** Leaves in the name of the process that died, so that nobody waits for it. */
  async #endFormerLife(): Promise<void> {
    const { formerLives, group, logger } = this.#options;
    const life = (await formerLives?.of(group)) ?? null;
    if (life === null) return;
    this.#held = [...life.held];
    try {
      const question = leaveGroup({ groupId: group, memberId: life.memberId });
      const { errorCode } = await this.#coordinator.ask(
        question,
        (answer) => answer.errorCode,
        REQUEST_TIMEOUT_MS,
      );
      if (errorCode === KAFKA.NONE) logger.info({ group }, 'the membership of a former process was ended');
    } catch (error) {
      if (!(error instanceof BubbleError) || !error.retryable) throw error;
      logger.warn({ group, error }, 'the membership of a former process ends by its timeout');
    }
  }

  async #remember(): Promise<void> {
    const { formerLives, group } = this.#options;
    if (this.#memberId === '') return;
    await formerLives?.remember(group, { memberId: this.#memberId, held: this.#held });
  }

  /** Joins, holds what it is given until the generation ends, and gives it up. */
  async #liveOnce(): Promise<void> {
    const joined = await this.#join();
    if (joined === null) return;
    const { clock, cluster, logger, group, sessionTimeoutMs, heartbeatMs, holding } = this.#options;
    const count = cluster.options.counts?.group(group);
    const assigned = await this.#sync(joined);
    if (assigned === null) return;
    let ended = (_end: GenerationEnd): void => {};
    const untilEnd = new Promise<GenerationEnd>((resolve) => {
      ended = resolve;
    });
    const generation = new Generation({
      coordinator: this.#coordinator,
      clock,
      logger,
      group,
      sessionTimeoutMs,
      heartbeatMs,
      generationId: joined.generationId,
      memberId: joined.memberId,
      onEnd: (end) => {
        if (end === 'lost' && count !== undefined) count.lost += 1;
        for (const each of this.#holdings)
          each.abort(`generation ${joined.generationId} of ${group} ends: ${end}`);
        ended(end);
      },
    });
    this.#generation = generation;
    if (count !== undefined) count.generations += 1;
    logger.info({ group, generation: joined.generationId, assigned }, 'partitions were assigned');
    try {
      if (this.#stopping.signal.aborted) generation.end('left');
      else {
        const [positions] = await Promise.all([
          this.#positions(generation, assigned, untilEnd),
          generation.confirmed,
        ]);
        this.#start(generation, assigned, positions, holding);
      }
      await untilEnd;
      await this.#giveUp();
    } finally {
      generation.stop();
      this.#generation = null;
      this.#holdings = [];
    }
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
    context: HoldingContext,
  ): void {
    if (positions === null || !generation.isValid) return;
    this.#held = [...assigned];
    void this.#remember();
    this.#holdings = assigned.map((each) => new Holding(each, context));
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

  /** null: try again. */
  async #join(): Promise<JoinedGroup | null> {
    const { group, topics, sessionTimeoutMs, rebalanceMs } = this.#options;
    const rebalanceTimeout = rebalanceMs + REBALANCE_MARGIN_MS;
    const question = joinGroup({
      groupId: group,
      sessionTimeout: sessionTimeoutMs,
      rebalanceTimeout,
      memberId: this.#memberId,
      protocolType: 'consumer',
      groupProtocols: [{ name: PROTOCOL, metadata: encodeWish(topics, this.#held) }],
    });
    const asking = this.#coordinator.ask(
      question,
      (answer) => answer.errorCode,
      rebalanceTimeout + REQUEST_TIMEOUT_MS,
    );
    const joined = await unlessAborted(asking, this.#stopping.signal);
    if (joined.errorCode === KAFKA.MEMBER_ID_REQUIRED) {
      this.#memberId = joined.memberId;
      await this.#remember();
      return null;
    }
    if (isLostMembership(joined.errorCode)) {
      this.#memberId = '';
      return null;
    }
    if (joined.errorCode === KAFKA.INCONSISTENT_GROUP_PROTOCOL) {
      throw new BubbleError(
        'REFUSED',
        `group ${group} is used by another program: stop that program, and this one can join`,
      );
    }
    if (joined.errorCode !== KAFKA.NONE) throw kafkaFailure(joined.errorCode, `joining group ${group}`);
    this.#memberId = joined.memberId;
    return joined;
  }

  /** null: try again. */
  async #sync(joined: JoinedGroup): Promise<TopicPartition[] | null> {
    const { group, rebalanceMs } = this.#options;
    const { generationId, memberId, leaderId } = joined;
    const question = syncGroup({
      groupId: group,
      generationId,
      memberId,
      groupAssignment: leaderId === memberId ? await this.#assignAll(joined) : [],
    });
    const asking = this.#coordinator.ask(
      question,
      (answer) => answer.errorCode,
      rebalanceMs + REQUEST_TIMEOUT_MS,
    );
    const synced = await unlessAborted(asking, this.#stopping.signal);
    if (isLostMembership(synced.errorCode)) {
      if (synced.errorCode !== KAFKA.REBALANCE_IN_PROGRESS) this.#memberId = '';
      return null;
    }
    if (synced.errorCode !== KAFKA.NONE) throw kafkaFailure(synced.errorCode, `joining group ${group}`);
    return decodeAssignment(synced.memberAssignment);
  }

  async #assignAll({ members }: JoinedGroup): Promise<{ memberId: string; memberAssignment: Buffer }[]> {
    const wishes = members.map(({ memberId, memberMetadata }) => decodeWish(memberId, memberMetadata));
    const partitionsOf = new Map<string, number>();
    for (const topic of new Set(wishes.flatMap(({ topics }) => topics))) {
      partitionsOf.set(topic, await this.#options.cluster.partitions(topic));
    }
    return [...assign(wishes, partitionsOf)].map(([memberId, held]) => ({
      memberId,
      memberAssignment: encodeAssignment(held),
    }));
  }

  /** Tells the coordinator, so that the others need not wait for the session timeout. */
  async #leaveGroup(): Promise<void> {
    if (this.#memberId === '') return;
    const { group, logger } = this.#options;
    // A join that still waits holds the connection up.
    this.#coordinator.drop('the member leaves');
    try {
      const question = leaveGroup({ groupId: group, memberId: this.#memberId });
      await this.#coordinator.ask(question, (answer) => answer.errorCode, REQUEST_TIMEOUT_MS);
    } catch (error) {
      logger.warn({ group, error }, 'leaving was not answered; the session ends by its timeout');
    }
  }
}
