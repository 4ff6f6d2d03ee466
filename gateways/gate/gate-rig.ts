/** A gate with everything around it in memory and under the test's hand: log, timeline, authenticator, connections. */

import { SimClock } from '../../infra/clock/sim-clock.ts';
import type {
  Appended,
  AppendOptions,
  Log,
  LogRecord,
  Reader,
  ReadLimits,
  RecordBatch,
  RecordInput,
} from '../../infra/log/log.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { SeededRandom } from '../../infra/random/seeded-random.ts';
import type {
  ReadBounds,
  TimelinePage,
  TimelineRow,
  TimelineStore,
} from '../../infra/timeline/timeline-store.ts';
import { BubbleError } from '../../schemas/errors.ts';
import { type Codecs, EVENT_SCHEMAS, makeCodecs } from '../../schemas/events/codecs.ts';
import type { PushEvent } from '../../schemas/events/delivery.ts';
import type { InboundEvent } from '../../schemas/events/inbound.ts';
import { TargetWriter } from '../../schemas/events/packed.ts';
import { DEFAULT_LIMITS, type Limits } from '../../schemas/limits.ts';
import type { Connection, ConnectionHandler } from '../../schemas/ports/connection.ts';
import {
  deliveryTopic,
  INBOUND,
  type Layout,
  sessionsTopic,
  type TopicSpec,
  topicSpecs,
} from '../../schemas/topics.ts';
import { type Frame, FrameSplitter } from '../../schemas/wire/frames.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { HEADER_BYTES, writeHeader } from '../../schemas/wire/header.ts';
import { longOf, longOfId } from '../../schemas/wire/int64.ts';
import { OP } from '../../schemas/wire/operations.ts';
import type { Authenticator, AuthOutcome, AuthRequest, ServerChannel } from '../auth/authenticator.ts';
import { type Gate, openGate } from './gate.ts';
import { clearFrame } from './replies.ts';

const { AddMsg, DisconnectMsg, NewChatMsg, PushMsg } = bubble.wire;

// ---- the log

interface MemoryPartition {
  records: LogRecord[];
  waiting: Set<() => void>;
}

const unsupported = (): never => {
  throw new Error('not part of this log');
};

export type AppendMode = 'ok' | 'fail' | 'hang';

export class MemoryLog implements Log {
  readonly #clock: SimClock;
  readonly #partitions = new Map<string, MemoryPartition>();
  readonly #specs: TopicSpec[] = [];
  readonly #hanging: (() => void)[] = [];
  readonly appends: { topic: string; partition: number; count: number }[] = [];
  mode: AppendMode = 'ok';
  readFails = false;

  constructor(clock: SimClock) {
    this.#clock = clock;
  }

  #of(topic: string, partition: number): MemoryPartition {
    const key = `${topic}/${partition}`;
    let found = this.#partitions.get(key);
    if (found === undefined) {
      found = { records: [], waiting: new Set() };
      this.#partitions.set(key, found);
    }
    return found;
  }

  records(topic: string, partition: number): readonly LogRecord[] {
    return this.#of(topic, partition).records;
  }

  /** Lets appends that hang go on, in order. */
  releaseHanging(): void {
    for (const release of this.#hanging.splice(0)) release();
  }

  async ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    this.#specs.push(...specs);
  }
  async topics(): Promise<TopicSpec[]> {
    return this.#specs;
  }
  async partitions(): Promise<number> {
    return unsupported();
  }

  async append(
    topic: string,
    partition: number,
    records: readonly RecordInput[],
    _options?: AppendOptions,
  ): Promise<Appended> {
    this.appends.push({ topic, partition, count: records.length });
    if (this.mode === 'fail') throw new BubbleError('DISK_FULL', 'full', { retryable: true });
    if (this.mode === 'hang') await new Promise<void>((resolve) => this.#hanging.push(resolve));
    const found = this.#of(topic, partition);
    const baseOffset = found.records.length;
    const time = this.#clock.now();
    records.forEach((record, index) => {
      found.records.push({ ...record, offset: baseOffset + index, time });
    });
    for (const wake of [...found.waiting]) wake();
    return { baseOffset, time };
  }

  async range(topic: string, partition: number): Promise<{ begin: number; end: number }> {
    return { begin: 0, end: this.#of(topic, partition).records.length };
  }
  async offsetAt(): Promise<number> {
    return unsupported();
  }

  async reader(topic: string, partition: number, from: number): Promise<Reader> {
    const found = this.#of(topic, partition);
    let next = from;
    return {
      read: async (limits: ReadLimits, signal?: AbortSignal): Promise<RecordBatch> => {
        if (this.readFails) throw new BubbleError('LOG_CLOSED', 'away');
        if (found.records.length <= next) await this.#wait(found, limits.maxWaitMs, signal);
        if (this.readFails) throw new BubbleError('LOG_CLOSED', 'away');
        const records = found.records.slice(next, next + limits.maxRecords);
        next += records.length;
        return { records, next, end: found.records.length };
      },
      close: async () => {},
    };
  }

  #wait(found: MemoryPartition, waitMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#clock.after(waitMs, () => wake());
      const wake = (): void => {
        timer.cancel();
        found.waiting.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      found.waiting.add(wake);
      signal?.addEventListener('abort', wake);
    });
  }

  join(): never {
    return unsupported();
  }
  committed(): never {
    return unsupported();
  }
  commitFor(): never {
    return unsupported();
  }
  async close(): Promise<void> {}
}

