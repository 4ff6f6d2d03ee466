/** How a member comes into its group and leaves it: what it says to the coordinator, and what it remembers of that. */
import { BubbleError } from '../../../schemas/errors.ts';
import type { Logger } from '../../logger/logger.ts';
import type { TopicPartition } from '../log.ts';
import {
  assign,
  decodeAssignment,
  decodeWish,
  encodeAssignment,
  encodeWish,
  PROTOCOL,
} from './assignment.ts';
import type { Cluster } from './cluster.ts';
import type { Coordinator } from './coordinator.ts';
import { type JoinedGroup, joinGroup, leaveGroup, syncGroup } from './exchanges.ts';
import type { FormerLife, FormerLives } from './former-life.ts';
import { isLostMembership, KAFKA, kafkaFailure } from './kafka-errors.ts';
import { unlessAborted } from './waiting.ts';

export interface JoiningOptions {
  readonly cluster: Pick<Cluster, 'idOf' | 'partitions'>;
  readonly logger: Logger;
  readonly group: string;
  readonly topics: readonly string[];
  /** A member that is silent for so long is counted out. */
  readonly sessionTimeoutMs: number;
  /** How long a rebalance waits for a member to let go of its partitions. */
  readonly rebalanceMs: number;
  /** Null: nothing is remembered from one process to the next. */
  readonly formerLives: FormerLives | null;
}

/** A generation of the group that has taken this member in. */
export interface Joined {
  readonly generationId: number;
  readonly memberId: string;
  readonly assigned: readonly TopicPartition[];
}

export const REQUEST_TIMEOUT_MS = 5_000;
/** The coordinator waits a little longer for us than we do for our handlers. */
const REBALANCE_MARGIN_MS = 2_000;

export class Joining {
  readonly #options: JoiningOptions;
  readonly #coordinator: Pick<Coordinator, 'ask' | 'drop'>;
  /** Aborted when the member leaves. */
  readonly #signal: AbortSignal;
  #memberId = '';
  /** What it held last: a wish to keep it. */
  #held: readonly TopicPartition[] = [];

  constructor(options: JoiningOptions, coordinator: Pick<Coordinator, 'ask' | 'drop'>, signal: AbortSignal) {
    this.#options = options;
    this.#coordinator = coordinator;
    this.#signal = signal;
  }

  /**
   * Leaves in the name of the process that died, so that nobody waits for it. Rejects with OFFSET_OUT_OF_RANGE where that
   * one has read other topics of these names.
   */
  async endFormerLife(): Promise<void> {
    const { formerLives, group, logger } = this.#options;
    const life = (await formerLives?.of(group)) ?? null;
    if (life === null) return;
    this.#held = life.held;
    try {
      const errorCode = await this.#leave(life.memberId);
      if (errorCode === KAFKA.NONE) logger.info({ group }, 'the membership of a former process was ended');
    } catch (error) {
      if (!(error instanceof BubbleError) || !error.retryable) throw error;
      logger.warn({ group, error }, 'the membership of a former process ends by its timeout');
    }
    this.#assertSameTopics(life);
  }

  #assertSameTopics({ topicIds }: FormerLife): void {
    const { cluster, group, topics } = this.#options;
    for (const topic of topics) {
      const before = topicIds[topic];
      const now = cluster.idOf(topic);
      if (before === undefined || now === null || before === now) continue;
      throw new BubbleError(
        'OFFSET_OUT_OF_RANGE',
        `topic ${topic} was deleted and made anew since group ${group} has read it here: its id was ${before} and is ${now}; ` +
          `put the old one back from a copy, or reset what was made from it, remove ${group}.member.json from the data folder, and restart`,
      );
    }
  }

  /** null: try again. */
  async join(): Promise<Joined | null> {
    const joined = await this.#enter();
    if (joined === null) return null;
    const assigned = await this.#sync(joined);
    if (assigned === null) return null;
    const { generationId, memberId } = joined;
    return { generationId, memberId, assigned };
  }

  /** The member holds these now. */
  async holds(assigned: readonly TopicPartition[]): Promise<void> {
    this.#held = assigned;
    await this.#remember();
  }

  /** Tells the coordinator, so that the others need not wait for the session timeout. */
  async leave(): Promise<void> {
    if (this.#memberId === '') return;
    const { group, logger } = this.#options;
    // A join that still waits holds the connection up.
    this.#coordinator.drop('the member leaves');
    try {
      await this.#leave(this.#memberId);
    } catch (error) {
      logger.warn({ group, error }, 'leaving was not answered; the session ends by its timeout');
    }
  }

  async #leave(memberId: string): Promise<number> {
    const question = leaveGroup({ groupId: this.#options.group, memberId });
    const { errorCode } = await this.#coordinator.ask(
      question,
      (answer) => answer.errorCode,
      REQUEST_TIMEOUT_MS,
    );
    return errorCode;
  }

  async #remember(): Promise<void> {
    const { cluster, formerLives, group, topics } = this.#options;
    if (this.#memberId === '') return;
    const topicIds: Record<string, string> = {};
    for (const topic of topics) {
      const id = cluster.idOf(topic);
      if (id !== null) topicIds[topic] = id;
    }
    await formerLives?.remember(group, { memberId: this.#memberId, held: this.#held, topicIds });
  }

  /** null: try again. */
  async #enter(): Promise<JoinedGroup | null> {
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
    const joined = await unlessAborted(asking, this.#signal);
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
    const synced = await unlessAborted(asking, this.#signal);
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
}
