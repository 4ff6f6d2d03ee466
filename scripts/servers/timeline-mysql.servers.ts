/** The timeline in MySQL, on a real MariaDB. */
import { openMysqlDatabase, openMysqlTimeline } from '../../infra/timeline/mysql/mysql-timeline.ts';
import { startMariadb } from './mariadb.ts';
import { timelineSuite } from './timeline-suite.ts';

timelineSuite({
  name: 'MariaDB',
  start: (folder) => startMariadb({ folder }),
  open: openMysqlTimeline,
  writeWord: 'COMMIT',
  admin: openMysqlDatabase,
  kill: async (admin, word) => {
    const found = await admin.query<{ id: number }>(
      `SELECT id FROM information_schema.processlist WHERE info LIKE CONCAT('%', ?, '%') AND id <> CONNECTION_ID()`,
      [word],
    );
    for (const { id } of found) await admin.query(`KILL CONNECTION ${id}`);
    return found.length;
  },
});
