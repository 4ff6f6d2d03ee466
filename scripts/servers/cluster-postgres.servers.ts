/** The import through a deployment whose timelines are in PostgreSQL; everything else is in `cluster.servers.ts`. */
import { test } from 'node:test';
import { clusterRig, importWithKills } from './cluster-rig.ts';

test('an import through two gates with timelines in PostgreSQL, a processor killed twice', async (context) => {
  const rig = await clusterRig('postgres');
  context.after(() => rig.end());
  await importWithKills(rig, { rooms: 150, users: 120, lines: 3_500 });
});
