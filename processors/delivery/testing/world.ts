/**
 * Everything around delivery, for tests: fan-out with repeats and holes, gates that believe proofs by the rule,
 * clients that are complete by the rule, and the truth.
 */
import { SimClock } from '../../../infra/clock/sim-clock.ts';
import { SILENT_LOGGER } from '../../../infra/logger/logger.ts';
import { InboxWriter, type MadeRecord, testCodecs } from '../../../infra/timeline/testing/inbox-writer.ts';
import { MemoryLog } from '../../../infra/timeline/testing/memory-log.ts';
import { schemaIdOf } from '../../../schemas/events/envelope.ts';
import type { InboxEvent } from '../../../schemas/events/inbox.ts';
import { forEachTarget, unpackUsers } from '../../../schemas/events/packed.ts';
import { sessionKey, slotKey } from '../../../schemas/ids.ts';
import { DEFAULT_LIMITS, type Limits } from '../../../schemas/limits.ts';
import { numberAt } from '../../../schemas/positions.ts';
import { SourceVector } from '../../../schemas/rules/acceptance.ts';
import { Completeness } from '../../../schemas/rules/completeness.ts';
import {
  deliverySpec,
  deliveryTopic,
  inboxTopic,
  type Layout,
  sessionsTopic,
  topicSpecs,
} from '../../../schemas/topics.ts';
import { type RunningDelivery, startDelivery } from '../delivery.ts';

export const LAYOUT: Layout = { inboundPartitions: 2, inboxPartitions: 1, epoch: 1, retentionMs: Infinity };
const INBOX = inboxTopic(1);
const SESSIONS = sessionsTopic(1);

export interface Client {
  readonly user: string;
  readonly device: string;
  readonly completeness: Completeness;
  /** Versions it has got, pushed or pulled. */
  readonly rows: Set<number>;
}

export interface GateSession {
  readonly connection: number;
  readonly client: Client;
  readonly key: string;
  /** Offset of its record. */
  readonly record: number;
  provenTo: number;
  /** The newest version the gate knows of. */
  newest: number;
  open: boolean;
}

/** How a gate or its client is wrong, for canaries. */
export type Wrong = 'nothing' | 'believes every proof' | 'ignores prevSeq' | 'loses pushes';

export class World {
  readonly clock = new SimClock();
  readonly log = new MemoryLog(this.clock);
  readonly codecs = testCodecs();
  readonly limits: Limits;
  readonly #writers = [new InboxWriter(), new InboxWriter()];
  readonly #truthVector = new SourceVector();
  readonly truth = new Map<string, number[]>();
  #truthNext = 0;
  #connections = 0;
  delivery!: RunningDelivery;

  constructor(limits: Partial<Limits> = {}) {
    this.limits = { ...DEFAULT_LIMITS, ...limits };
  }

  async open(slots = 1): Promise<this> {
    await this.log.ensureTopics(topicSpecs(LAYOUT));
    for (let slot = 0; slot < slots; slot += 1) await this.log.ensureTopics([deliverySpec(slot)]);
    return this;
  }

  async startDelivery(): Promise<void> {
    const { log, codecs, limits, clock } = this;
    this.delivery = await startDelivery({
      log,
      codecs,
      layout: LAYOUT,
      limits,
      clock,
      logger: SILENT_LOGGER,
    });
    this.delivery.ended.catch(() => {});
    await this.clock.runFor(0);
  }

  /** The process dies without a word; what it had under way may still arrive. */
  crashDelivery(): void {
    this.log.memberships.at(-1)!.vanish();
  }

  make(made: MadeRecord): InboxEvent {
    return this.#writers[made.source ?? 0]!.make(made);
  }

  append(...events: InboxEvent[]): void {
    this.log.appendNow(
      INBOX,
      0,
      events.map((event) => ({ key: null, value: this.codecs.inbox.encode(event) })),
    );
  }

  row(made: MadeRecord): InboxEvent {
    const event = this.make(made);
    this.append(event);
    return event;
  }

  connect(gate: Gate, client: Client): GateSession {
    this.#connections += 1;
    const connection = this.#connections;
    const session = `${gate.slot}.${gate.epoch}.${connection}`;
    const key = sessionKey('t', client.user, client.device, session);
    const value = this.codecs.session.encode({
      tenant: 't',
      user: client.user,
      device: client.device,
      deviceType: '',
      session,
      slot: gate.slot,
      slotEpoch: gate.epoch,
      connection,
      generation: 0,
      since: 0,
    });
    const { baseOffset } = this.log.appendNow(SESSIONS, 0, [{ key: Buffer.from(key), value }]);
    const made: GateSession = {
      connection,
      client,
      key,
      record: baseOffset,
      provenTo: 0,
      newest: 0,
      open: true,
    };
    gate.sessions.set(connection, made);
    return made;
  }

  disconnect(gate: Gate, session: GateSession): void {
    session.open = false;
    gate.sessions.delete(session.connection);
    this.log.appendNow(SESSIONS, 0, [{ key: Buffer.from(session.key), value: null }]);
  }

  announceSlot(gate: Gate): void {
    const value = this.codecs.slot.encode({ slot: gate.slot, slotEpoch: gate.epoch, gate: '' });
    this.log.appendNow(SESSIONS, 0, [{ key: Buffer.from(slotKey(gate.slot)), value }]);
  }

