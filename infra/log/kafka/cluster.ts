/**
 * What this process knows of the cluster: brokers, topics, who leads which partition; and connections to all of them.
 *
 * Invariants:
 * 1. A partition's leader is replaced only by one of a later leader epoch, unless the older view has lasted for
 *    `EPOCH_TRUST_MS`: a broker that was cut off or paused tells of leaders of the past when it comes back.
 * 2. Nobody waits for a broker that is known to be away: for `DOWN_MS` after a failed connection, others fail at once.
 * 3. A name stands for the topic that had it when it was first seen. Once brokers tell of another id, the topic has no
 *    leaders and no partitions here any more, and whoever asks for it gets the failure; only another process, which
 *    compares what is stored with what is there, may begin with the new one. Brokers too old to tell ids (before 2.8)
 *    leave it unnoticed.
 */
import { BubbleError } from '../../../schemas/errors.ts';
import type { Clock, Timer } from '../../../schemas/ports/clock.ts';
import { pause } from '../../clock/pause.ts';
import { BrokerConnection, type ConnectionOptionsOfBroker } from './broker-connection.ts';
import type { Versioned } from './exchanges.ts';
import { KAFKA } from './kafka-errors.ts';
import { type BrokerAddress, type ClusterMetadata, metadata, type TopicMetadata } from './metadata.ts';
import { shared } from './waiting.ts';

export interface ClusterOptions extends ConnectionOptionsOfBroker {
  /** host:port, at least one. */
  readonly brokers: readonly string[];
}

interface KnownPartition {
  leader: number;
  epoch: number;
  /** When a view of an older epoch was first refused, monotonic ms; 0: not. */
  doubtedAt: number;
}

interface KnownTopic {
  /** The first that was told; null: none was. */
  id: string | null;
  /** Set once another topic has the name. */
  madeAnew: BubbleError | null;
  partitions: KnownPartition[];
  /** Since when brokers deny that it exists, monotonic ms; 0: they do not. */
  deniedAt: number;
}

const METADATA_TIMEOUT_MS = 1_000;
const DOWN_MS = 250;
const DOUBT_MS = 10_000;
const EPOCH_TRUST_MS = 5_000;
/** A topic that was there and is denied for so long is gone; shorter is a broker that is not up to date. */
const GONE_MS = 10_000;
/** So often all is asked for again where nothing fails: appends succeed as before in a topic that was made anew. */
const LOOK_MS = 5_000;
export const NO_LEADER = -1;

export class Cluster {
  readonly options: ClusterOptions;
  readonly #clock: Clock;
  readonly #bootstrap: readonly BrokerAddress[];
  #brokers = new Map<number, BrokerAddress>();
  readonly #topics = new Map<string, KnownTopic>();
  readonly #downUntil = new Map<string, number>();
  /** Brokers that did not answer a question: others are asked first for a while. */
  readonly #doubtedUntil = new Map<string, number>();
  readonly #connections = new Set<BrokerConnection>();
  /** For questions that any broker can answer. */
  #asked: BrokerConnection | null = null;
  #look: Timer | null = null;
  #closed = false;
  /** Asks for everything known again; concurrent callers share one question. */
  readonly refresh: () => Promise<void>;

