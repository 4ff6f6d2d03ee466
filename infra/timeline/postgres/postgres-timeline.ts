/** The timeline of one epoch in PostgreSQL. */
import { PooledDatabase } from '../sql/pooled-database.ts';
import type { SqlDatabase } from '../sql/sql-database.ts';
import { serverOf } from '../sql/sql-failure.ts';
import { openSqlTimeline } from '../sql/sql-timeline.ts';
import { boundsOf, type SqlTimelineSettings } from '../sql/timeline-settings.ts';
import type { TimelineStore } from '../timeline-store.ts';
import { PostgresDriver } from './postgres-driver.ts';

/** @param settings `url`: postgres://user:password@host:port/database */
export function openPostgresDatabase(settings: SqlTimelineSettings): SqlDatabase {
  const { url, tls, clock, logger } = settings;
  const bounds = boundsOf(settings);
  const driver = new PostgresDriver({
    url,
    server: serverOf('PostgreSQL', url, ['postgres:', 'postgresql:'], '5432'),
    connectTimeoutMs: bounds.connectTimeoutMs,
    queryTimeoutMs: bounds.queryTimeoutMs,
    ...(tls === undefined ? {} : { tls }),
  });
  return new PooledDatabase(driver, bounds, clock, logger);
}

/**
 * @param settings `url`: postgres://user:password@host:port/database. The user may create tables in the first schema
 * of its search path, or somebody has
 * @throws BubbleError CONFIG. A server that is away is no error: operations reject as retryable until it is there
 */
export function openPostgresTimeline(settings: SqlTimelineSettings): Promise<TimelineStore> {
  return openSqlTimeline(openPostgresDatabase(settings), settings);
}
