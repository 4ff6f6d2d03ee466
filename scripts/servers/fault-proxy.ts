/**
 * A proxy before a Kafka broker that loses, delays and cuts what passes, as a bad network does.
 *
 * Invariants:
 * 1. A broker gets each request at most once, and in the order of its connection; so does the client its answers.
 *    TCP brings no byte without those before it: a lost answer is the end of all answers on its connection.
 * 2. Requests that were held or delayed reach the broker, also where their client has given them up long ago; only
 *    those of a cut that ends by reset are lost.
 * 3. Which faults come is drawn from a seeded source. When they meet which request is not repeatable.
 */
import type { Socket } from 'node:net';
import type { Random } from '../../schemas/ports/random.ts';
import { DelayedPipe } from './delayed-pipe.ts';
import { API, correlationIdOf, FrameCutter, requestHeader } from './kafka-frames.ts';
import { type ProxiedPair, TcpProxy } from './tcp-proxy.ts';

/** Shares are of 1. */
export interface FaultRates {
  /** Of Produce requests: executed, the answer lost. */
  readonly lostProduced: number;
  /** Of all other requests. */
  readonly lostOthers: number;
  /** Of frames in both directions: delayed by up to `delayMs`. */
  readonly delayed: number;
  readonly delayMs: number;
  /** Of frames in both directions: the connection is reset when half of it has passed. */
  readonly torn: number;
}

export const NO_FAULTS: FaultRates = { lostProduced: 0, lostOthers: 0, delayed: 0, delayMs: 0, torn: 0 };

export interface CutRule {
  /** What does not pass. */
  readonly stops: 'requests' | 'answers' | 'both';
  /** As the client calls itself; null: all clients. */
  readonly clientId: string | null;
  /** New connections only: they are accepted, and nothing passes on them. */
  readonly newOnly: boolean;
  /** What becomes of what was held when the cut is over. */
  readonly after: 'late' | 'reset';
}

export interface FaultCounts {
  connections: number;
  requests: number;
  produced: number;
  lostProduced: number;
  lostOthers: number;
  delayed: number;
  torn: number;
  /** Connections that met a cut. */
  cut: number;
  /** Requests that reached the broker after their client had given up the connection. */
  late: number;
}

export const noCounts = (): FaultCounts => ({
  connections: 0,
  requests: 0,
  produced: 0,
  lostProduced: 0,
  lostOthers: 0,
  delayed: 0,
  torn: 0,
  cut: 0,
  late: 0,
});

export interface FaultProxyOptions {
  readonly target: number;
  readonly random: Random;
  /** Proxies may share one. */
  readonly counts: FaultCounts;
}

/** Share of lost answers after which the connection stays open. */
const HANGING = 0.25;

export class FaultProxy {
  readonly options: FaultProxyOptions;
  rates: FaultRates = NO_FAULTS;
  readonly #links = new Set<FaultyLink>();
  readonly #cuts = new Set<CutRule>();
  #proxy: TcpProxy | null = null;

  private constructor(options: FaultProxyOptions) {
    this.options = options;
  }