  /** Who has which rows, by the rule every reader keeps, and up to which version that is known. */
  readTruth(): number {
    for (const { offset, value } of this.log.records(INBOX, 0).slice(this.#truthNext)) {
      const event = this.codecs.inbox.decode(value!)!;
      this.#truthNext = offset + 1;
      if (this.#truthVector.accept(event.source, event.src, event.prev) !== 'accepted') continue;
      for (const user of unpackUsers(event.recipients)) {
        const rows = this.truth.get(user) ?? [];
        rows.push(numberAt(1, offset));
        this.truth.set(user, rows);
      }
    }
    return numberAt(1, this.#truthNext) - 1;
  }

  /** What a client does when it is told to pull. */
  pull(client: Client): void {
    const syncedTo = this.readTruth();
    const from = client.completeness.completeTo;
    for (const seq of this.truth.get(client.user) ?? []) if (seq > from) client.rows.add(seq);
    client.completeness.pulled(from, syncedTo);
  }
}

/** A gate that reads its slot. */
export class Gate {
  readonly slot: number;
  epoch: number;
  readonly sessions = new Map<number, GateSession>();
  readonly replies: { connection: number; request: number; ack: Uint8Array; seq: number; prevSeq: number }[] =
    [];
  readonly replaced: number[] = [];
  pushes = 0;
  pulls = 0;
  readonly #world: World;
  readonly #wrong: Wrong;
  #next = 0;

  constructor(world: World, slot = 0, epoch = 1, wrong: Wrong = 'nothing') {
    this.#world = world;
    this.slot = slot;
    this.epoch = epoch;
    this.#wrong = wrong;
  }

  /** Reads at most this many records of its slot. */
  read(max = Number.POSITIVE_INFINITY): void {
    const { codecs, log } = this.#world;
    const records = log.records(deliveryTopic(this.slot), 0);
    const until = Math.min(records.length, this.#next + max);
    for (; this.#next < until; this.#next += 1) {
      const value = records[this.#next]!.value!;
      const id = schemaIdOf(value);
      if (codecs.push.reads(id)) this.#push(codecs.push.decode(value)!);
      else if (codecs.joined.reads(id)) this.#joined(codecs.joined.decode(value)!);
      else if (codecs.proof.reads(id)) this.#proof(codecs.proof.decode(value)!);
      else if (codecs.replaced.reads(id)) this.#replaced(codecs.replaced.decode(value)!);
    }
  }

  #push(event: ReturnType<World['codecs']['push']['decode']> & object): void {
    if (event.slotEpoch !== this.epoch) return;
    const take = (connection: number, prevSeq: number): void => {
      const session = this.sessions.get(connection);
      if (session === undefined || (this.#wrong === 'loses pushes' && event.seq % 16 === 0)) return;
      this.pushes += 1;
      session.newest = Math.max(session.newest, event.seq);
      session.client.rows.add(event.seq);
      session.client.completeness.pushed(event.seq, this.#wrong === 'ignores prevSeq' ? 0 : prevSeq);
    };
    forEachTarget(event.targets, take);
    forEachTarget(event.ownTargets, take);
    if (event.connection < 0) return;
    const { connection, request, ack, seq, prevSeq } = event;
    this.replies.push({ connection, request, ack, seq, prevSeq });
    if (event.row.length > 0) take(connection, prevSeq);
  }

  #joined(event: { slotEpoch: number; connection: number; provenTo: number }): void {
    const session = this.sessions.get(event.connection);
    if (event.slotEpoch !== this.epoch || session === undefined) return;
    session.provenTo = Math.max(session.provenTo, event.provenTo);
    session.newest = Math.max(session.newest, event.provenTo);
  }

  #proof(event: { slotEpoch: number; from: number; to: number; sessionsBelow: number }): void {
    if (event.slotEpoch !== this.epoch) return;
    for (const session of this.sessions.values()) {
      const proven = session.record < event.sessionsBelow && session.provenTo >= event.from;
      if (!proven && this.#wrong !== 'believes every proof') continue;
      session.provenTo = Math.max(session.provenTo, event.to);
    }
  }

  #replaced(event: { slotEpoch: number; connection: number }): void {
    const session = this.sessions.get(event.connection);
    if (event.slotEpoch !== this.epoch || session === undefined) return;
    this.replaced.push(event.connection);
    this.#world.disconnect(this, session);
  }

  /** What heartbeats do: clients that are not complete to what the gate knows of pull. */
  heartbeats(): void {
    for (const { client, newest, provenTo } of this.sessions.values()) {
      const behind = client.completeness.noticed(newest);
      if (!behind && provenTo > 0) continue;
      this.pulls += 1;
      this.#world.pull(client);
    }
  }
}

export const newClient = (user: string, device = 'phone'): Client => ({
  user,
  device,
  completeness: new Completeness(),
  rows: new Set(),
});

/** Rows at or below `to` that the client has not. */
export const missing = (world: World, client: Client, to: number): number[] =>
  (world.truth.get(client.user) ?? []).filter((seq) => seq <= to && !client.rows.has(seq));
