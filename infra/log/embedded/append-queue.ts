import type { BubbleError } from '../../../schemas/errors.ts';
import type { Appended, RecordInput } from '../log.ts';
import type { Chunk } from './chunk.ts';
import type { MemoryTail } from './memory-tail.ts';

type Resolve = (appended: Appended) => void;
type Reject = (error: BubbleError) => void;

/** Whole append calls that stand together in one chunk and wait for the disk. Parallel lists, no object per append. */
export interface Piece {
  readonly chunk: Chunk;
  readonly fromIndex: number;
  toIndex: number;
  bytes: number;
  /** One append at least must be synced before it is answered. */
  mustSync: boolean;
  readonly resolves: Resolve[];
  readonly rejects: Reject[];
  /** The index in the chunk of the first record of each append. */
  readonly indexes: number[];
}

/** The appends of one partition that wait, in the order of the calls. */
export class AppendQueue {
  readonly #tail: MemoryTail;
  #pieces: Piece[] = [];
  #bytes = 0;

  constructor(tail: MemoryTail) {
    this.#tail = tail;
  }

  get bytes(): number {
    return this.#bytes;
  }
  get empty(): boolean {
    return this.#pieces.length === 0;
  }

  /** Whether one of those that wait must be synced. */
  get mustSync(): boolean {
    return this.#pieces.some((piece) => piece.mustSync);
  }
  get firstBytes(): number {
    return this.#pieces[0]?.bytes ?? 0;
  }

  add(records: readonly RecordInput[], bytes: number, mustSync: boolean): Promise<Appended> {
    const chunk = this.#tail.chunkFor(bytes);
    let piece = this.#pieces.at(-1);
    if (piece === undefined || piece.chunk !== chunk) {
      const index = chunk.count;
      piece = {
        chunk,
        fromIndex: index,
        toIndex: index,
        bytes: 0,
        mustSync: false,
        resolves: [],
        rejects: [],
        indexes: [],
      };
      this.#pieces.push(piece);
    }
    const { indexes, resolves, rejects } = piece;
    indexes.push(chunk.count);
    chunk.encode(records);
    piece.toIndex = chunk.count;
    piece.bytes += bytes;
    piece.mustSync ||= mustSync;
    this.#bytes += bytes;
    return new Promise((resolve, reject) => {
      resolves.push(resolve);
      rejects.push(reject);
    });
  }

  /** Takes pieces up to this many bytes, one at least. */
  take(maxBytes: number): Piece[] {
    let count = 0;
    let bytes = 0;
    for (const piece of this.#pieces) {
      if (count > 0 && bytes + piece.bytes > maxBytes) break;
      bytes += piece.bytes;
      count += 1;
    }
    this.#bytes -= bytes;
    return this.#pieces.splice(0, count);
  }
}

export const resolvePiece = (piece: Piece, time: number): void => {
  const { chunk, indexes, resolves } = piece;
  for (let at = 0; at < resolves.length; at += 1) {
    resolves[at]!({ baseOffset: chunk.baseOffset + indexes[at]!, time });
  }
};

export const rejectPiece = (piece: Piece, error: BubbleError): void => {
  for (const reject of piece.rejects) reject(error);
};
