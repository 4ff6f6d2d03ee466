/**
 * Power cuts at any operation of the disk. What must hold afterwards: every answered append is there under its offset,
 * appends stand in the order of the calls, each whole or not at all, and nothing else is there.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TopicSpec } from '../../../schemas/topics.ts';
import { SimClock } from '../../clock/sim-clock.ts';
import { type DiskOperation, SimDisk } from '../../disk/sim-disk.ts';
import { SILENT_LOGGER } from '../../logger/logger.ts';
import { SeededRandom } from '../../random/seeded-random.ts';
import type { Committed, LogRecord } from '../log.ts';
import { type Durability, type EmbeddedLog, openEmbeddedLog } from './embedded-log.ts';

const PARTITIONS = 2;
const TOPICS: readonly TopicSpec[] = [
  {
    name: 'kept',
    partitions: PARTITIONS,
    cleanup: 'delete',
    retentionMs: Number.POSITIVE_INFINITY,
    durability: 'log',
  },
  {
    name: 'compacted',
    partitions: 1,
    cleanup: 'compact',
    retentionMs: Number.POSITIVE_INFINITY,
    durability: 'log',
  },
];
const READ = { maxRecords: 7, maxBytes: 2_000, maxWaitMs: 0 };

interface Call {
  readonly values: readonly string[];
  /** null: not answered. */
  offset: number | null;
}

class Machine {
  readonly random: SeededRandom;
  readonly clock = new SimClock();
  readonly disk: SimDisk;
  readonly calls = new Map<string, Call[]>();
  readonly keys = new Map<string, string>();
  cutAt = Number.POSITIVE_INFINITY;
  commits: Committed[] = [];
  #unique = 0;

  constructor(seed: number, lies: boolean) {
    this.random = new SeededRandom(seed);
    const random = this.random.fork();
    this.disk = new SimDisk({
      random,
      clock: this.clock,
      delayMs: () => random.below(3),
      syncHappens: () => !lies,
      fault: (_operation: DiskOperation) => {
        if (this.disk.operations === this.cutAt) this.disk.powerCut();
        return null;
      },
    });
  }

  async start(durability: Durability): Promise<EmbeddedLog> {
    const log = await this.clock.until(
      openEmbeddedLog({
        disk: this.disk.mount(),
        folder: '/log',
        clock: this.clock,
        logger: SILENT_LOGGER,
        durability,
        segmentBytes: 1_500,
        fillBytes: 1_024,
        memoryBytes: 20_000,
        maintenanceMs: 20,
      }),
    );
    await this.clock.until(log.ensureTopics(TOPICS));
    return log;
  }

  /** Appends, commits and lets time pass until the power is cut. */
  async work(log: EmbeddedLog, rounds: number): Promise<void> {
    const pending: Promise<unknown>[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const partition = this.random.below(PARTITIONS);
      pending.push(this.#append(log, `kept/${partition}`, 'kept', partition));
      if (this.random.oneIn(2)) pending.push(this.#put(log));
      this.disk.full = this.random.oneIn(8);
      if (this.random.oneIn(4)) pending.push(this.#commit(log));
      if (this.random.oneIn(5)) this.clock.shiftWall(this.random.below(20_000) - 10_000);
      if (this.random.oneIn(2)) await this.clock.runFor(this.random.below(12));
    }
    await this.clock.until(Promise.all(pending));
    this.disk.full = false;
  }

  async #append(log: EmbeddedLog, name: string, topic: string, partition: number): Promise<void> {
    const values = Array.from({ length: 1 + this.random.below(4) }, () => {
      this.#unique += 1;
      return `${this.#unique}:${'x'.repeat(this.random.below(200))}`;
    });
    const call: Call = { values, offset: null };
    const calls = this.calls.get(name) ?? [];
    this.calls.set(name, calls);
    calls.push(call);
    try {
      const records = values.map((value) => ({ key: null, value: Buffer.from(value) }));
      call.offset = (await log.append(topic, partition, records)).baseOffset;
    } catch {
      // The power was cut: the call is unanswered.
    }
  }

  async #put(log: EmbeddedLog): Promise<void> {
    const key = `key ${this.random.below(5)}`;
    this.#unique += 1;
    const value = `${this.#unique}:${'x'.repeat(this.random.below(300))}`;
    try {
      await log.append('compacted', 0, [{ key: Buffer.from(key), value: Buffer.from(value) }]);
      this.keys.set(key, value);
    } catch {
      this.keys.delete(key);
    }
  }

  async #commit(log: EmbeddedLog): Promise<void> {
    const n = this.#unique;
    const position = { offset: this.random.below(2), vector: [n, n, n] };
    this.commits.push(position);
    await log.commitFor('group', 'kept', 0, position).catch(() => {});
  }
}

