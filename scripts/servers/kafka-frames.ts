/** Kafka's requests and answers as they stand on a connection: four bytes of length, then a header. */

const LENGTH_BYTES = 4;
const FRAME_BYTES_AT_MOST = 100 * 1024 * 1024;

/** Cuts what a connection brings into whole frames, their length included. */
export class FrameCutter {
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** Of the frame that is under way, once its length is known. */
  #wanted = 0;

  /** Bytes of a frame that is not whole yet. */
  get rest(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  push(chunk: Buffer): Buffer[] {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    const frames: Buffer[] = [];
    for (;;) {
      if (this.#wanted === 0) {
        if (this.#bytes < LENGTH_BYTES) return frames;
        const length = this.#whole().readInt32BE(0);
        if (length < 0 || length > FRAME_BYTES_AT_MOST) throw new RangeError(`a frame of ${length} bytes`);
        this.#wanted = LENGTH_BYTES + length;
      }
      if (this.#bytes < this.#wanted) return frames;
      const bytes = this.#whole();
      frames.push(bytes.subarray(0, this.#wanted));
      this.#chunks = [bytes.subarray(this.#wanted)];
      this.#bytes -= this.#wanted;
      this.#wanted = 0;
    }
  }

  #whole(): Buffer {
    if (this.#chunks.length !== 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0]!;
  }
}

export const API = { produce: 0, fetch: 1 } as const;

export interface RequestHeader {
  readonly apiKey: number;
  readonly correlationId: number;
  /** As the client calls itself; empty: it does not. */
  readonly clientId: string;
}

export const requestHeader = (frame: Buffer): RequestHeader => {
  const idLength = Math.max(0, frame.readInt16BE(12));
  return {
    apiKey: frame.readInt16BE(4),
    correlationId: frame.readInt32BE(8),
    clientId: frame.toString('utf8', 14, 14 + idLength),
  };
};

export const correlationIdOf = (answer: Buffer): number => answer.readInt32BE(4);
