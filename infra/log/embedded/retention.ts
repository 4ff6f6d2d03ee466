import type { Partition } from './partition.ts';

/**
 * Removes sealed segments whose records are all older than the topic's retention, oldest first.
 * Each removal is durable before the next, so that a crash never leaves a hole.
 */
export async function applyRetention(partition: Partition): Promise<number> {
  const { retentionMs, cleanup } = partition.spec;
  if (cleanup !== 'delete' || !Number.isFinite(retentionMs)) return 0;
  const { clock, disk } = partition.context;
  const keepFrom = clock.now() - retentionMs;
  const newest = partition.segments.at(-1);
  if (newest !== undefined && !newest.empty && newest.lastTime < keepFrom) await partition.rollNow();
  let removed = 0;
  for (;;) {
    const oldest = partition.segments[0];
    if (oldest === undefined || !oldest.sealed) return removed;
    await oldest.load();
    if (oldest.lastTime >= keepFrom || partition.segments[0] !== oldest) return removed;
    partition.replaceSegments([oldest], null);
    await disk.remove(oldest.path);
    await disk.syncFolder(partition.folder);
    await partition.removeIndexOf(oldest);
    await oldest.retire();
    removed += 1;
  }
}
