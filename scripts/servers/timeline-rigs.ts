/** What a timeline in SQL must do beyond the contract of all stores: on a real server, for each kind of it. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SimClock } from '../../infra/clock/sim-clock.ts';
import { systemClock } from '../../infra/clock/system-clock.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import type { TimelineRig } from '../../infra/timeline/contract.ts';
import type { SqlDatabase } from '../../infra/timeline/sql/sql-database.ts';
import type { SqlTimelineSettings } from '../../infra/timeline/sql/timeline-settings.ts';
import { InboxWriter, type MadeRecord } from '../../infra/timeline/testing/inbox-writer.ts';
import type { AcceptedRecord, TimelineStore } from '../../infra/timeline/timeline-store.ts';
import type { InboxPosition } from '../../schemas/positions.ts';
import type { Layout } from '../../schemas/topics.ts';
import { exitOnSignals } from './child-server.ts';
import type { SqlServer } from './mariadb.ts';
import { isStopped, processTree } from './process-figures.ts';

/** A kind of SQL server. */
export interface SqlKind {
  readonly name: string;
  start(folder: string): Promise<SqlServer>;
  open(settings: SqlTimelineSettings): Promise<TimelineStore>;
  /** Passes on the wire when a small write is to be committed. */
  readonly writeWord: string;
  /** For what a test does beside the stores. */
  admin(settings: SqlTimelineSettings): SqlDatabase;
  /** Ends the connections that run a statement which contains the word. @returns how many */
  kill(admin: SqlDatabase, word: string): Promise<number>;
}

export const layout: Layout = { inboundPartitions: 1, inboxPartitions: 2, epoch: 1, retentionMs: Infinity };

/** A server for all tests of a suite, with a database for each. */
export class SqlRigs {
  readonly kind: SqlKind;
  #server: SqlServer | null = null;
  #folder = '';
  #databases = 0;
  #admin: SqlDatabase | null = null;

  constructor(kind: SqlKind) {
    this.kind = kind;
  }

  get server(): SqlServer {
    assert.ok(this.#server !== null);
    return this.#server;
  }

  async start(): Promise<void> {
    exitOnSignals();
    this.#folder = await mkdtemp(join(tmpdir(), 'bubble-sql-'));
    process.once('exit', () => rmSync(this.#folder, { recursive: true, force: true }));
    this.#server = await this.kind.start(this.#folder);
    this.#admin = this.kind.admin(this.settings());
  }

  async end(): Promise<void> {
    await this.#admin?.close();
    await this.#server?.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** The server and its children stop where they are. */
  /** Resolves when nothing of the server moves any more. */
  async freeze(): Promise<void> {
    const pids = processTree(this.server.server.pid);
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    while (!pids.every(isStopped)) await sleep(1);
  }

  thaw(): void {
    for (const pid of processTree(this.server.server.pid)) process.kill(pid, 'SIGCONT');
  }

  settings(overrides: Partial<SqlTimelineSettings> = {}): SqlTimelineSettings {
    return {
      url: this.server.url,
      layout,
      clock: systemClock,
      logger: SILENT_LOGGER,
      poolSize: 4,
      ...overrides,
    };
  }

  /** Settings of an empty database. */
  async database(overrides: Partial<SqlTimelineSettings> = {}): Promise<SqlTimelineSettings> {
    this.#databases += 1;
    const name = `test_${this.#databases}`;
    assert.ok(this.#admin !== null);
    await this.#admin.query(`CREATE DATABASE ${name}`);
    const url = new URL(this.server.url);
    url.pathname = `/${name}`;
    return this.settings({ url: url.href, ...overrides });
  }

  /** For the contract: a store, its crash, and time that passes when it is told to. */
  async rig(): Promise<TimelineRig> {
    const clock = new SimClock();
    const settings = await this.database({ clock });
    const open = (): Promise<TimelineStore> => this.kind.open(settings);
    const stores = [await open()];
    const ends = [0, 0];
    return {
      store: stores[0]!,
      append: (partition) => {
        const offset = ends[partition]!;
        ends[partition] = offset + 1;
        return offset;
      },
      advance: (ms) => clock.runFor(ms),
      crash: async () => {
        stores.push(await open());
        return stores.at(-1)!;
      },
      close: async () => {
        for (const store of stores) await store.close();
      },
    };
  }
}

/** Records with offsets from 0 on. */
export class Inbox {
  readonly #writer = new InboxWriter();
  next = 0;

  records(...made: MadeRecord[]): AcceptedRecord[] {
    return made.map((one) => {
      const event = this.#writer.make(one);
      const offset = this.next;
      this.next += 1;
      return { offset, event };
    });
  }
}

export const positionBehind = (records: readonly AcceptedRecord[]): InboxPosition => {
  const last = records.at(-1);
  assert.ok(last !== undefined);
  return { offset: last.offset + 1, vector: [last.event.src] };
};

export const dumped = async (store: TimelineStore, partition = 0): Promise<string[]> => {
  const lines: string[] = [];
  for await (const line of store.dump(partition)) lines.push(line);
  return lines;
};