async function readAll(
  machine: Machine,
  log: EmbeddedLog,
  topic: string,
  partition: number,
): Promise<LogRecord[]> {
  const { begin } = await log.range(topic, partition);
  const reader = await log.reader(topic, partition, begin);
  const records: LogRecord[] = [];
  for (;;) {
    const batch = await machine.clock.until(reader.read(READ));
    records.push(...batch.records);
    if (batch.next >= batch.end) return records;
  }
}

const numberOf = (value: string): number => Number(value.split(':')[0]);
const text = (bytes: Uint8Array | null): string => Buffer.from(bytes ?? []).toString();

/** Takes the calls that survived out of what was found, and forgets the others: they are not to appear later. */
async function check(machine: Machine, log: EmbeddedLog, allAnsweredSurvive: boolean): Promise<void> {
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    const records = await readAll(machine, log, 'kept', partition);
    const calls = machine.calls.get(`kept/${partition}`) ?? [];
    const survived: Call[] = [];
    let at = 0;
    for (const call of calls) {
      const found = records[at] !== undefined && text(records[at]!.value) === call.values[0];
      if (!found) {
        if (allAnsweredSurvive)
          assert.equal(call.offset, null, `an answered append is lost: ${call.values[0]}`);
        continue;
      }
      if (call.offset !== null) assert.equal(records[at]!.offset, call.offset);
      for (const value of call.values) {
        assert.equal(text(records[at]!.value), value, 'an append is there in part');
        at += 1;
      }
      survived.push(call);
    }
    assert.equal(at, records.length, 'a record is there that nobody appended, or out of order');
    for (let next = 1; next < records.length; next += 1) {
      assert.equal(records[next]!.offset, records[next - 1]!.offset + 1, 'a hole');
      assert(records[next]!.time >= records[next - 1]!.time, 'times fall');
    }
    machine.calls.set(`kept/${partition}`, survived);
  }
  if (allAnsweredSurvive) {
    const newest = new Map<string, string>();
    for (const { key, value } of await readAll(machine, log, 'compacted', 0))
      newest.set(text(key), text(value));
    for (const [key, value] of machine.keys) {
      const found = numberOf(newest.get(key) ?? '-1');
      assert(found >= numberOf(value), `${key} is lost or old`);
    }
  }
  const committed = await log.committed('group', 'kept', 0);
  if (committed !== null) {
    assert.deepEqual(
      committed,
      machine.commits.find(({ vector }) => vector[0] === committed.vector[0]),
    );
  }
}

async function liveThroughCuts(seed: number, durability: Durability, cuts: number): Promise<void> {
  const machine = new Machine(seed, false);
  for (let cut = 0; cut < cuts; cut += 1) {
    machine.cutAt = machine.disk.operations + 1 + machine.random.below(160);
    try {
      const log = await machine.start(durability);
      await check(machine, log, durability === 'always');
      await machine.work(log, 40);
      machine.cutAt = Number.POSITIVE_INFINITY;
      if (machine.random.oneIn(2)) await machine.clock.until(log.close());
    } catch (error) {
      if (!(error instanceof Error) || !error.message.includes('process has died')) throw error;
    }
    machine.disk.full = false;
    machine.disk.powerCut();
  }
  machine.cutAt = Number.POSITIVE_INFINITY;
  const log = await machine.start(durability);
  await check(machine, log, durability === 'always');
  await machine.clock.until(log.close());
}

for (const durability of ['always', 'interval', 'os'] as const) {
  test(`power cuts at any operation, durability ${durability}`, async () => {
    const seeds = durability === 'always' ? 100 : 25;
    for (let seed = 1; seed <= seeds; seed += 1) {
      try {
        await liveThroughCuts(seed, durability, 4);
      } catch (error) {
        throw new Error(`seed ${seed} with durability ${durability}`, { cause: error });
      }
    }
  });
}

test('a disk that lies about its syncs is found out: an answered append is missing, or the log refuses', async () => {
  let found = 0;
  for (let seed = 1; seed <= 20; seed += 1) {
    const machine = new Machine(seed, true);
    const log = await machine.start('always');
    await machine.work(log, 20);
    machine.disk.powerCut();
    try {
      await check(machine, await machine.start('always'), true);
    } catch {
      found += 1;
    }
  }
  assert(found > 10, `only ${found} of 20 lies were seen`);
});
