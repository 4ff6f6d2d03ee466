/** Versions of the timeline's schema. A step that was released is never changed: a later one follows it. */
import { BubbleError } from '../../../schemas/errors.ts';
import { MIGRATION_TABLE } from './statements.ts';

export interface Migration {
  /** Rising from 1. */
  readonly version: number;
  /** The oldest release's schema version that can still work on the tables after this step. */
  readonly worksFrom: number;
  /** Each may run again: a server without transactional DDL can die between two of them. */
  readonly statements: readonly string[];
}

export interface AppliedMigration {
  readonly version: number;
  readonly works_from: number;
}

const COMPONENT = 'timeline';
export const SELECT_MIGRATIONS = `SELECT version, works_from FROM ${MIGRATION_TABLE} WHERE component = '${COMPONENT}'`;
/** version, works from */
export const INSERT_MIGRATION = `INSERT INTO ${MIGRATION_TABLE} (component, version, works_from) VALUES ('${COMPONENT}', ?, ?)`;

/**
 * Steps that are still to be made.
 * @throws BubbleError CONFIG where a newer release has changed the schema in a way that this one cannot work with
 */
export const pendingMigrations = (
  all: readonly Migration[],
  applied: readonly AppliedMigration[],
): Migration[] => {
  const known = all.at(-1)?.version ?? 0;
  for (const { version, works_from } of applied) {
    if (works_from > known) {
      throw new BubbleError(
        'CONFIG',
        `the timeline's tables have schema version ${version}, which needs a release that knows version ${works_from}; this one knows ${known}`,
      );
    }
  }
  const done = new Set(applied.map(({ version }) => version));
  return all.filter(({ version }) => !done.has(version));
};
