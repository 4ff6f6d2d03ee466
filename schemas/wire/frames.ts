/**
 * Frames out of bytes. A byte stream is cut by `FrameSplitter`; a WebSocket message must be one whole frame.
 *
 * Memory is bounded by what has arrived, never by what a header claims: an unfinished frame is kept in a buffer
 * that doubles up to the limit, and a length beyond the limit is refused as soon as the header is there.
 */
import { HEADER_BYTES, type Header, type HeaderFault, MAX_HEADER_BYTES, parseHeader } from './header.ts';

export interface Frame {
  readonly header: Header;
  /** The header as on the wire, extensions included. */
  readonly headerBytes: Uint8Array;
  readonly body: Uint8Array;
}

/** `too-large`: the body is longer than the limit. `length`: a message is not exactly one frame. */
export type FrameFault = HeaderFault | 'too-large' | 'length';

const frameAt = (bytes: Uint8Array, at: number, header: Header): Frame => {
  const bodyAt = at + header.headerLength;
  return {
    header,
    headerBytes: bytes.subarray(at, bodyAt),
    body: bytes.subarray(bodyAt, bodyAt + header.bodyLength),
  };
};

/** The one frame of a message; the result's bytes are views of it. */
export const wholeFrame = (message: Uint8Array, maxBodyBytes: number): Frame | FrameFault => {
  const header = parseHeader(message);
  if (header === 'incomplete') return 'length';
  if (typeof header === 'string') return header;
  if (header.bodyLength > maxBodyBytes) return 'too-large';
  return header.headerLength + header.bodyLength === message.length ? frameAt(message, 0, header) : 'length';
};

const NOTHING = new Uint8Array(0);
const SMALLEST_KEPT_BYTES = 128;

/**
 * Cuts a byte stream into frames: `feed` a chunk, then take frames with `next` until it gives null or a fault.
 * Frames are views, valid until the next `feed`. After a fault the splitter must not be used any more.
 */
export class FrameSplitter {
  /** The beginning of an unfinished frame, copied. */
  #kept: Uint8Array = NOTHING;
  #keptLength = 0;
  #chunk: Uint8Array = NOTHING;
  #at = 0;

  /** True: the first bytes of a frame are here and the last are not (between calls of `next` that gave null). */
  get partial(): boolean {
    return this.#keptLength > 0;
  }

  /** Takes a chunk; it must stay unchanged until `next` has given null. */
  feed(chunk: Uint8Array): void {
    this.#chunk = chunk;
    this.#at = 0;
  }

  /** The next whole frame; null: none until more bytes are fed. */
  next(maxBodyBytes: number): Frame | FrameFault | null {
    if (this.#keptLength > 0) return this.#nextKept(maxBodyBytes);
    const chunk = this.#chunk;
    if (this.#at === chunk.length) return this.#finished();
    const header = parseHeader(chunk, this.#at);
    if (header === 'incomplete') return this.#keepRest(maxBodyBytes);
    if (typeof header === 'string') return header;
    if (header.bodyLength > maxBodyBytes) return 'too-large';
    const length = header.headerLength + header.bodyLength;
    if (chunk.length - this.#at < length) return this.#keepRest(maxBodyBytes);
    const frame = frameAt(chunk, this.#at, header);
    this.#at += length;
    return frame;
  }

  #finished(): null {
    this.#chunk = NOTHING;
    this.#at = 0;
    return null;
  }

  #keepRest(maxBodyBytes: number): null {
    this.#take(this.#chunk.length - this.#at, maxBodyBytes);
    return this.#finished();
  }

  /** Goes on with the frame whose beginning is kept: first to the end of its header, then to its last byte. */
  #nextKept(maxBodyBytes: number): Frame | FrameFault | null {
    if (this.#keptLength < HEADER_BYTES) this.#take(HEADER_BYTES - this.#keptLength, maxBodyBytes);
    const header = parseHeader(this.#kept, 0, this.#keptLength);
    if (header === 'incomplete') return this.#finished();
    if (typeof header === 'string') return header;
    if (header.bodyLength > maxBodyBytes) return 'too-large';
    const length = header.headerLength + header.bodyLength;
    this.#take(length - this.#keptLength, maxBodyBytes);
    if (this.#keptLength < length) return this.#finished();
    const frame = frameAt(this.#kept, 0, header);
    this.#kept = NOTHING;
    this.#keptLength = 0;
    return frame;
  }

  /** Copies up to `count` bytes of the chunk behind what is kept. */
  #take(count: number, maxBodyBytes: number): void {
    const taken = Math.min(count, this.#chunk.length - this.#at);
    const needed = this.#keptLength + taken;
    if (needed > this.#kept.length) {
      const most = MAX_HEADER_BYTES + maxBodyBytes;
      const grown = new Uint8Array(
        Math.max(needed, Math.min(most, Math.max(SMALLEST_KEPT_BYTES, 2 * needed))),
      );
      grown.set(this.#kept.subarray(0, this.#keptLength), 0);
      this.#kept = grown;
    }
    this.#kept.set(this.#chunk.subarray(this.#at, this.#at + taken), this.#keptLength);
    this.#keptLength = needed;
    this.#at += taken;
  }
}
