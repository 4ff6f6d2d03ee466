/** The import through a deployment whose timelines are in PostgreSQL; everything else is in `cluster.servers.ts`. */
import { test } from 'node:test';
import { clusterRig, importWithKills } from './cluster-rig.ts';

test('an import through two gates with timelines in PostgreSQL, a processor killed twice', async (context) => {
  const rig = await clusterRig('postgres');
  context.after(() => rig.end());
  // As many lines as two kills need: each partition goes through both before the import can end.
  await importWithKills(rig, { rooms: 150, users: 120, lines: 2_000 });
});
