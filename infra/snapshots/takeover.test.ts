/** Fan-out whose state comes from `bubble.snapshots` alone: each time on a machine that has nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rig } from '../../processors/fan-out/fan-out-rig.ts';
import { message } from '../../processors/fan-out/fold-scenario.ts';
import { snapshotsSpec } from '../../schemas/topics.ts';
import { SimDisk } from '../disk/sim-disk.ts';
import { SILENT_LOGGER } from '../logger/logger.ts';
import { SeededRandom } from '../random/seeded-random.ts';
import { openFileSnapshots } from './file-snapshots.ts';
import { type LogSnapshots, openLogSnapshots } from './log-snapshots.ts';

test('owners that die one after another on machines of their own lose and double nothing', async () => {
  for (let seed = 1; seed <= 3; seed += 1) {
    const rig = new Rig({ seed });
    let opened = 0;
    let sent = 0;
    for (let life = 0; life < 5; life += 1) {
      await rig.openLog();
      await rig.clock.until(rig.log.ensureTopics([snapshotsSpec(2)]));
      const disk = new SimDisk({ random: new SeededRandom(seed) }).mount();
      const snapshots: LogSnapshots = await rig.clock.until(
        openLogSnapshots({
          log: rig.log,
          files: openFileSnapshots({
            disk,
            folder: '/s',
            limits: { snapshotTables: 3, snapshotCacheBytes: 4_096 },
          }),
          clock: rig.clock,
          logger: SILENT_LOGGER,
          writer: `life-${life}`,
          transfer: { chunkBytes: 500 },
        }),
      );
      const open: LogSnapshots['open'] = async (id, atOrBelow) => {
        const snapshot = await snapshots.open(id, atOrBelow);
        if (snapshot !== null) opened += 1;
        return snapshot;
      };
      rig.snapshots = {
        open,
        publish: (id, offset, meta, changes, base) => snapshots.publish(id, offset, meta, changes, base),
        discardAbove: (id, offset) => snapshots.discardAbove(id, offset),
        prune: (id) => snapshots.prune(id),
        release: (id) => snapshots.release(id),
      };
      await rig.startFanOut();
      for (let burst = 0; burst < 8; burst += 1) {
        for (let each = 0; each < 30; each += 1) {
          sent += 1;
          const id = (BigInt(rig.clock.now()) << 20n) | BigInt(sent);
          const from = `user-${rig.random.below(9)}`;
          await rig.clock.until(
            rig.append(message({ from, id }, `user-${rig.random.below(9)}`, `text ${sent}`)),
          );
        }
        await rig.clock.runFor(rig.random.below(1_500));
      }
      rig.kill();
    }
    await rig.openLog();
    await rig.startFanOut();
    await rig.caughtUp();
    assert.ok(opened > 3, `seed ${seed}: ${opened} takeovers began with a snapshot`);
    assert.ok((await rig.assertSameAsStraight(`seed ${seed}`)) > sent);
    rig.kill();
  }
});
