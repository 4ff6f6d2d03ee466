/** What a session sends: sealed in the order of the calls, the frames of one turn in one write. */
import type { ClientChannel } from '../../schemas/channel/client-channel.ts';
import { isPromise } from '../../schemas/channel/maybe-promise.ts';
import type { Clock, Timer } from '../../schemas/ports/clock.ts';
import type { Connection } from '../../schemas/ports/connection.ts';

export class OutgoingFrames {
  readonly #channel: ClientChannel;
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #fault: (reason: string) => void;
  #frames: Uint8Array[] = [];
  /** Seals under way, where cryptography is asynchronous: settles when all frames before have been handed over. */
  #sealing: Promise<void> | null = null;
  #flushTimer: Timer | null = null;
  #ended = false;

  /** @param fault a frame could not be sealed */
  constructor(channel: ClientChannel, connection: Connection, clock: Clock, fault: (reason: string) => void) {
    this.#channel = channel;
    this.#connection = connection;
    this.#clock = clock;
    this.#fault = fault;
  }

  send(operation: number, sequence: number, body: Uint8Array): void {
    const frame = this.#channel.seal(operation, sequence, body);
    if (isPromise(frame)) {
      this.#sendSealed(frame);
      return;
    }
    this.#frames.push(frame);
    this.#planFlush();
  }

  /** Results settle in the order of the calls, so appending each as it comes keeps the order. */
  #sendSealed(sealed: Promise<Uint8Array>): void {
    this.#sealing = sealed.then(
      (frame) => {
        this.#frames.push(frame);
        if (!this.#ended) this.#planFlush();
      },
      (error: unknown) => this.#fault(`seal: ${String(error)}`),
    );
  }

  #planFlush(): void {
    this.#flushTimer ??= this.#clock.after(0, this.#flush);
  }

  readonly #flush = (): void => {
    this.#flushTimer?.cancel();
    this.#flushTimer = null;
    const frames = this.#frames;
    if (frames.length === 0) return;
    this.#frames = [];
    this.#connection.send(frames);
  };

  /** Sends what was asked to be sent, then closes the connection. */
  end(): void {
    this.#stop();
    const flushAndEnd = (): void => {
      this.#flush();
      this.#connection.end();
    };
    if (this.#sealing === null) flushAndEnd();
    else void this.#sealing.then(flushAndEnd);
  }

  /** Drops what waits, and the connection. */
  destroy(): void {
    this.#stop();
    this.#connection.destroy();
  }

  #stop(): void {
    this.#ended = true;
    this.#flushTimer?.cancel();
    this.#flushTimer = null;
  }
}
