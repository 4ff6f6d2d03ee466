/**
 * One generation of a group as this member lives it: from the assignment to the next rebalance.
 *
 * Invariants:
 * 1. It ends once, for one reason, and everything that must not outlive it ends in the same tick (`onEnd`).
 * 2. It ends by itself when no heartbeat was answered for the session timeout, counted from when the last answered one
 *    was sent: the coordinator counts from when it arrived, so no other member can have been given our partitions yet.
 *    It counts from the end of the join, which we do not know, until the first heartbeat: so nothing is held before
 *    that one is answered (`confirmed`).
 * 3. Commits carry this generation and are never repeated under another.
 */
import { BubbleError } from '../../../schemas/errors.ts';
import type { Clock, Timer } from '../../../schemas/ports/clock.ts';
import type { Logger } from '../../logger/logger.ts';
import type { Committed, Lease } from '../log.ts';
import { encodeVector } from './commit-metadata.ts';
import type { Coordinator } from './coordinator.ts';
import { heartbeat, offsetCommit } from './exchanges.ts';
import { isLostMembership, KAFKA, kafkaFailure } from './kafka-errors.ts';

/** 'lost': counted out, or it may be so. */
export type GenerationEnd = 'rebalance' | 'lost' | 'left';

export interface GenerationOptions {
  readonly coordinator: Coordinator;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly group: string;
  readonly generationId: number;
  readonly memberId: string;
  readonly sessionTimeoutMs: number;
  readonly heartbeatMs: number;
  /** Called once, in the tick in which it ends. */
  readonly onEnd: (end: GenerationEnd) => void;
}

interface Commit {
  readonly lease: Lease;
  readonly position: Committed;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const AGAIN_MS = 100;

export class Generation {
  readonly options: GenerationOptions;
  /** Resolves when the first heartbeat was answered, or it has ended. */
  readonly confirmed: Promise<void>;
  #confirm: () => void = () => {};
  #validUntil: number;
  #end: GenerationEnd | null = null;
  #beat: Timer | null = null;
  #expiry: Timer | null = null;
  #commits: Commit[] = [];

  constructor(options: GenerationOptions) {
    this.options = options;
    this.confirmed = new Promise((resolve) => {
      this.#confirm = resolve;
    });
    this.#validUntil = options.clock.monotonic() + options.sessionTimeoutMs;
    this.#watch();
    this.#beatAfter(0);
  }

  /** Whether its leases hold in this tick. A process that was paused finds out here before any timer tells. */
  get isValid(): boolean {
    if (this.#end === null && this.options.clock.monotonic() >= this.#validUntil) this.end('lost');
    return this.#end === null;
  }

  end(end: GenerationEnd): void {
    if (this.#end !== null) return;
    this.#end = end;
    this.#confirm();
    this.options.onEnd(end);
  }

  /** Ends the heartbeats, which go on after `end` while partitions are given up: the member stays one meanwhile. */
  stop(): void {
    this.#beat?.cancel();
    this.#expiry?.cancel();
    this.#beat = null;
    this.#expiry = null;
  }

  /** Commits of one turn go together. Rejects with LEASE_LOST; with LOG_TIMEOUT, retryable, where it may have happened. */
  commit(lease: Lease, position: Committed): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#commits.push({ lease, position, resolve, reject });
      if (this.#commits.length === 1) this.options.clock.after(0, () => void this.#sendCommits());
    });
  }

