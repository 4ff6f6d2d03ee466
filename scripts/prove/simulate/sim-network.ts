/**
 * A network in memory on a simulated clock.
 *
 * Invariants:
 * 1. Bytes of one direction arrive in order, each chunk after a delay of its own, or not at all.
 * 2. Where a byte does not arrive, none after it does: losses end in a closed connection, told at once or only later
 *    to one end (a silent cut), as with TCP.
 * 3. `closed` is called exactly once for an end whose process lives, last.
 * 4. What a killed process has sent may still arrive.
 */
import type { SeededRandom } from '../../../infra/random/seeded-random.ts';
import { BubbleError } from '../../../schemas/errors.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import type { Connection, ConnectionHandler } from '../../../schemas/ports/connection.ts';
import type { SimProcess } from './sim-process.ts';

export interface NetworkOptions {
  readonly clock: Clock;
  readonly random: SeededRandom;
  /** Mean delay of a chunk, ms. */
  readonly delayMs: number;
  /** Bytes on the way that count as taken by the operating system. */
  readonly windowBytes: number;
}

interface End {
  readonly process: SimProcess;
  handler: ConnectionHandler | null;
  open: boolean;
  /** Reading is paused: what arrives waits here. */
  paused: boolean;
  arrived: Uint8Array[];
  finArrived: boolean;
  /** What this end has sent: bytes on the way, and when the last chunk arrives. */
  inFlight: number;
  lastArrival: number;
  wasBuffered: boolean;
}

const newEnd = (process: SimProcess): End => ({
  process,
  handler: null,
  open: true,
  paused: false,
  arrived: [],
  finArrived: false,
  inFlight: 0,
  lastArrival: 0,
  wasBuffered: false,
});

/** One connection; `client` opened it. */
export class SimLink {
  readonly #network: NetworkOptions;
  readonly #framed: boolean;
  readonly #ends: { readonly client: End; readonly server: End };
  /** A silent cut: nothing arrives any more, nobody is told. */
  #silent = false;
  #slowUntil = 0;
  /** The next chunk to this end arrives twice. */
  #repeatTo: Side | null = null;
  readonly #onClosed: (link: SimLink) => void;

