/** The timeline in PostgreSQL, on a real one. */
import {
  openPostgresDatabase,
  openPostgresTimeline,
} from '../../infra/timeline/postgres/postgres-timeline.ts';
import { startPostgres } from './postgres.ts';
import { timelineSuite } from './timeline-suite.ts';

timelineSuite({
  name: 'PostgreSQL',
  start: (folder) => startPostgres({ folder }),
  open: openPostgresTimeline,
  writeWord: 'bubble_write',
  admin: openPostgresDatabase,
  kill: async (admin, word) => {
    const found = await admin.query<{ ended: boolean }>(
      `SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
       WHERE state = 'active' AND query LIKE '%' || ? || '%' AND pid <> pg_backend_pid()`,
      [word],
    );
    return found.length;
  },
});
