/**
 * A partition that stands still before a record it cannot apply: what is tried, once a second, until it can go on.
 *
 * 1. Its schema id: the registry is asked again, after 1 s, 2 s, and so on up to 30 s.
 * 2. An operator has asked to reject the record: the answer 'rejected' is appended behind it, under the lease. The
 *    partition goes on only after it has read that answer, its own or one before it.
 * 3. An operator has asked to try again: at once.
 */
import type { Lease, Log } from '../../infra/log/log.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import { type BubbleError, isBubbleError } from '../../schemas/errors.ts';
import type { Codecs } from '../../schemas/events/codecs.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { decisionEvent, decisionKey } from '../../schemas/rules/operator-decision.ts';
import type { DecidedRecords } from './decided-records.ts';

const LEARN_FIRST_MS = 1_000;
const LEARN_MAX_MS = 30_000;
/** Looked at in one attempt: some MiB. A longer backlog takes several seconds. */
const LOOKED_AT_ONCE = 50_000;

export interface StandstillOptions {
  readonly lease: Lease;
  readonly offset: number;
  readonly reason: BubbleError;
  /** Of the record, where that is why; such a record can be rejected, and read once its id is known. */
  readonly schemaId: number | null;
  readonly decided: DecidedRecords | null;
  readonly log: Pick<Log, 'append'>;
  readonly codecs: Codecs;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class Standstill {
  readonly #options: StandstillOptions;
  /** ms, wall clock. */
  readonly since: number;
  #learnMs = LEARN_FIRST_MS;
  #learnAt: number;
  #resumeAsked = false;

  constructor(options: StandstillOptions) {
    this.#options = options;
    this.since = options.clock.now();
    this.#learnAt = options.clock.monotonic() + LEARN_FIRST_MS;
  }

  /** The next attempt goes on whatever the log says. */
  resume(): void {
    this.#resumeAsked = true;
  }

  /** @returns whether the partition may try to go on. Rejects with what the log rejects with. */
  async attempt(): Promise<boolean> {
    const { decided, offset, schemaId } = this.#options;
    const asked = await this.#request();
    if (schemaId === null) return asked === 'resume';
    if (decided?.isRejected(offset)) return true;
    if (asked === 'reject') return this.#reject();
    if (asked === 'resume' || this.#options.clock.monotonic() >= this.#learnAt) return this.#learn(schemaId);
    return false;
  }

  async #request(): Promise<'reject' | 'resume' | null> {
    if (this.#resumeAsked) {
      this.#resumeAsked = false;
      return 'resume';
    }
    const { decided, offset, lease } = this.#options;
    if (decided === null) return null;
    const isAtEnd = await decided.lookBehind(offset, { records: LOOKED_AT_ONCE, signal: lease.signal });
    // What was decided already may stand further behind.
    return isAtEnd ? decided.takeRequest(offset) : null;
  }

  async #reject(): Promise<boolean> {
    const { decided, offset, lease, log, codecs, clock, logger } = this.#options;
    if (lease.signal.aborted || decided === null) return false;
    const decision = { offset, action: 'rejected', operator: 'fan-out', reason: 'asked for' } as const;
    const value = codecs.inbound.encode(decisionEvent(decision, clock.now()));
    logger.warn({ offset }, 'an operator has rejected the record that the partition stands at');
    try {
      await log.append(lease.topic, lease.partition, [{ key: decisionKey(decision), value }]);
    } catch (error) {
      if (!isBubbleError(error) || !error.retryable) throw error;
      logger.warn({ offset, error }, 'the rejection could not be logged; trying again');
      this.#options.decided?.ask(offset, 'reject');
      return false;
    }
    await decided.lookBehind(offset, { signal: lease.signal });
    return decided.isRejected(offset);
  }

  async #learn(schemaId: number): Promise<boolean> {
    const { codecs, clock, logger, offset } = this.#options;
    let isKnown = false;
    try {
      isKnown = await codecs.learn(schemaId);
    } catch (error) {
      if (!isBubbleError(error) || !error.retryable) throw error;
      logger.warn({ offset, schemaId, error }, 'the schema registry is away; the partition stands still');
    }
    this.#learnMs = Math.min(LEARN_MAX_MS, 2 * this.#learnMs);
    this.#learnAt = clock.monotonic() + this.#learnMs;
    return isKnown;
  }
}
