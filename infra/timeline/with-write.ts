import type { TimelineStore } from './timeline-store.ts';

/** The same store, written to in another way: for what wraps a store to see its writes. */
export const withWrite = (store: TimelineStore, write: TimelineStore['write']): TimelineStore => ({
  gatherMs: store.gatherMs,
  write,
  checkpoint: (partition) => store.checkpoint(partition),
  waitFor: (partition, seq, waitMs) => store.waitFor(partition, seq, waitMs),
  read: (partition, owner, bounds) => store.read(partition, owner, bounds),
  newestRows: (partition, owner, until, maxRows) => store.newestRows(partition, owner, until, maxRows),
  newest: (partition, owner) => store.newest(partition, owner),
  trim: (partition, below) => store.trim(partition, below),
  dump: (partition) => store.dump(partition),
  close: () => store.close(),
});
