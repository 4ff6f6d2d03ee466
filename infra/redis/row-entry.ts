/**
 * A user's newest rows as one value in Redis, made and cut by the scripts of redis-row-cache.ts, read here:
 *
 *   generation (24 bytes, hexadecimal) | from (f64 LE) | last (f64 LE) | count (u32 LE) | rows
 *   row: seq (f64 LE) | length (u32 LE) | bytes
 *
 * `from`: rows after this version are here. `last`: the version of the last row, or `from`.
 */
import { BubbleError } from '../../schemas/errors.ts';
import type { TimelineRow } from '../timeline/timeline-store.ts';

export const GENERATION_CHARACTERS = 24;
const FROM_AT = GENERATION_CHARACTERS;
const ROWS_AT = FROM_AT + 20;

export interface RowEntry {
  readonly generation: string;
  readonly from: number;
  readonly rows: TimelineRow[];
}

export const readRowEntry = (value: Buffer): RowEntry => {
  const rows: TimelineRow[] = [];
  const damaged = (): BubbleError => new BubbleError('STORE_AWAY', 'a cached value is not one of ours');
  if (value.length < ROWS_AT) throw damaged();
  let at = ROWS_AT;
  while (at < value.length) {
    if (at + 12 > value.length) throw damaged();
    const seq = value.readDoubleLE(at);
    const end = at + 12 + value.readUInt32LE(at + 8);
    if (end > value.length) throw damaged();
    rows.push({ seq, bytes: value.subarray(at + 12, end) });
    at = end;
  }
  return { generation: value.toString('latin1', 0, FROM_AT), from: value.readDoubleLE(FROM_AT), rows };
};
