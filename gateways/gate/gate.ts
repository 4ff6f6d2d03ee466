/**
 * A gate: connections on one side, the log and the timeline on the other.
 *
 * Invariants:
 * 1. A gate serves only while it holds its slot (tenure.ts). When the slot is lost all sockets are closed (SLOT_LOST):
 *    a gate that does not hear of rows must not look alive.
 * 2. A session exists for others (route, device, user limit) from its first opened frame to its tombstone.
 * 3. All deadlines are looked at by one sweep; a connection has no timer.
 * 4. A change of the inbox epoch ends no session: the sessions are announced again in the new epoch (`enterEpoch`).
 */
import { pause } from '../../infra/clock/pause.ts';
import type { Log } from '../../infra/log/log.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import type { TimelineReader } from '../../infra/timeline/timeline-store.ts';
import type { Tracing } from '../../infra/tracing/tracing.ts';
import { BubbleError, type CloseName } from '../../schemas/errors.ts';
import type { Codecs } from '../../schemas/events/codecs.ts';
import type { Limits } from '../../schemas/limits.ts';
import type { Clock, Timer } from '../../schemas/ports/clock.ts';
import type { Connection, ConnectionHandler } from '../../schemas/ports/connection.ts';
import type { Random } from '../../schemas/ports/random.ts';
import type { Layout } from '../../schemas/topics.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { OP } from '../../schemas/wire/operations.ts';
import { addressKey } from '../auth/admission.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import { ConnectionQueue } from './connection-queue.ts';
import { GateCounts } from './gate-counts.ts';
import { GateSession, type SessionServices } from './gate-session.ts';
import { GateTrace } from './gate-trace.ts';
import { MailboxQueries } from './mailbox-queries.ts';
import { moveInTurns } from './moving-out.ts';
import { Outbound } from './outbound.ts';
import { isUnproven } from './proofs.ts';
import { Pulls } from './pulls.ts';
import { clearFrame, disconnectBody, heartbeatBody } from './replies.ts';
import { SessionTable } from './session-table.ts';
import { claimSlot, type DeliverySlot, type SlotLoss } from './slot-client.ts';
import { Tenure } from './tenure.ts';

const { HeartbeatReq } = bubble.wire;

export interface GateOptions {
  readonly log: Log;
  readonly codecs: Codecs;
  readonly timeline: TimelineReader;
  readonly authenticator: Authenticator;
  readonly layout: Layout;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly slot: number;
  readonly gateName: string;
  /** Of all gates that this process has one after the other; made here where absent. */
  readonly counts?: GateCounts;
  /** Default: nothing is traced. */
  readonly tracing?: Tracing | null;
}

export interface GateStats {
  readonly state: 'serving' | 'without-slot' | 'draining' | 'closed';
  readonly slot: number;
  readonly slotEpoch: number;
  readonly connections: number;
  /** Confirmed ones. */
  readonly sessions: number;
  /** Commands without an answer. */
  readonly pendingSends: number;
  /** Bytes that operating system and clients have not taken. */
  readonly queueBytes: number;
}

const IGNORED: ConnectionHandler = { received: () => {}, drained: () => {}, closed: () => {} };

/** Claims the slot and begins to serve. Rejects where the slot or the topics cannot be had. */
export const openGate = async (options: GateOptions): Promise<Gate> => {
  const slot = await claimSlot({ ...options, silenceMs: options.limits.slotSilenceMs });
  return new Gate(options, slot);
};

export class Gate implements SessionServices {
  readonly limits: Limits;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly authenticator: Authenticator;
  readonly counts: GateCounts;
  /** Rejects when another gate has taken the slot; resolves after close. */
  readonly ended: Promise<void>;
  readonly #options: GateOptions;
  readonly #table: SessionTable;
  readonly #outbound: Outbound;
  readonly #pulls: Pulls;
  readonly #queries: MailboxQueries;
  #end: { resolve: () => void; reject: (error: Error) => void } | null = null;
  readonly #tenure: Tenure;
  #state: 'serving' | 'draining' | 'closed' = 'serving';
  #connections = 0;
  #sweep: Timer;
  #drained: (() => void)[] = [];

