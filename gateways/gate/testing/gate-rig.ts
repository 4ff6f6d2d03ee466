/** A gate with everything around it in memory: log, timeline, authenticator, clock, connections. */
import { SimClock } from '../../../infra/clock/sim-clock.ts';
import type { LogRecord } from '../../../infra/log/log.ts';
import { SILENT_LOGGER } from '../../../infra/logger/logger.ts';
import { SeededRandom } from '../../../infra/random/seeded-random.ts';
import { type Codecs, EVENT_SCHEMAS, makeCodecs } from '../../../schemas/events/codecs.ts';
import type { PushEvent } from '../../../schemas/events/delivery.ts';
import type { InboundEvent } from '../../../schemas/events/inbound.ts';
import { TargetWriter } from '../../../schemas/events/packed.ts';
import { DEFAULT_LIMITS, type Limits } from '../../../schemas/limits.ts';
import { deliveryTopic, INBOUND, type Layout, sessionsTopic, topicSpecs } from '../../../schemas/topics.ts';
import { OP } from '../../../schemas/wire/operations.ts';
import { type Gate, openGate } from '../gate.ts';
import { MemoryLog } from './memory-log.ts';
import { MemoryTimeline } from './memory-timeline.ts';
import { PlainAuthenticator } from './plain-authenticator.ts';
import { RigClient } from './rig-client.ts';

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

/** A gate, and a client whose session is live. */
export const openWith = async (limits: Partial<Limits> = {}): Promise<[GateRig, RigClient]> => {
  const rig = await GateRig.open(limits);
  return [rig, await rig.live('ann', 'phone')];
};
