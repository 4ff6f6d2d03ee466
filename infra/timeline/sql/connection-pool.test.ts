import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BubbleError, isBubbleError } from '../../../schemas/errors.ts';
import { SimClock } from '../../clock/sim-clock.ts';
import { ConnectionPool } from './connection-pool.ts';
import type { SqlConnection, SqlDriver } from './sql-driver.ts';
import { sqlFailure } from './sql-failure.ts';

const isAway = (error: unknown): boolean => isBubbleError(error, 'STORE_AWAY') && error.retryable;
const never = <T>(): Promise<T> => new Promise(() => {});

class FakeConnection implements SqlConnection {
  destroyed = false;
  lost = (): void => {};
  answer: () => Promise<{ rows: object[]; matched: number }> = async () => ({ rows: [], matched: 1 });

  query() {
    return this.answer();
  }
  async insert(): Promise<void> {}
  async write(): Promise<boolean> {
    return (await this.answer()).matched === 1;
  }
  destroy(): void {
    this.destroyed = true;
  }
  async end(): Promise<void> {
    this.destroyed = true;
  }
}

/** A promise, and what resolves it. */
const settled = <T>() => {
  let resolve = (_value: T): void => {};
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
};

const rig = (connections = 2) => {
  const clock = new SimClock();
  const opened: FakeConnection[] = [];
  const state = { open: async (connection: FakeConnection): Promise<FakeConnection> => connection };
  const driver: SqlDriver = {
    server: 'a server',
    ownerAfter: '',
    writesAtOnce: false,
    insertMissing: () => '',
    open: (lost) => {
      const connection = new FakeConnection();
      connection.lost = lost;
      opened.push(connection);
      return state.open(connection);
    },
    failure: (error) => sqlFailure('a server', 'away', error),
    breaks: (error) => error instanceof Error && error.message === 'broken',
    migrations: [],
    createMigrationTable: '',
    countMigrationTables: '',
    beginMigration: async () => {},
    endMigration: async () => {},
  };
  const pool = new ConnectionPool(driver, { connections, connectTimeoutMs: 100, queryTimeoutMs: 200 }, clock);
  return { clock, opened, state, pool };
};

test('connections are opened when they are needed, used again, and never more than the bound', async () => {
  const { clock, opened, pool } = rig(2);
  let atOnce = 0;
  let most = 0;
  const ask = (): Promise<void> =>
    pool.use(async (pooled) => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      await new Promise<void>((resolve) => void clock.after(10, resolve));
      await pooled.query('', []);
      atOnce -= 1;
    });
  const asked = Array.from({ length: 8 }, ask);
  await clock.runFor(50);
  await Promise.all(asked);
  assert.equal(most, 2);
  assert.equal(opened.length, 2);
});

test('who waits too long for a connection is told, and takes none', async () => {
  const { clock, opened, pool } = rig(1);
  const work = settled<void>();
  const held = pool.use(() => work.promise);
  const late = assert.rejects(
    pool.use(async () => assert.fail('it has no connection')),
    isAway,
  );
  await clock.runFor(100);
  await late;
  work.resolve();
  await held;
  await pool.use(async () => {});
  assert.equal(opened.length, 1);
});

test('an answer that does not come destroys the connection, and the next one is new', async () => {
  const { clock, opened, pool } = rig(1);
  const asked = assert.rejects(
    pool.use(async (pooled) => {
      opened[0]!.answer = never;
      await pooled.query('', []);
    }),
    isAway,
  );
  await clock.runFor(200);
  await asked;
  assert.ok(opened[0]!.destroyed);
  await pool.use(async (pooled) => void (await pooled.query('', [])));
  assert.equal(opened.length, 2);
});

test('an error that breaks the connection destroys it, another one does not', async () => {
  const { opened, pool } = rig(1);
  const fail = (message: string): Promise<void> =>
    pool.use(async (pooled) => {
      const connection = opened.at(-1)!;
      connection.answer = async () => {
        connection.answer = async () => ({ rows: [], matched: 0 });
        throw new Error(message);
      };
      await pooled.query('', []);
    });
  await assert.rejects(fail('a wrong statement'));
  await assert.rejects(fail('broken'));
  assert.equal(opened.length, 1);
  await pool.use(async () => {});
  assert.equal(opened.length, 2);
});

test('idle connections that the server ends, or that are old, are not used', async () => {
  const { clock, opened, pool } = rig(1);
  await pool.use(async () => {});
  opened[0]!.lost();
  await pool.use(async () => {});
  assert.equal(opened.length, 2);
  await clock.runFor(31_000);
  await pool.use(async () => {});
  assert.equal(opened.length, 3);
  assert.ok(opened[1]!.destroyed);
});

test('a connection that opens too late is destroyed, and nobody gets it', async () => {
  const { clock, opened, state, pool } = rig(1);
  const opening = settled<FakeConnection>();
  state.open = () => opening.promise;
  const asked = assert.rejects(
    pool.use(async () => {}),
    isAway,
  );
  await clock.runFor(100);
  await asked;
  opening.resolve(opened[0]!);
  await clock.runFor(0);
  assert.ok(opened[0]!.destroyed);
  state.open = async (connection) => connection;
  await pool.use(async () => {});
  assert.equal(opened.length, 2);
});

test('closed, it ends what is idle and what comes back', async () => {
  const { opened, pool } = rig(2);
  const work = settled<void>();
  const held = pool.use(() => work.promise);
  await pool.use(async () => {});
  await pool.close();
  assert.ok(opened[1]!.destroyed);
  await assert.rejects(
    pool.use(async () => {}),
    isAway,
  );
  work.resolve();
  await held;
  assert.ok(opened[0]!.destroyed);
});

test('a failure keeps nothing of the statement', () => {
  const error = Object.assign(new Error('Duplicate entry'), { sql: 'INSERT secret', code: 'ER_DUP_ENTRY' });
  const failure = sqlFailure('a server', 'unknown', error);
  const { cause } = failure;
  assert.ok(failure instanceof BubbleError && cause instanceof Error && 'code' in cause);
  assert.deepEqual([failure.code, failure.retryable, cause.code], ['REFUSED', false, 'ER_DUP_ENTRY']);
  assert.ok(!JSON.stringify([failure, { ...cause }]).includes('secret'));
});