  constructor(options: ClusterOptions) {
    this.options = options;
    this.#clock = options.clock;
    this.#bootstrap = options.brokers.map((place) => {
      const at = place.lastIndexOf(':');
      return { nodeId: -1, host: place.slice(0, at), port: Number(place.slice(at + 1)) };
    });
    this.refresh = shared(async () => {
      await this.#learn([...this.#topics.keys()]);
    });
  }

  /** The node that leads the partition, NO_LEADER during an election, undefined where it is not known. */
  leaderOf(topic: string, partition: number): number | undefined {
    return this.#topics.get(topic)?.partitions[partition]?.leader;
  }

  /** The id by which a topic is known here; null: it is not, or brokers are too old to tell. */
  idOf(topic: string): string | null {
    return this.#topics.get(topic)?.id ?? null;
  }

  /** Why a topic that was there cannot be had any more: it is gone, or another one has its name. null: it can. */
  lossOf(topic: string): BubbleError | null {
    const known = this.#topics.get(topic);
    if (known === undefined) return null;
    return known.madeAnew ?? (this.#isGone(known) ? this.#unknown(topic, false) : null);
  }

  isDown(nodeId: number): boolean {
    const address = this.#brokers.get(nodeId);
    return address === undefined || this.#isDownAt(address);
  }

  /**
   * Number of partitions. Rejects with UNKNOWN_TOPIC, retryable only where the topic was there before, and with
   * OFFSET_OUT_OF_RANGE where it was made anew.
   */
  async partitions(topic: string): Promise<number> {
    const known = this.#partitionsKnown(topic);
    if (known !== undefined) return known;
    const wasThere = this.#topics.has(topic);
    // A broker may not have heard yet of a topic that was just made: another one, a moment later, is asked too.
    for (let attempt = 0; attempt < 3; attempt += 1) {
      if (attempt > 0) await pause(this.#clock, 100);
      await this.#learn([topic]);
      const partitions = this.#partitionsKnown(topic);
      if (partitions !== undefined && partitions > 0) return partitions;
      this.#asked?.drop('another broker is asked');
    }
    throw this.#unknown(topic, wasThere);
  }

  /** @throws BubbleError OFFSET_OUT_OF_RANGE where the topic was made anew */
  #partitionsKnown(topic: string): number | undefined {
    const known = this.#topics.get(topic);
    if (known === undefined) return undefined;
    if (known.madeAnew !== null) throw known.madeAnew;
    return this.#isGone(known) ? undefined : known.partitions.length;
  }

  #unknown(topic: string, retryable: boolean): BubbleError {
    const text = `there is no topic ${topic} on ${this.options.brokers.join(', ')}`;
    return new BubbleError('UNKNOWN_TOPIC', text, { retryable });
  }

  /** @param topics null: all */
  async describe(topics: readonly string[] | null): Promise<readonly TopicMetadata[]> {
    const told = await this.#learn(topics);
    return told.topics;
  }

  /** A connection of the caller's own. Rejects with LOG_TIMEOUT (retryable), or CONFIG where we are refused. */
  async connect(nodeId: number): Promise<BrokerConnection> {
    const address = this.#brokers.get(nodeId);
    if (address === undefined) {
      throw new BubbleError('LOG_TIMEOUT', `broker ${nodeId} is not known`, { retryable: true });
    }
    return this.#open(address);
  }

  /** Asks a broker that answers, whichever. */
  async askAny<Answer>(versioned: Versioned<Answer>, timeoutMs: number): Promise<Answer> {
    let failure: unknown = null;
    for (const candidate of this.#candidates()) {
      try {
        const connection = await this.#connectionForQuestions(candidate);
        return await connection.ask(versioned, timeoutMs);
      } catch (error) {
        if (!(error instanceof BubbleError) || !error.retryable) throw error;
        this.#doubtedUntil.set(placeOf(candidate), this.#clock.monotonic() + DOUBT_MS);
        failure ??= error;
      }
    }
    throw new BubbleError('LOG_TIMEOUT', `no broker of ${this.options.brokers.join(', ')} answers`, {
      retryable: true,
      cause: failure,
    });
  }

  /** Asks again from time to time, until it is closed. */
  watch(): void {
    if (this.#closed) return;
    this.#look = this.#clock.after(LOOK_MS, () => {
      // That no broker answers is for those to tell who want something of one.
      this.refresh().then(
        () => this.watch(),
        () => this.watch(),
      );
    });
  }

  close(): void {
    this.#closed = true;
    this.#look?.cancel();
    for (const connection of this.#connections) connection.drop('the log is closed');
    this.#connections.clear();
  }

  async #learn(topics: readonly string[] | null): Promise<ClusterMetadata> {
    const told = await this.askAny(metadata(topics), METADATA_TIMEOUT_MS);
    if (told.brokers.length > 0) this.#brokers = new Map(told.brokers.map((each) => [each.nodeId, each]));
    for (const each of told.topics) this.#note(each);
    return told;
  }

  #note({ topic, errorCode, id, partitions }: TopicMetadata): void {
    const now = this.#clock.monotonic();
    const known = this.#topics.get(topic);
    if (errorCode !== KAFKA.NONE) {
      if (errorCode === KAFKA.UNKNOWN_TOPIC_OR_PARTITION && known?.deniedAt === 0) known.deniedAt = now;
      return;
    }
    if (known?.madeAnew) return;
    // A broker that was cut off since before the topic was made may tell the id of the one before, and is believed: in
    // doubt nothing more is appended, and a restart heals.
    if (known !== undefined && known.id !== null && id !== null && id !== known.id) {
      Object.assign(known, { partitions: [], madeAnew: madeAnew(topic, known.id, id) });
      return;
    }
    const next: KnownPartition[] = [];
    for (const { partition, leader, leaderEpoch: epoch } of partitions) {
      const before = known?.partitions[partition];
      if (before !== undefined && epoch < before.epoch) {
        if (before.doubtedAt === 0) before.doubtedAt = now;
        if (now - before.doubtedAt < EPOCH_TRUST_MS) {
          next[partition] = before;
          continue;
        }
      }
      next[partition] = { leader, epoch, doubtedAt: 0 };
    }
    if (known === undefined) this.#topics.set(topic, { id, madeAnew: null, partitions: next, deniedAt: 0 });
    else Object.assign(known, { id: known.id ?? id, partitions: next, deniedAt: 0 });
  }

  #isGone(known: KnownTopic): boolean {
    return known.deniedAt !== 0 && this.#clock.monotonic() - known.deniedAt >= GONE_MS;
  }

  /** The broker asked last first, those known to be away or in doubt last. */
  *#candidates(): Generator<BrokerAddress | BrokerConnection> {
    if (this.#asked?.alive) yield this.#asked;
    const all = [...this.#brokers.values(), ...this.#bootstrap];
    const now = this.#clock.monotonic();
    const isLast = (address: BrokerAddress): boolean =>
      this.#isDownAt(address) || (this.#doubtedUntil.get(placeOf(address)) ?? 0) > now;
    for (const address of all) if (!isLast(address)) yield address;
    for (const address of all) if (isLast(address)) yield address;
  }

  async #connectionForQuestions(candidate: BrokerAddress | BrokerConnection): Promise<BrokerConnection> {
    if (candidate instanceof BrokerConnection) return candidate;
    // Whoever asked at the same time may have connected meanwhile.
    if (this.#asked?.alive) return this.#asked;
    const connectTimeoutMs = Math.min(this.options.connectTimeoutMs, METADATA_TIMEOUT_MS);
    const connection = await this.#open(candidate, connectTimeoutMs);
    if (this.#asked?.alive) connection.drop('not needed');
    else this.#asked = connection;
    return this.#asked;
  }

  #isDownAt(address: BrokerAddress): boolean {
    return (this.#downUntil.get(placeOf(address)) ?? 0) > this.#clock.monotonic();
  }

  async #open(
    address: BrokerAddress,
    connectTimeoutMs = this.options.connectTimeoutMs,
  ): Promise<BrokerConnection> {
    if (this.#closed) throw new BubbleError('LOG_CLOSED', 'the log is closed');
    const place = placeOf(address);
    if (this.#isDownAt(address))
      throw new BubbleError('LOG_TIMEOUT', `broker ${place} does not answer`, { retryable: true });
    try {
      const connection = await BrokerConnection.open(address.host, address.port, {
        ...this.options,
        connectTimeoutMs,
      });
      if (this.#closed) connection.drop('the log is closed');
      for (const each of this.#connections) if (!each.alive) this.#connections.delete(each);
      this.#connections.add(connection);
      this.#doubtedUntil.delete(place);
      return connection;
    } catch (error) {
      this.#downUntil.set(place, this.#clock.monotonic() + DOWN_MS);
      throw error;
    }
  }
}

const placeOf = (broker: BrokerAddress | BrokerConnection): string =>
  broker instanceof BrokerConnection ? broker.place : `${broker.host}:${broker.port}`;

const madeAnew = (topic: string, before: string, now: string): BubbleError =>
  new BubbleError(
    'OFFSET_OUT_OF_RANGE',
    `topic ${topic} was deleted and made anew: its id was ${before} and is ${now}, so offsets stored before belong to another log; ` +
      'this process reads and writes it no more: put the old one back from a copy, or reset what was made from it, and restart',
  );
