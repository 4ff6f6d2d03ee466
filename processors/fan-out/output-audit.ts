/**
 * Watches for outputs that were acknowledged and are not there (a driver that loses records): for each inbox
 * partition it remembers where an output was acknowledged, until a reader has passed that place and its vector says
 * that it has seen the output. Two places are enough: the one under examination, and the newest for afterwards.
 */

import type { Committed, Log } from '../../infra/log/log.ts';
import { NO_SOURCE } from '../../schemas/rules/acceptance.ts';
import { INBOX_GROUPS } from '../runtime/groups.ts';

interface Place {
  readonly offset: number;
  readonly src: number;
}

export interface AuditedPartition {
  readonly topic: string;
  readonly partition: number;
}

interface Audited extends AuditedPartition {
  examined: Place;
  newest: Place;
}

export class OutputAudit {
  readonly #source: number;
  readonly #audited = new Map<string, Audited>();
  /** Where each inbox partition is known to have ended once. */
  readonly #ends = new Map<string, number>();
  #suspect: (AuditedPartition & { readonly offset: number }) | null = null;

  /** @param source the inbound partition */
  constructor(source: number) {
    this.#source = source;
  }

  /**
   * The partition has ended here or later, as the log or a reader's position tells. (What a lane was told is no
   * evidence: a driver that loses records tells of places that never were.)
   */
  ended(topic: string, partition: number, end: number): void {
    const key = `${topic}/${partition}`;
    this.#ends.set(key, Math.max(end, this.#ends.get(key) ?? 0));
  }

  acknowledged(topic: string, partition: number, offset: number, src: number): void {
    const key = `${topic}/${partition}`;
    const end = this.#ends.get(key) ?? 0;
    if (offset < end) this.#suspect ??= { topic, partition, offset };
    this.acknowledgedBefore(topic, partition, offset, src);
  }

  /** Of a time before this audit: at this offset or below. */
  acknowledgedBefore(topic: string, partition: number, offset: number, src: number): void {
    const key = `${topic}/${partition}`;
    const audited = this.#audited.get(key);
    const place = { offset, src };
    if (audited === undefined) this.#audited.set(key, { topic, partition, examined: place, newest: place });
    else audited.newest = place;
  }

  /**
   * Where an inbox partition gave an offset that it had given before, and ends before its old end: it was made anew
   * under us, or has lost its end, and nothing more may go there. In words; null where there is no such partition.
   */
  async fellBack(log: Pick<Log, 'range'>): Promise<string | null> {
    const suspect = this.#suspect;
    if (suspect === null) return null;
    const { topic, partition, offset } = suspect;
    const before = this.#ends.get(`${topic}/${partition}`) ?? 0;
    const { end } = await log.range(topic, partition);
    this.#suspect = null;
    // An answer that came late tells of an offset below what readers have passed meanwhile.
    if (end >= before) return null;
    return `${topic}/${partition} gave offset ${offset} again: it ends at ${end}, and has ended at ${before} before`;
  }

  /** The partitions whose readers' positions are of interest. */
  partitions(): readonly AuditedPartition[] {
    return [...this.#audited.values()];
  }

  /**
   * @param positions what the readers of this partition have committed
   * @returns the `src` that outputs must be made again from (exclusive; NO_SOURCE: from the beginning), or null
   */
  examine({ topic, partition }: AuditedPartition, positions: readonly Committed[]): number | null {
    const key = `${topic}/${partition}`;
    const audited = this.#audited.get(key);
    if (audited === undefined) return null;
    let lowest: number | null = null;
    let passed = 0;
    for (const { offset, vector } of positions) {
      this.ended(topic, partition, offset);
      if (offset <= audited.examined.offset) continue;
      passed += 1;
      const seen = vector[this.#source] ?? NO_SOURCE;
      if (seen < audited.examined.src && (lowest === null || seen < lowest)) lowest = seen;
    }
    if (lowest === null && passed === positions.length && passed > 0) {
      if (audited.newest === audited.examined) this.#audited.delete(key);
      else audited.examined = audited.newest;
    }
    return lowest;
  }

  clear(): void {
    this.#audited.clear();
  }
}

/** The lowest `src` that readers have come to, where they have passed outputs without seeing them; else null. */
export async function lowestMissing(log: Pick<Log, 'committed'>, audit: OutputAudit): Promise<number | null> {
  let lowest: number | null = null;
  for (const audited of audit.partitions()) {
    const positions: Committed[] = [];
    for (const group of INBOX_GROUPS) {
      const position = await log.committed(group, audited.topic, audited.partition);
      if (position !== null) positions.push(position);
    }
    const src = audit.examine(audited, positions);
    if (src !== null && (lowest === null || src < lowest)) lowest = src;
  }
  return lowest;
}
