/** Which ids a reader has to ask the registry for before it reads on: see `Codecs.learn`. */
import type { Codecs } from './codecs.ts';
import { envelopeIdOf } from './envelope-id.ts';

/** The ids in these records that no codec reads, each once. Records that do not begin as an envelope does have none. */
export const unknownIdsIn = (
  codecs: Codecs,
  records: Iterable<{ readonly value: Uint8Array | null }>,
): number[] => {
  const seen = new Set<number>();
  const unknown: number[] = [];
  for (const { value } of records) {
    const id = value === null ? null : envelopeIdOf(value);
    if (id === null || seen.has(id)) continue;
    seen.add(id);
    if (!Object.values(codecs).some((codec) => codec.reads(id))) unknown.push(id);
  }
  return unknown;
};
