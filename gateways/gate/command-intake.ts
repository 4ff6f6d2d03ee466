/**
 * Commands on their way in, answers on their way out.
 *
 * Every command is answered: refused here (form, rate, bounds), refused by the writer (RETRY_LATER), told PENDING
 * once it is stored and 3 s have passed, or answered by its row. Only the last can be definite; the gate itself
 * decides nothing but the form.
 */
import type { Log } from '../../infra/log/log.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import type { ErrorName } from '../../schemas/errors.ts';
import type { Codecs } from '../../schemas/events/codecs.ts';
import type { PushEvent } from '../../schemas/events/delivery.ts';
import { conversationKey, userKey } from '../../schemas/ids.ts';
import type { Limits } from '../../schemas/limits.ts';
import { partitionOf } from '../../schemas/partition.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import type { Layout } from '../../schemas/topics.ts';
import { OP } from '../../schemas/wire/operations.ts';
import { type ParsedCommand, parseCommand } from './commands.ts';
import { codeOfAck, type GateCounts } from './gate-counts.ts';
import type { GateSession } from './gate-session.ts';
import type { GateTrace } from './gate-trace.ts';
import { InboundWriter } from './inbound-writer.ts';
import { type PendingRequest, PendingRequests } from './pending-requests.ts';
import { TokenBuckets } from './rates.ts';
import { commandErrorBody } from './replies.ts';

export interface CommandIntakeOptions {
  readonly log: Log;
  readonly codecs: Codecs;
  readonly layout: Layout;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counts: GateCounts;
  /** null: nothing is traced. */
  readonly trace: GateTrace | null;
  readonly slot: number;
  /** Of the slot that the gate holds now. */
  readonly slotEpoch: number;
  readonly sessionOf: (connection: number) => GateSession | undefined;
}

/** One for each epoch of the slot: what is pending under an older one is never answered. */
export class CommandIntake {
  readonly #options: CommandIntakeOptions;
  readonly #pending: PendingRequests;
  readonly #writer: InboundWriter;
  readonly #users: TokenBuckets;
  readonly #conversations: TokenBuckets;
  readonly #slowed = new Set<GateSession>();