  /** Use `openGate`. */
  constructor(options: GateOptions, slot: DeliverySlot) {
    const { clock, limits } = options;
    this.limits = limits;
    this.clock = clock;
    this.logger = options.logger;
    this.authenticator = options.authenticator;
    this.counts = options.counts ?? new GateCounts();
    this.#options = options;
    this.#table = new SessionTable(limits);
    const { tracing = null } = options;
    const { inboundPartitions } = options.layout;
    const trace = tracing === null ? null : new GateTrace({ ...options, tracing, inboundPartitions });
    this.#outbound = new Outbound(limits, clock, this.counts, (queue) =>
      this.#table.get(queue.number)?.close('SLOW'),
    );
    this.#pulls = new Pulls({ ...options, counts: this.counts });
    this.#queries = new MailboxQueries(options);
    this.ended = new Promise<void>((resolve, reject) => {
      this.#end = { resolve, reject };
    });
    // Who does not ask is not told by a crash of the process.
    this.ended.catch(() => {});
    const shared = { counts: this.counts, trace, table: this.#table, outbound: this.#outbound };
    this.#tenure = new Tenure({ ...options, ...shared, lost: (loss) => this.#lost(loss) }, slot);
    this.#sweep = clock.after(limits.sweepMs, () => this.#tick());
  }