  static async open(options: FaultProxyOptions): Promise<FaultProxy> {
    const faulty = new FaultProxy(options);
    faulty.#proxy = await TcpProxy.open({
      target: options.target,
      halfOpen: true,
      wire: (pair) => faulty.#wire(pair),
    });
    return faulty;
  }

  get port(): number {
    return this.#proxy?.port ?? 0;
  }

  /** True in this share of calls. */
  draw(share: number): boolean {
    return share > 0 && this.options.random.below(1_000_000) < share * 1_000_000;
  }

  /** @returns ends the cut */
  cut(rule: CutRule): () => void {
    this.#cuts.add(rule);
    if (!rule.newOnly) for (const link of this.#links) link.meet(rule);
    return () => {
      this.#cuts.delete(rule);
      for (const link of this.#links) link.over(rule);
    };
  }

  /** Resets all connections of this client, null: of all. */
  reset(clientId: string | null): void {
    for (const link of this.#links) if (clientId === null || link.clientId === clientId) link.reset();
  }

  /** Cuts that the link meets now that it is new, or has told who it is. */
  meetCuts(link: FaultyLink): void {
    for (const rule of this.#cuts) link.meet(rule);
  }

  #wire(pair: ProxiedPair): void {
    const link = new FaultyLink(pair, this);
    this.options.counts.connections += 1;
    this.#links.add(link);
    const forget = (): void => {
      if (pair.client.destroyed && pair.server.destroyed) this.#links.delete(link);
    };
    pair.client.once('close', forget);
    pair.server.once('close', forget);
    this.meetCuts(link);
  }

  async close(): Promise<void> {
    for (const link of this.#links) link.reset();
    await this.#proxy?.close();
  }
}

class FaultyLink {
  clientId: string | null = null;
  readonly #pair: ProxiedPair;
  readonly #proxy: FaultProxy;
  readonly #requests: DelayedPipe;
  readonly #answers: DelayedPipe;
  /** Correlation ids of requests whose answers are to be lost. */
  readonly #losing = new Set<number>();
  readonly #met = new Set<CutRule>();

  constructor(pair: ProxiedPair, proxy: FaultProxy) {
    this.#pair = pair;
    this.#proxy = proxy;
    const { client, server } = pair;
    this.#requests = new DelayedPipe(client, server);
    this.#answers = new DelayedPipe(server, client);
    const inside = { cutter: new FrameCutter(), pass: (frame: Buffer) => this.#request(frame) };
    const outside = { cutter: new FrameCutter(), pass: (frame: Buffer) => this.#answer(frame) };
    this.#read(client, this.#requests, inside);
    this.#read(server, this.#answers, outside);
  }

  /** Holds what the rule stops, where it is about this link. */
  meet(rule: CutRule): void {
    if (this.#met.has(rule) || (rule.clientId !== null && rule.clientId !== this.clientId)) return;
    this.#met.add(rule);
    this.#proxy.options.counts.cut += 1;
    this.#hold();
  }

  over(rule: CutRule): void {
    if (!this.#met.delete(rule)) return;
    if (rule.after === 'reset') this.reset();
    else this.#hold();
  }

  reset(): void {
    this.#requests.stop();
    this.#answers.stop();
    const { client, server } = this.#pair;
    client.resetAndDestroy();
    server.resetAndDestroy();
  }

  #hold(): void {
    const stops = (what: CutRule['stops']): boolean =>
      [...this.#met].some((rule) => rule.stops === what || rule.stops === 'both');
    this.#requests.hold(stops('requests'));
    this.#answers.hold(stops('answers'));
  }

  #read(
    source: Socket,
    pipe: DelayedPipe,
    { cutter, pass }: { cutter: FrameCutter; pass: (frame: Buffer) => void },
  ): void {
    source.on('data', (chunk: Buffer) => {
      for (const frame of cutter.push(chunk)) pass(frame);
    });
    source.once('end', () => {
      if (cutter.rest.length > 0) pipe.add(cutter.rest, 0);
      pipe.end('end');
    });
    // Without an end before it: a reset. Requests that are on their way get there even so.
    source.once('close', () => pipe.end(pipe === this.#requests ? 'end' : 'reset'));
  }

  #request(frame: Buffer): void {
    const { counts } = this.#proxy.options;
    const { rates } = this.#proxy;
    const { apiKey, correlationId, clientId } = requestHeader(frame);
    if (this.clientId === null) {
      this.clientId = clientId;
      this.#proxy.meetCuts(this);
    }
    const isProduce = apiKey === API.produce;
    counts.requests += 1;
    if (isProduce) counts.produced += 1;
    if (this.#proxy.draw(isProduce ? rates.lostProduced : rates.lostOthers)) {
      if (isProduce) counts.lostProduced += 1;
      else counts.lostOthers += 1;
      this.#losing.add(correlationId);
    }
    this.#pass(this.#requests, frame, () => {
      if (this.#pair.client.readableEnded || this.#pair.client.destroyed) counts.late += 1;
    });
  }

  #answer(frame: Buffer): void {
    // A lost answer and all after it are lost; the connection ends, or hangs until the client gives it up.
    if (!this.#losing.delete(correlationIdOf(frame))) this.#pass(this.#answers, frame);
    else if (!this.#proxy.draw(HANGING)) this.reset();
    else this.#answers.stop();
  }

  #pass(pipe: DelayedPipe, frame: Buffer, passed?: () => void): void {
    const { rates } = this.#proxy;
    const { counts, random } = this.#proxy.options;
    if (this.#proxy.draw(rates.torn)) {
      counts.torn += 1;
      pipe.add(frame.subarray(0, frame.length >> 1), 0, () => this.reset());
      return;
    }
    const isDelayed = this.#proxy.draw(rates.delayed);
    if (isDelayed) counts.delayed += 1;
    pipe.add(frame, isDelayed ? random.below(rates.delayMs + 1) : 0, passed);
  }
}
