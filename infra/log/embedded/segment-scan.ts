import { BubbleError } from '../../../schemas/errors.ts';
import type { DiskFile } from '../../disk/disk.ts';
import {
  type Bytes,
  bytesOf,
  END_OF_APPEND,
  FLAGS_AT,
  LENGTH_AT,
  offsetAt,
  RECORD_HEADER_BYTES,
  SYNCED_TO_AT,
  timeAt,
  validLength,
} from './record-format.ts';
import type { Coverage, SparseIndex } from './sparse-index.ts';

const SCAN_BYTES = 1024 * 1024;
const zeros = Buffer.alloc(SCAN_BYTES);

export const damaged = (path: string, position: number, what: string): BubbleError =>
  new BubbleError(
    'LOG_DAMAGED',
    `${path} is damaged at position ${position}: ${what}. Restore this file from a copy; what lies before it is whole`,
  );

/** What a scan found: whole appends up to `end`; the first byte that is no record stands at `stopped`. */
export interface Scan extends Coverage {
  readonly stopped: number;
  /** Nothing but zeros, or nothing at all, stands behind `stopped`. */
  readonly clean: boolean;
}

/** A window of the file that moves forward. */
class Window {
  readonly #file: DiskFile;
  #bytes: Bytes = bytesOf(Buffer.alloc(0));
  #start = 0;

  constructor(file: DiskFile) {
    this.#file = file;
  }

  get bytes(): Bytes {
    return this.#bytes;
  }
  get end(): number {
    return this.#start + this.#bytes.buffer.length;
  }
  /** Where a position of the file stands in the window. */
  at(position: number): number {
    return position - this.#start;
  }

  async moveTo(position: number, length: number): Promise<void> {
    this.#bytes = bytesOf(await this.#file.read(position, length));
    this.#start = position;
  }
}

/**
 * Reads records from a covered place on, adds them to the index, and stops at the first that is not whole or does not
 * continue the one before it.
 * @param gaps whether offsets may be missing (a compacted segment)
 */
export async function scanSegment(
  file: DiskFile,
  from: Coverage,
  index: SparseIndex,
  gaps: boolean,
): Promise<Scan> {
  const size = await file.size();
  const window = new Window(file);
  let position = from.position;
  let end = from;
  let { nextOffset, lastTime } = from;
  await window.moveTo(position, SCAN_BYTES);
  for (;;) {
    const { bytes } = window;
    let length = validLength(bytes, window.at(position), bytes.buffer.length);
    if (length === 0 && window.end < size && (await reachesBeyond(window, position))) {
      length = validLength(window.bytes, window.at(position), window.bytes.buffer.length);
    }
    if (length === 0) break;
    const { view } = window.bytes;
    const at = window.at(position);
    const offset = offsetAt(view, at);
    const time = timeAt(view, at);
    if (offset < nextOffset || time < lastTime || (offset > nextOffset && !gaps)) break;
    if (index.wants(position)) index.add(offset, position, time);
    position += length;
    nextOffset = offset + 1;
    lastTime = time;
    if ((view.getUint16(at + FLAGS_AT, true) & END_OF_APPEND) !== 0) {
      end = { position, nextOffset, lastTime };
    }
  }
  return { ...end, stopped: position, clean: await onlyZeros(file, position, size) };
}

/** Moves the window to a record that may reach beyond its end. False: it cannot, it is simply not valid. */
async function reachesBeyond(window: Window, position: number): Promise<boolean> {
  const at = window.at(position);
  const known = window.bytes.buffer.length - at;
  const length = known >= 4 ? window.bytes.view.getUint32(at + LENGTH_AT, true) : RECORD_HEADER_BYTES;
  if (known >= RECORD_HEADER_BYTES && length <= known) return false;
  await window.moveTo(position, Math.max(SCAN_BYTES, Math.min(length, 64 * SCAN_BYTES)));
  return true;
}

async function onlyZeros(file: DiskFile, from: number, size: number): Promise<boolean> {
  for (let position = from; position < size; position += SCAN_BYTES) {
    const bytes = await file.read(position, SCAN_BYTES);
    if (!bytes.equals(zeros.subarray(0, bytes.length))) return false;
  }
  return true;
}

/**
 * Looks behind a place that does not parse for a valid record that says the place was once synced (see
 * record-format.ts).
 * @returns the position of that record, or null: the place was never synced, all behind it may be cut
 */
export async function findSyncedBehind(
  file: DiskFile,
  from: number,
  nextOffset: number,
): Promise<number | null> {
  const size = await file.size();
  const window = new Window(file);
  let position = from + 1;
  await window.moveTo(position, SCAN_BYTES);
  while (position + RECORD_HEADER_BYTES <= size) {
    if (window.at(position) + RECORD_HEADER_BYTES > window.bytes.buffer.length) {
      await window.moveTo(position, SCAN_BYTES);
      if (window.bytes.buffer.length < RECORD_HEADER_BYTES) return null;
    }
    if (mayBeginRecord(window, position, nextOffset, size)) {
      const length = window.bytes.view.getUint32(window.at(position) + LENGTH_AT, true);
      const whole = bytesOf(await file.read(position, length));
      if (validLength(whole, 0, whole.buffer.length) > 0 && whole.view.getUint32(SYNCED_TO_AT, true) > from) {
        return position;
      }
    }
    position += 1;
  }
  return null;
}

/** Cheap tests before a CRC is worth it: zeros and text do not pass. */
function mayBeginRecord(window: Window, position: number, nextOffset: number, size: number): boolean {
  const { view } = window.bytes;
  const at = window.at(position);
  const length = view.getUint32(at + LENGTH_AT, true);
  if (length < RECORD_HEADER_BYTES || position + length > size) return false;
  const offset = offsetAt(view, at);
  return offset >= nextOffset && offset < nextOffset + 2 ** 32;
}