  /** A new connection of a listener. */
  accept(connection: Connection): ConnectionHandler {
    const address = addressKey(connection.remoteAddress);
    const refusal = this.#refusal(address);
    if (refusal !== null) {
      this.counts.closes.add(refusal);
      const body = disconnectBody(refusal, this.retryAfterMs(refusal));
      connection.send([clearFrame(OP.DISCONNECT, 0, body)]);
      connection.end();
      this.clock.after(this.limits.closeGraceMs, () => connection.destroy());
      return IGNORED;
    }
    this.#connections += 1;
    this.counts.connections += 1;
    const queue = new ConnectionQueue(connection, this.#connections, this.#outbound);
    const session = new GateSession(this, connection, this.#connections, queue, address);
    this.#table.add(session);
    return session;
  }

  /**
   * Tells all clients to move, some at a time, finishes what is pending, closes; at most `drainSpreadMs` and `drainMs`.
   * Routes are taken back before it resolves, as far as the log lets them.
   */
  async drain(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#state = 'draining';
    this.#tenure.leave();
    await moveInTurns(this.#table.all(), this.clock, this.limits);
    // Sessions end themselves at drainMs; this one tells what is still pending just before.
    const almost = Math.max(0, this.limits.drainMs - 2 * this.limits.sweepMs);
    const timer = this.clock.after(almost, () => this.#tenure.intake.tellAll());
    const grace = this.clock.after(this.limits.drainMs, () => {
      for (const session of this.#table.all()) session.connection.destroy();
    });
    await this.#empty();
    timer.cancel();
    grace.cancel();
    await this.#atMost(this.#tenure.flushed());
  }

  /**
   * The inbox epoch has changed: announces the slot and all sessions in the new one. Connections stay, and what is
   * pending is answered there. Until delivery has read its session there a client is told nothing new, then to pull.
   * Rejects with what the log rejects with; it may be called again.
   */
  async enterEpoch(layout: Layout): Promise<void> {
    if (this.#state !== 'closed') await this.#tenure.enterEpoch(layout);
  }

  /** Closes all sockets at once and lets go of the slot. */
  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#sweep.cancel();
    this.#tenure.leave();
    for (const session of [...this.#table.all()]) {
      session.close('DRAIN');
      session.connection.destroy();
    }
    await this.#atMost(this.#empty());
    await this.#atMost(this.#tenure.flushed());
    await this.#tenure.stop();
    this.#end?.resolve();
  }

  stats(): GateStats {
    let queueBytes = 0;
    for (const session of this.#table.all()) queueBytes += session.connection.bufferedBytes;
    return {
      state: this.#state === 'serving' && !this.#tenure.isHeld ? 'without-slot' : this.#state,
      slot: this.#options.slot,
      slotEpoch: this.#tenure.slotEpoch,
      connections: this.#table.connections,
      sessions: this.#table.confirmed,
      pendingSends: this.#tenure.intake.pendingSends,
      queueBytes,
    };
  }

  // ---- what sessions ask of their gate

  confirmed(session: GateSession): CloseName | null {
    const { device } = session.principal!;
    const others = this.#table.ofUser(session).filter((other) => other.isLive);
    // Records of a device are appended in the order of confirmation, so the log agrees that this one is the newer.
    for (const other of others) if (other.principal!.device === device) other.close('REPLACED');
    const devices = others.filter((other) => other.principal!.device !== device).length;
    if (devices >= this.limits.sessionsPerUser) return 'TOO_MANY_SESSIONS';
    const refusal = this.#tenure.begin(session);
    if (refusal === null) this.#table.confirm(session);
    return refusal;
  }

  heartbeat(session: GateSession, sequence: number, body: Uint8Array): void {
    try {
      HeartbeatReq.decode(body);
    } catch {
      // protobufjs throws plain errors on malformed bytes.
      session.refuse(OP.HEARTBEAT, sequence, 'MALFORMED');
      return;
    }
    const { proof, newestSeq } = session.queue;
    const unproven = isUnproven(proof, this.clock.monotonic(), this.limits.proofStaleMs);
    const reply = heartbeatBody(this.clock.now(), newestSeq, proof.provenTo, unproven);
    session.reply(OP.HEARTBEAT, sequence, reply);
  }

  command(session: GateSession, operation: number, sequence: number, body: Uint8Array, now: number): void {
    this.#tenure.intake.command(session, operation, sequence, body, now);
  }

  query(session: GateSession, operation: number, sequence: number, body: Uint8Array): void {
    if (operation === OP.SYNC) this.#pulls.sync(session, sequence, body);
    else this.#queries.query(session, operation, sequence, body);
  }

  isOwed(session: GateSession): boolean {
    return session.pull !== null || session.queries > 0 || this.#tenure.intake.owesReply(session.number);
  }

  retryAfterMs(code: CloseName): number {
    switch (code) {
      case 'SLOT_LOST':
      case 'ADMISSION':
      case 'RATE':
        // Spread, so that ten thousand clients do not come back in the same moment.
        return this.#options.random.below(this.limits.drainSpreadMs);
      default:
        return 0;
    }
  }

  closed(session: GateSession, reason: string): void {
    this.logger.debug({ connection: session.number, reason }, 'connection closed');
    this.#table.remove(session, session.recordKey !== '');
    this.#tenure.ended(session);
    if (this.#table.connections > 0) return;
    const drained = this.#drained;
    this.#drained = [];
    for (const resolve of drained) resolve();
  }

  #lost(loss: SlotLoss): void {
    if (this.#state === 'closed') return;
    this.logger.error({ slot: this.#options.slot, loss }, 'the slot is lost; all connections are closed');
    for (const session of [...this.#table.all()]) session.close('SLOT_LOST');
    if (loss === 'superseded') {
      this.#end?.reject(new BubbleError('SLOT_LOST', `slot ${this.#options.slot} was taken by another gate`));
    }
  }

  #refusal(address: string): CloseName | null {
    if (this.#state !== 'serving') return 'DRAIN';
    if (!this.#tenure.isHeld) return 'SLOT_LOST';
    return this.#table.admits(address) ? null : 'ADMISSION';
  }

  #tick(): void {
    const now = this.clock.monotonic();
    this.#tenure.tick(now);
    for (const session of this.#table.all()) session.tick(now);
    if (this.#state !== 'closed') this.#sweep = this.clock.after(this.limits.sweepMs, () => this.#tick());
  }

  /** Resolves when no connection is left. */
  #empty(): Promise<void> {
    if (this.#table.connections === 0) return Promise.resolve();
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  /** A log or peer that does not answer must not keep a gate from ending. */
  async #atMost(work: Promise<void>): Promise<void> {
    const isDone = new AbortController();
    await Promise.race([work, pause(this.clock, this.limits.closeGraceMs, isDone.signal)]);
    isDone.abort();
  }
}