  #watch(): void {
    const { clock } = this.options;
    this.#expiry = clock.after(Math.max(0, this.#validUntil - clock.monotonic()), () => {
      if (clock.monotonic() < this.#validUntil) return this.#watch();
      this.options.logger.warn({ group: this.options.group }, 'no heartbeat was answered in time');
      this.stop();
      this.end('lost');
    });
  }

  #beatAfter(delayMs: number): void {
    this.#beat = this.options.clock.after(delayMs, () => void this.#heartbeat());
  }

  async #heartbeat(): Promise<void> {
    const { coordinator, clock, logger, group, generationId, memberId, sessionTimeoutMs, heartbeatMs } =
      this.options;
    const sentAt = clock.monotonic();
    let code: number;
    try {
      const question = heartbeat({ groupId: group, groupGenerationId: generationId, memberId });
      // A third of the session, so that a coordinator that hangs is left while there is time to find another.
      ({ errorCode: code } = await coordinator.ask(
        question,
        (answer) => answer.errorCode,
        sessionTimeoutMs / 3,
      ));
    } catch (error) {
      // The member leaves, and its connection is closed.
      if (this.#beat === null) return;
      logger.warn({ group, error }, 'a heartbeat was not answered');
      this.#beatAfter(AGAIN_MS);
      return;
    }
    if (this.#beat === null) return;
    if (code === KAFKA.NONE || code === KAFKA.REBALANCE_IN_PROGRESS) {
      this.#validUntil = sentAt + sessionTimeoutMs;
      this.#beatAfter(heartbeatMs);
      this.#confirm();
      if (code !== KAFKA.NONE) this.end('rebalance');
      return;
    }
    this.stop();
    logger.warn({ group, code }, 'the coordinator does not know this member any more');
    this.end('lost');
  }

  async #sendCommits(): Promise<void> {
    const commits = this.#commits;
    this.#commits = [];
    const attempted: Commit[] = [];
    for (const commit of commits) {
      if (this.isValid && !commit.lease.signal.aborted) attempted.push(commit);
      else commit.reject(leaseLost(commit.lease));
    }
    if (attempted.length === 0) return;
    const { coordinator, group, generationId, memberId, sessionTimeoutMs } = this.options;
    try {
      const { responses } = await coordinator.ask(
        offsetCommit({
          groupId: group,
          groupGenerationId: generationId,
          memberId,
          topics: topicsOf(attempted),
        }),
        (answer) => answer.responses[0]?.partitions[0]?.errorCode ?? 0,
        sessionTimeoutMs / 3,
      );
      const codes = new Map(
        responses.flatMap(({ topic, partitions }) =>
          partitions.map(({ partition, errorCode }) => [`${partition}/${topic}`, errorCode] as const),
        ),
      );
      for (const commit of attempted) {
        this.#answer(commit, codes.get(`${commit.lease.partition}/${commit.lease.topic}`));
      }
    } catch (error) {
      for (const { reject } of attempted) reject(error);
    }
  }

  #answer({ lease, resolve, reject }: Commit, code: number | undefined): void {
    const doing = `committing ${lease.topic}/${lease.partition} for group ${this.options.group}`;
    if (code === KAFKA.NONE) resolve();
    else if (code === undefined)
      reject(new BubbleError('LOG_TIMEOUT', `${doing}: no answer for this partition`, { retryable: true }));
    else if (isLostMembership(code)) {
      this.end(code === KAFKA.REBALANCE_IN_PROGRESS ? 'rebalance' : 'lost');
      reject(leaseLost(lease));
    } else reject(kafkaFailure(code, doing));
  }
}

export const leaseLost = ({ topic, partition }: Lease): BubbleError =>
  new BubbleError('LEASE_LOST', `${topic}/${partition} is not held any more`);

/** The last position of each partition, where one is committed twice in a turn. */
function topicsOf(commits: readonly Commit[]): Parameters<typeof offsetCommit>[0]['topics'] {
  const topics = new Map<string, Map<number, { partition: number; offset: number; metadata: string }>>();
  for (const { lease, position } of commits) {
    const partitions = topics.get(lease.topic) ?? new Map();
    topics.set(lease.topic, partitions);
    const { partition } = lease;
    partitions.set(partition, {
      partition,
      offset: position.offset,
      metadata: encodeVector(position.vector),
    });
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions: [...partitions.values()] }));
}
