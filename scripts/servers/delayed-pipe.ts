/**
 * One direction of a connection through a fault proxy: what goes in comes out in order, later, or not at all.
 *
 * Invariants:
 * 1. Nothing overtakes: a delayed piece delays all behind it.
 * 2. While it is held nothing comes out, the end of the connection neither; what waits is bounded, beyond that the
 *    source is not read.
 */
import type { Socket } from 'node:net';

interface Piece {
  readonly bytes: Buffer;
  /** Monotonic ms. */
  readonly dueAt: number;
  /** Called when it was written. */
  readonly passed: () => void;
}

const WAITING_BYTES = 16 * 1024 * 1024;

export class DelayedPipe {
  readonly #source: Socket;
  readonly #target: Socket;
  #waiting: Piece[] = [];
  #bytes = 0;
  #lastDueAt = 0;
  #ending: 'no' | 'end' | 'reset' = 'no';
  #held = false;
  #stopped = false;
  #isBlocked = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(source: Socket, target: Socket) {
    this.#source = source;
    this.#target = target;
    const unblock = (): void => {
      this.#isBlocked = false;
      this.#pump();
    };
    target.on('drain', unblock);
    target.on('close', unblock);
  }

  add(bytes: Buffer, delayMs: number, passed: () => void = () => {}): void {
    if (this.#stopped) return;
    this.#lastDueAt = Math.max(this.#lastDueAt, performance.now() + delayMs);
    this.#waiting.push({ bytes, dueAt: this.#lastDueAt, passed });
    this.#bytes += bytes.length;
    if (this.#bytes > WAITING_BYTES) this.#source.pause();
    this.#pump();
  }

  /** The target ends behind what waits. */
  end(how: 'end' | 'reset'): void {
    if (this.#ending !== 'no') return;
    this.#ending = how;
    this.#pump();
  }

  /** Nothing comes out until it is let go. */
  hold(held: boolean): void {
    this.#held = held;
    this.#pump();
  }

  /** Nothing comes out any more, for ever. What waits is lost. */
  stop(): void {
    this.#stopped = true;
    this.#waiting = [];
    this.#bytes = 0;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #pump(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    while (!this.#held && !this.#stopped && !this.#isBlocked) {
      const piece = this.#waiting[0];
      if (piece === undefined) {
        this.#finish();
        return;
      }
      const leftMs = piece.dueAt - performance.now();
      if (leftMs > 0) {
        this.#timer = setTimeout(() => this.#pump(), Math.ceil(leftMs));
        return;
      }
      this.#waiting.shift();
      this.#bytes -= piece.bytes.length;
      if (this.#bytes <= WAITING_BYTES) this.#source.resume();
      if (!this.#target.destroyed) this.#isBlocked = !this.#target.write(piece.bytes);
      piece.passed();
    }
  }

  #finish(): void {
    if (this.#ending === 'end') this.#target.end();
    if (this.#ending === 'reset') this.#target.resetAndDestroy();
  }
}
