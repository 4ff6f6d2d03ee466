/** The timeline of one epoch in MySQL or MariaDB (InnoDB). */
import { PooledDatabase } from '../sql/pooled-database.ts';
import type { SqlDatabase } from '../sql/sql-database.ts';
import { serverOf } from '../sql/sql-failure.ts';
import { openSqlTimeline } from '../sql/sql-timeline.ts';
import { boundsOf, type SqlTimelineSettings } from '../sql/timeline-settings.ts';
import type { TimelineStore } from '../timeline-store.ts';
import { MysqlDriver } from './mysql-driver.ts';

/** @param settings `url`: mysql://user:password@host:port/database */
export function openMysqlDatabase(settings: SqlTimelineSettings): SqlDatabase {
  const { url, tls, clock, logger } = settings;
  const server = serverOf('MySQL', url, ['mysql:', 'mariadb:'], '3306');
  const bounds = boundsOf(settings);
  const driver = new MysqlDriver({
    url: url.replace(/^mariadb:/, 'mysql:'),
    server,
    connectTimeoutMs: bounds.connectTimeoutMs,
    queryTimeoutMs: bounds.queryTimeoutMs,
    ...(tls === undefined ? {} : { tls }),
  });
  return new PooledDatabase(driver, bounds, clock, logger);
}

/**
 * @param settings `url`: mysql://user:password@host:port/database. The user may create tables in it, or somebody has
 * @throws BubbleError CONFIG. A server that is away is no error: operations reject as retryable until it is there
 */
export function openMysqlTimeline(settings: SqlTimelineSettings): Promise<TimelineStore> {
  return openSqlTimeline(openMysqlDatabase(settings), settings);
}