// ---- the timeline

export class MemoryTimeline implements TimelineStore {
  readonly rows = new Map<string, TimelineRow[]>();
  readonly reads: ReadBounds[] = [];
  readonly waits: number[] = [];
  checkpointSeq = 0;
  begin = 0;
  fails = false;
  #waiting: (() => void)[] = [];

  add(user: string, seq: number, bytes: Uint8Array): void {
    const rows = this.rows.get(user) ?? [];
    rows.push({ seq, bytes });
    this.rows.set(user, rows);
    this.reach(seq);
  }

  reach(seq: number): void {
    this.checkpointSeq = Math.max(this.checkpointSeq, seq);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async waitFor(_partition: number, seq: number): Promise<boolean> {
    this.waits.push(seq);
    while (this.checkpointSeq < seq - 1) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return true;
  }

  async read(_partition: number, owner: { user: string }, bounds: ReadBounds): Promise<TimelinePage> {
    this.reads.push(bounds);
    if (this.fails) throw new BubbleError('STORE_AWAY', 'away', { retryable: true });
    if (bounds.from < this.begin) throw new BubbleError('OFFSET_OUT_OF_RANGE', 'trimmed');
    const all = (this.rows.get(owner.user) ?? []).filter((row) => row.seq > bounds.from);
    const rows = all.slice(0, bounds.maxRows);
    const more = rows.length < all.length;
    return { rows, more, syncedTo: more ? rows[rows.length - 1]!.seq : this.checkpointSeq };
  }

  async newestRows(_partition: number, owner: { user: string }, _until: number, maxRows: number) {
    const all = this.rows.get(owner.user) ?? [];
    const kept = all.filter((row) => row.seq > this.begin).slice(-maxRows);
    return { rows: kept.reverse(), more: false, syncedTo: this.checkpointSeq };
  }

  write(): never {
    return unsupported();
  }
  checkpoint(): never {
    return unsupported();
  }
  newest(): never {
    return unsupported();
  }
  trim(): never {
    return unsupported();
  }
  dump(): never {
    return unsupported();
  }
  async close(): Promise<void> {}
}

// ---- the handshake, in plain text

const TAG = 16;

/** "Seals" with a tag that holds the counter, so that wrong order, loss and spoilt bytes are noticed. */
class PlainChannel implements ServerChannel {
  #sent = 0;
  #received = 0;
  sealed = 0;