  constructor(options: CommandIntakeOptions) {
    const { clock, counts, layout, limits, log, logger, trace } = options;
    this.#options = options;
    this.#pending = new PendingRequests(limits, layout.inboundPartitions);
    this.#users = new TokenBuckets(limits.messagesPerSecond, limits.messageBurst, limits.rateBuckets);
    this.#conversations = new TokenBuckets(
      limits.conversationPerSecond,
      limits.conversationBurst,
      limits.rateBuckets,
    );
    this.#writer = new InboundWriter({
      log,
      clock,
      limits,
      logger,
      partitions: layout.inboundPartitions,
      counts,
      trace,
      refused: (request) => {
        if (request.state === 'done') return;
        this.#pending.remove(request);
        this.#refuse(request, 'RETRY_LATER');
      },
    });
  }

  get pendingSends(): number {
    return this.#pending.count;
  }

  owesReply(connection: number): boolean {
    return this.#pending.owesReply(connection);
  }

  command(session: GateSession, operation: number, sequence: number, body: Uint8Array, now: number): void {
    if (!this.#withinRate(session, operation, sequence, now)) return;
    const { limits } = this.#options;
    const principal = session.principal!;
    const parsed = parseCommand(operation, body, principal, limits);
    if (!parsed.ok) {
      this.#refuseAt(session, operation, sequence, parsed.error, parsed.clientMsgId);
      return;
    }
    this.#options.counts.command(parsed.kind);
    const key = conversationKey(principal.tenant, parsed.conversation);
    const keyBytes = Buffer.from(key);
    const partition = partitionOf(keyBytes, this.#options.layout.inboundPartitions);
    const refusal = this.#refusal(session, sequence, key, partition, parsed, now);
    if (refusal !== null) {
      this.#refuseAt(session, operation, sequence, refusal, parsed.clientMsgId);
      return;
    }
    const value = this.#encode(session, sequence, parsed, body);
    const request: PendingRequest = {
      connection: session.number,
      request: sequence,
      operation,
      partition,
      conversation: parsed.conversation,
      clientMsgId: parsed.clientMsgId,
      since: now,
      state: 'queued',
    };
    this.#pending.add(request, now);
    this.#writer.append(request, { key: keyBytes, value });
  }

  /** Over the rate: reading stops, then what was read already is refused, then the session is closed. */
  #withinRate(session: GateSession, operation: number, sequence: number, now: number): boolean {
    if (session.bucket === null) {
      const { tenant, user } = session.principal!;
      session.bucket = this.#users.bucket(userKey(tenant, user), now);
    }
    const left = this.#users.take(session.bucket, now);
    if (left >= 1) return true;
    if (left < -this.#users.burst) {
      session.close('RATE');
      return false;
    }
    session.slowDown();
    this.#slowed.add(session);
    if (left >= 0) return true;
    this.#refuseAt(session, operation, sequence, 'RATE_LIMITED', 0n);
    return false;
  }

  #refusal(
    session: GateSession,
    sequence: number,
    key: string,
    partition: number,
    parsed: ParsedCommand,
    now: number,
  ): ErrorName | null {
    const { limits } = this.#options;
    const pending = this.#pending;
    if (pending.has(session.number, sequence)) return 'MALFORMED';
    if (pending.outstanding(session.number, null) >= limits.outstandingPerSession) return 'RETRY_LATER';
    const outstanding = pending.outstanding(session.number, parsed.conversation);
    if (outstanding >= limits.outstandingPerConversation) return 'RETRY_LATER';
    if (!pending.admits(partition, now) || !this.#writer.admits(partition)) return 'RETRY_LATER';
    const bucket = this.#conversations.bucket(key, now);
    if (this.#conversations.left(bucket, now) < 1) return 'RATE_LIMITED';
    this.#conversations.take(bucket, now);
    return null;
  }

  #encode(session: GateSession, sequence: number, parsed: ParsedCommand, body: Uint8Array): Buffer {
    const { clock, codecs, slot, slotEpoch } = this.#options;
    const { device, generation, tenant, user } = session.principal!;
    return codecs.inbound.encode({
      tenant,
      conversation: parsed.conversation,
      kind: parsed.kind,
      sender: user,
      device,
      generation,
      clientMsgId: parsed.clientMsgId,
      to: parsed.to,
      body: Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength),
      bodyKey: null,
      gateTime: clock.now(),
      slot,
      slotEpoch,
      connection: session.number,
      request: sequence,
    });
  }

  /** The answer that delivery brings back by the return address. */
  answered(event: PushEvent): void {
    const found = this.#pending.answered(event.connection, event.request);
    const { clock, counts } = this.#options;
    counts.answerCode(codeOfAck(event.ack));
    if (found !== null) counts.answerSeconds.observe((clock.monotonic() - found.request.since) / 1_000);
    const session = this.#options.sessionOf(event.connection);
    if (session === undefined || !session.isLive) return;
    if (found !== null && !found.told) {
      session.reply(found.request.operation, event.request, event.ack, event.seq);
    } else if (event.row.length > 0) {
      // PENDING or RETRY_LATER was said already: the row comes as a push, which the client matches by its id.
      session.queue.row(event.row, true, event.prevSeq, event.seq);
    } else {
      // A second reply under the same sequence id; what was asked is not known any more after a refusal.
      session.reply(found?.request.operation ?? OP.SEND_MSG, event.request, event.ack);
    }
  }

  tick(now: number): void {
    this.#writer.tick(now);
    this.#pending.tick(now, (request) => this.#refuse(request, 'PENDING'));
    for (const session of this.#slowed) {
      if (session.bucket !== null && this.#users.left(session.bucket, now) < 1) continue;
      this.#slowed.delete(session);
      session.goOn();
    }
  }

  /** The gate is closing: what is stored is told PENDING, so that clients know it is safe. */
  tellAll(): void {
    this.#pending.tellAll((request) => this.#refuse(request, 'PENDING'));
  }

  ended(session: GateSession): void {
    this.#slowed.delete(session);
  }

  #refuse({ connection, operation, request, clientMsgId }: PendingRequest, error: ErrorName): void {
    const session = this.#options.sessionOf(connection);
    if (session !== undefined) this.#refuseAt(session, operation, request, error, clientMsgId);
  }

  #refuseAt(
    session: GateSession,
    operation: number,
    sequence: number,
    error: ErrorName,
    clientMsgId: bigint,
  ): void {
    this.#options.counts.answer(error);
    session.reply(operation, sequence, commandErrorBody(error, clientMsgId));
  }
}
