/** The lines of a dump (see embedded/dump.ts for their form) from rows in the order of owner and version. */
import { createHash, type Hash } from 'node:crypto';

export interface DumpedRow {
  readonly owner: Buffer;
  readonly seq: number;
  readonly own: boolean;
  /** With `own`. */
  readonly bytes: Uint8Array;
}

export async function* dumpLines(rows: AsyncIterable<DumpedRow>): AsyncIterable<string> {
  let owner: Buffer | null = null;
  let versions: string[] = [];
  let digest: Hash = createHash('sha256');
  const length = Buffer.alloc(4);
  const line = (of: Buffer): string => `${of.toString()}\t${versions.join(' ')}\t${digest.digest('hex')}`;
  for await (const row of rows) {
    if (owner === null || !owner.equals(row.owner)) {
      if (owner !== null) yield line(owner);
      owner = row.owner;
      versions = [];
      digest = createHash('sha256');
    }
    versions.push(`${row.seq}${row.own ? '*' : ''}`);
    length.writeUInt32LE(row.bytes.length);
    digest.update(length).update(row.bytes);
  }
  if (owner !== null) yield line(owner);
}