  seal(operation: number, sequence: number, body: Uint8Array): Buffer {
    this.sealed += 1;
    return sealPlain(operation, sequence, body, this.#sent++);
  }

  open(_header: Uint8Array, sealedBody: Uint8Array): Buffer | null {
    return openPlain(sealedBody, this.#received++);
  }
}

export const sealPlain = (operation: number, sequence: number, body: Uint8Array, counter: number): Buffer => {
  const frame = Buffer.alloc(HEADER_BYTES + body.length + TAG);
  writeHeader(frame, 0, operation, sequence, body.length + TAG);
  frame.set(body, HEADER_BYTES);
  frame.writeUInt32BE(counter, HEADER_BYTES + body.length);
  return frame;
};

const openPlain = (sealed: Uint8Array, counter: number): Buffer | null => {
  const bytes = Buffer.from(sealed);
  const at = bytes.length - TAG;
  return at >= 0 && bytes.readUInt32BE(at) === counter ? bytes.subarray(0, at) : null;
};

export class PlainAuthenticator implements Authenticator {
  mode: 'accept' | 'refuse' | 'hang' | 'throw' = 'accept';
  confirmed = 0;
  readonly channels: PlainChannel[] = [];

  manifest(): Uint8Array {
    return Buffer.from('manifest');
  }

  async authenticate(request: AuthRequest): Promise<AuthOutcome> {
    if (this.mode === 'hang') await new Promise(() => {});
    if (this.mode === 'throw') throw new Error('no answer');
    const frame = clearFrame(OP.AUTH_REPLY, 1, Buffer.from(this.mode));
    if (this.mode === 'refuse') return { kind: 'refused', frame, error: 'TOKEN' };
    const [user = '', device = ''] = Buffer.from(request.body).toString().split('/');
    const channel = new PlainChannel();
    this.channels.push(channel);
    return {
      kind: 'accepted',
      frame,
      channel,
      principal: { tenant: 't', user, device, deviceType: 'test', generation: 0 },
      confirmed: () => {
        this.confirmed += 1;
      },
    };
  }

  async close(): Promise<void> {}
}

// ---- the client's end

export interface SentFrame {
  readonly operation: number;
  readonly sequence: number;
  readonly body: Buffer;
}

export class RigClient implements Connection {
  readonly remoteAddress: string;
  readonly messageFramed: boolean;
  bufferedBytes = 0;
  /** False: the peer does not read, bytes stay in the buffer. */
  reads = true;
  paused = false;
  ended = false;
  destroyed = false;
  writes = 0;
  readonly frames: SentFrame[] = [];
  readonly #splitter = new FrameSplitter();
  #handler: ConnectionHandler | null = null;
  #clear = true;
  #opened = 0;
  #counter = 0;
  #sequence = 0;

  constructor(messageFramed: boolean, remoteAddress: string) {
    this.messageFramed = messageFramed;
    this.remoteAddress = remoteAddress;
  }

  attach(handler: ConnectionHandler): void {
    this.#handler = handler;
  }

  // The gate's side.
  send(frames: readonly Uint8Array[]): void {
    if (this.destroyed) return;
    this.writes += 1;
    for (const bytes of frames) {
      if (!this.reads) this.bufferedBytes += bytes.length;
      this.#splitter.feed(bytes);
      for (;;) {
        const frame = this.#splitter.next(1 << 22);
        if (frame === null) break;
        if (typeof frame === 'string') throw new Error(`the gate sent a malformed frame: ${frame}`);
        this.#take(frame);
      }
    }
  }
  pauseReading(): void {
    this.paused = true;
  }
  resumeReading(): void {
    this.paused = false;
  }
  end(): void {
    this.ended = true;
    if (this.bufferedBytes === 0) this.gone();
  }
  destroy(): void {
    this.destroyed = true;
    this.gone();
  }

  #take(frame: Frame): void {
    const { operation, sequence } = frame.header;
    let body: Buffer | null = Buffer.from(frame.body);
    if (!this.#clear) {
      body = openPlain(frame.body, this.#opened++);
      if (body === null) throw new Error('a frame of the gate did not open: wrong order or spoilt');
    }
    if (operation === OP.AUTH_REPLY && body.toString() === 'accept') this.#clear = false;
    this.frames.push({ operation, sequence, body });
  }

  // The client's side.
  gone(): void {
    const handler = this.#handler;
    this.#handler = null;
    handler?.closed('gone');
  }
  bytes(bytes: Uint8Array): void {
    this.#handler?.received(bytes);
  }
  readAgain(): void {
    this.reads = true;
    this.bufferedBytes = 0;
    this.#handler?.drained();
  }
  auth(user: string, device: string): void {
    this.bytes(clearFrame(OP.AUTH, 1, Buffer.from(`${user}/${device}`)));
  }
  sealed(operation: number, sequence: number, body: Uint8Array): Buffer {
    return sealPlain(operation, sequence, body, this.#counter++);
  }
  /** @returns the sequence id */
  request(operation: number, body: Uint8Array, sequence = ++this.#sequence): number {
    this.bytes(this.sealed(operation, sequence, body));
    return sequence;
  }
  say(to: string, clientMsgId: bigint, text = 'hello'): number {
    return this.request(OP.SEND_MSG, message(to, clientMsgId, text));
  }
  replyTo(sequence: number): SentFrame | undefined {
    return this.frames.find(
      (frame) => frame.sequence === sequence && sequence !== 0 && frame.operation !== 8,
    );
  }
  disconnectCode(): number | undefined {
    const found = this.frames.find((frame) => frame.operation === OP.DISCONNECT);
    return found === undefined ? undefined : DisconnectMsg.decode(found.body).code;
  }
  pushes(): SentFrame[] {
    return this.frames.filter((frame) => frame.operation === OP.SEND_MSG_REPLY && frame.sequence === 0);
  }
  pushedRows(): (typeof AddMsg.prototype)[] {
    return this.pushes().flatMap((frame) => PushMsg.decode(frame.body).msg.map((row) => AddMsg.create(row)));
  }
  notices(): SentFrame[] {
    return this.frames.filter((frame) => frame.operation === OP.HEARTBEAT + 1 && frame.sequence === 0);
  }
}

export const message = (to: string, clientMsgId: bigint, text = 'hello'): Uint8Array =>
  NewChatMsg.encode({
    msgType: 1,
    toUserName: to,
    clientMsgId: longOfId(clientMsgId),
    content: Buffer.from(text),
  }).finish();

export const rowBytes = (from: string, to: string, seq: number, text = 'hello'): Buffer =>
  Buffer.from(
    AddMsg.encode({
      fromUserName: from,
      toUserName: to,
      content: Buffer.from(text),
      serverMsgSeq: longOf(seq),
      convSeq: longOf(seq),
      serverMsgId: longOfId(BigInt(seq)),
    }).finish(),
  );

// ---- all together

export const RIG_LAYOUT: Layout = {
  inboundPartitions: 2,
  inboxPartitions: 2,
  epoch: 1,
  retentionMs: Number.POSITIVE_INFINITY,
};

export class GateRig {
  readonly clock = new SimClock();
  readonly log = new MemoryLog(this.clock);
  readonly timeline = new MemoryTimeline();
  readonly authenticator = new PlainAuthenticator();
  readonly codecs: Codecs;
  readonly limits: Limits;
  gate!: Gate;
  #seed = 0;

  constructor(limits: Partial<Limits> = {}) {
    const names = Object.values(EVENT_SCHEMAS).map((each) => each.subject);
    this.codecs = makeCodecs((event) => names.indexOf(event.subject) + 1);
    this.limits = { ...DEFAULT_LIMITS, ...limits };
  }

  static async open(limits: Partial<Limits> = {}): Promise<GateRig> {
    const rig = new GateRig(limits);
    await rig.log.ensureTopics(topicSpecs(RIG_LAYOUT));
    rig.gate = await rig.clock.until(rig.openGate());
    return rig;
  }

  openGate(): Promise<Gate> {
    return openGate({
      log: this.log,
      codecs: this.codecs,
      timeline: this.timeline,
      authenticator: this.authenticator,
      layout: RIG_LAYOUT,
      limits: this.limits,
      clock: this.clock,
      random: new SeededRandom(++this.#seed),
      logger: SILENT_LOGGER,
      slot: 0,
      gateName: 'rig',
    });
  }

  connect(messageFramed = false, address = '10.0.0.1'): RigClient {
    const client = new RigClient(messageFramed, address);
    client.attach(this.gate.accept(client));
    return client;
  }

  /** A client whose session is live, its first heartbeat answered; what was sent so far is forgotten. */
  async live(user: string, device = `${user}-1`, messageFramed = false): Promise<RigClient> {
    const client = this.connect(messageFramed);
    client.auth(user, device);
    await this.settle();
    client.request(OP.HEARTBEAT, new Uint8Array(0));
    await this.settle();
    client.frames.length = 0;
    client.writes = 0;
    return client;
  }

  /** Runs what is due now. */
  settle(): Promise<void> {
    return this.clock.runFor(0);
  }

  inbound(): InboundEvent[] {
    return Array.from({ length: RIG_LAYOUT.inboundPartitions }, (_, partition) =>
      this.log.records(INBOUND, partition).map((record) => this.codecs.inbound.decode(record.value!)!),
    ).flat();
  }

  sessionRecords(): LogRecord[] {
    return Array.from({ length: RIG_LAYOUT.inboxPartitions }, (_, partition) => [
      ...this.log.records(sessionsTopic(1), partition),
    ])
      .flat()
      .filter((record) => !record.key!.toString().startsWith('slot/'));
  }

  /** Connection numbers of a user's sessions, in the order of their records. */
  connectionsOf(user: string): number[] {
    return this.sessionRecords()
      .filter((record) => record.value !== null)
      .map((record) => this.codecs.session.decode(record.value!)!)
      .filter((event) => event.user === user)
      .map((event) => event.connection);
  }

  get epoch(): number {
    return this.gate.stats().slotEpoch;
  }

  async deliver(value: Uint8Array): Promise<void> {
    await this.log.append(deliveryTopic(0), 0, [{ key: null, value }]);
    await this.settle();
  }

  push(over: Partial<PushEvent> & { to?: [number, number][]; own?: [number, number][] }): Buffer {
    const { to = [], own = [], ...rest } = over;
    return this.codecs.push.encode({
      slotEpoch: this.epoch,
      inboxPartition: 0,
      seq: 0,
      row: Buffer.alloc(0),
      targets: targets(to),
      ownTargets: targets(own),
      connection: -1,
      request: 0,
      ack: Buffer.alloc(0),
      prevSeq: 0,
      ...rest,
    });
  }
}

const targets = (list: [number, number][]): Buffer => {
  const writer = new TargetWriter();
  for (const [connection, prevSeq] of list) writer.add(connection, prevSeq);
  return writer.take();
};
