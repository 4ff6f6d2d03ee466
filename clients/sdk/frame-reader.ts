/** Cuts frames out of received bytes: a byte stream (TCP), or one whole frame a message (WebSocket). */
import { type Header, type HeaderFault, parseHeader } from '../../schemas/wire/header.ts';

export type FrameFault = HeaderFault | 'too-large' | 'not-one-frame';

/** Header bytes (extensions included) and body are views, valid during the call only. */
export type FrameSink = (header: Header, headerBytes: Uint8Array, body: Uint8Array) => void;

const NOTHING = new Uint8Array(0);

export class FrameReader {
  readonly #messageFramed: boolean;
  readonly #frameBytes: number;
  /** Bytes of a frame that has not arrived whole: the first #heldLength of #held. */
  #held: Uint8Array = NOTHING;
  #heldLength = 0;

  /** @param frameBytes a larger body is a fault */
  constructor(messageFramed: boolean, frameBytes: number) {
    this.#messageFramed = messageFramed;
    this.#frameBytes = frameBytes;
  }

  /** @returns a fault, after which nothing more can be read */
  feed(bytes: Uint8Array, sink: FrameSink): FrameFault | null {
    if (this.#messageFramed) {
      const end = this.#cut(bytes, bytes.length, sink, 1);
      if (typeof end !== 'number') return end;
      return end === bytes.length && end > 0 ? null : 'not-one-frame';
    }
    if (this.#heldLength === 0) {
      const end = this.#cut(bytes, bytes.length, sink);
      if (typeof end !== 'number') return end;
      if (end < bytes.length) this.#hold(bytes.subarray(end));
      return null;
    }
    this.#hold(bytes);
    const held = this.#held;
    const end = this.#cut(held, this.#heldLength, sink);
    if (typeof end !== 'number') return end;
    if (end === 0) return null;
    held.copyWithin(0, end, this.#heldLength);
    this.#heldLength -= end;
    if (this.#heldLength === 0) this.#held = NOTHING;
    return null;
  }

  /** @returns where the first incomplete frame begins */
  #cut(
    bytes: Uint8Array,
    end: number,
    sink: FrameSink,
    most = Number.POSITIVE_INFINITY,
  ): number | FrameFault {
    let at = 0;
    for (let frames = 0; frames < most; frames += 1) {
      const header = parseHeader(bytes, at, end);
      if (header === 'incomplete') return at;
      if (typeof header === 'string') return header;
      if (header.bodyLength > this.#frameBytes) return 'too-large';
      const body = at + header.headerLength;
      const next = body + header.bodyLength;
      if (next > end) return at;
      sink(header, bytes.subarray(at, body), bytes.subarray(body, next));
      at = next;
    }
    return at;
  }

  #hold(bytes: Uint8Array): void {
    const needed = this.#heldLength + bytes.length;
    if (needed > this.#held.length) {
      const grown = new Uint8Array(Math.max(needed, 2 * this.#held.length));
      grown.set(this.#held.subarray(0, this.#heldLength), 0);
      this.#held = grown;
    }
    this.#held.set(bytes, this.#heldLength);
    this.#heldLength = needed;
  }
}