  constructor(
    network: NetworkOptions,
    framed: boolean,
    processes: { client: SimProcess; server: SimProcess },
    onClosed: (link: SimLink) => void,
  ) {
    this.#network = network;
    this.#framed = framed;
    this.#ends = { client: newEnd(processes.client), server: newEnd(processes.server) };
    this.#onClosed = onClosed;
    for (const [name, end] of Object.entries(this.#ends)) {
      end.process.onDeath(() => this.#died(name as Side));
    }
  }

  get isOpen(): boolean {
    return this.#ends.client.open || this.#ends.server.open;
  }

  connection(side: Side): Connection {
    const own = this.#ends[side];
    const buffered = (): number => Math.max(0, own.inFlight - this.#network.windowBytes);
    return {
      remoteAddress: side === 'server' ? '10.0.0.2' : '10.0.0.1',
      messageFramed: this.#framed,
      get bufferedBytes() {
        return buffered();
      },
      send: (frames) => {
        if (!own.open || own.process.state === 'dead') return;
        if (this.#framed) for (const frame of frames) this.#transmit(side, Buffer.from(frame));
        else this.#transmit(side, Buffer.concat(frames));
        if (buffered() > 0) own.wasBuffered = true;
      },
      pauseReading: () => {
        own.paused = true;
      },
      resumeReading: () => {
        own.paused = false;
        this.#network.clock.after(0, () => this.#drainArrived(side));
      },
      end: () => this.#end(side),
      destroy: () => this.#destroy(side, 'destroyed'),
    };
  }

  attach(side: Side, handler: ConnectionHandler): void {
    this.#ends[side].handler = handler;
  }

  /** Both ends are told soon; what is on the way may or may not arrive. */
  cut(): void {
    this.#closeLater('client', 'connection reset');
    this.#closeLater('server', 'connection reset');
  }

  /** Nothing arrives any more and nobody is told. */
  cutSilently(): void {
    this.#silent = true;
  }

  /** Chunks wait until then. */
  stall(untilMs: number): void {
    this.#slowUntil = Math.max(this.#slowUntil, untilMs);
  }

  /** The next chunk to this end arrives twice. */
  repeatNext(to: Side): void {
    this.#repeatTo = to;
  }

  /** Sends bytes that nobody has sent. */
  inject(to: Side, bytes: Uint8Array): void {
    this.#transmit(other(to), Buffer.from(bytes));
  }

  #transmit(side: Side, chunk: Buffer): void {
    if (chunk.length === 0) return;
    const { random } = this.#network;
    if (!this.#framed && chunk.length > 1 && random.oneIn(8)) {
      const at = 1 + random.below(chunk.length - 1);
      this.#transmitWhole(side, chunk.subarray(0, at));
      this.#transmitWhole(side, chunk.subarray(at));
    } else {
      this.#transmitWhole(side, chunk);
    }
  }

  #transmitWhole(side: Side, chunk: Buffer): void {
    const { clock, random, delayMs } = this.#network;
    const own = this.#ends[side];
    own.inFlight += chunk.length;
    const delay = random.below(2 * delayMs + 1);
    const due = Math.max(own.lastArrival, this.#slowUntil, clock.monotonic() + delay);
    own.lastArrival = due;
    clock.after(due - clock.monotonic(), () => this.#arrive(side, chunk));
    if (this.#repeatTo !== other(side)) return;
    this.#repeatTo = null;
    this.#transmitWhole(side, chunk);
  }

  #arrive(from: Side, chunk: Buffer): void {
    if (this.#silent) return;
    const own = this.#ends[from];
    const peer = this.#ends[other(from)];
    if (!peer.open) return;
    peer.arrived.push(chunk);
    if (!peer.paused) this.#drainArrived(other(from));
    // A reader that pauses lets the sender's buffers fill.
    if (!peer.paused || peer.arrived.length === 0) this.#taken(own, chunk.length);
    else peer.arrived.push(NOT_TAKEN);
  }

  #taken(sender: End, bytes: number): void {
    sender.inFlight -= bytes;
    if (!sender.wasBuffered || sender.inFlight > this.#network.windowBytes) return;
    sender.wasBuffered = false;
    if (sender.open) sender.process.whenRunning(() => sender.open && sender.handler?.drained());
  }

  #drainArrived(side: Side): void {
    const own = this.#ends[side];
    if (own.paused || !own.open) return;
    own.process.whenRunning(() => {
      while (own.open && !own.paused) {
        const chunk = own.arrived.shift();
        if (chunk === undefined) break;
        if (chunk === NOT_TAKEN) continue;
        if (own.arrived[0] === NOT_TAKEN) {
          own.arrived.shift();
          this.#taken(this.#ends[other(side)], chunk.length);
        }
        // Bytes are valid during the call only: what keeps them without a copy shall notice.
        const bytes = Buffer.from(chunk);
        own.handler?.received(bytes);
        bytes.fill(0xee);
      }
      if (own.finArrived && own.arrived.length === 0) this.#close(side, 'ended by the peer');
    });
  }

  #end(side: Side): void {
    const own = this.#ends[side];
    if (!own.open) return;
    const { clock } = this.#network;
    const due = Math.max(own.lastArrival, this.#slowUntil, clock.monotonic());
    clock.after(due - clock.monotonic(), () => {
      const peer = this.#ends[other(side)];
      if (!this.#silent && peer.open) {
        peer.finArrived = true;
        this.#drainArrived(other(side));
      }
      this.#close(side, 'ended');
    });
  }

  #destroy(side: Side, reason: string): void {
    if (!this.#ends[side].open) return;
    this.#network.clock.after(0, () => this.#close(side, reason));
    if (!this.#silent) this.#closeLater(other(side), 'connection reset');
  }

  #died(side: Side): void {
    const own = this.#ends[side];
    own.handler = null;
    if (!own.open) return;
    own.open = false;
    // Mostly the operating system tells the peer; a machine that is gone does not.
    if (!this.#silent && !this.#network.random.oneIn(8)) this.#closeLater(other(side), 'connection reset');
    this.#onClosed(this);
  }

  #closeLater(side: Side, reason: string): void {
    const { clock, random, delayMs } = this.#network;
    clock.after(random.below(2 * delayMs + 1), () => this.#close(side, reason));
  }

  #close(side: Side, reason: string): void {
    const own = this.#ends[side];
    if (!own.open) return;
    own.open = false;
    own.arrived = [];
    own.process.whenRunning(() => own.handler?.closed(reason));
    if (!this.isOpen) this.#onClosed(this);
  }
}

export type Side = 'client' | 'server';
const other = (side: Side): Side => (side === 'client' ? 'server' : 'client');
/** Follows a chunk in the queue whose bytes still count as on the way. */
const NOT_TAKEN = Buffer.alloc(0);

interface Listener {
  readonly process: SimProcess;
  readonly accept: (connection: Connection) => ConnectionHandler;
}

export class SimNetwork {
  readonly #options: NetworkOptions;
  readonly #links = new Set<SimLink>();
  #listener: Listener | null = null;
  #connections = 0;

  constructor(options: NetworkOptions) {
    this.#options = options;
  }

  /** Connections made so far. */
  get connections(): number {
    return this.#connections;
  }

  listen(listener: Listener): void {
    this.#listener = listener;
    listener.process.onDeath(() => {
      if (this.#listener === listener) this.#listener = null;
    });
  }

  stopListening(): void {
    this.#listener = null;
  }

  /** The SDK's transport of one client process. */
  async connect(
    process: SimProcess,
    handler: ConnectionHandler,
    signal: AbortSignal,
  ): Promise<{ connection: Connection; link: SimLink }> {
    const { clock, random, delayMs } = this.#options;
    await new Promise<void>((resolve) => clock.after(random.below(2 * delayMs + 1), resolve));
    const listener = this.#listener;
    if (listener === null || listener.process.state === 'dead' || signal.aborted) {
      throw new BubbleError('CONNECTION_LOST', 'connection refused', { retryable: true });
    }
    if (process.state === 'dead') return new Promise(() => {});
    const link = new SimLink(
      this.#options,
      random.oneIn(2),
      { client: process, server: listener.process },
      (closed) => {
        this.#links.delete(closed);
      },
    );
    this.#links.add(link);
    this.#connections += 1;
    link.attach('client', handler);
    link.attach('server', listener.accept(link.connection('server')));
    const connection = link.connection('client');
    signal.addEventListener('abort', () => connection.destroy(), { once: true });
    return { connection, link };
  }

  /** Open connections, oldest first. */
  links(): SimLink[] {
    return [...this.#links];
  }
}
