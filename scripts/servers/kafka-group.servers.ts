/** What a real coordinator does to members of a group: the rules that no simulation of ours can vouch for. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../infra/clock/system-clock.ts';
import { nodeDisk } from '../../infra/disk/node-disk.ts';
import { openFormerLives } from '../../infra/log/kafka/former-life.ts';
import type { Committed, GroupHandlers, Lease, Log, Membership } from '../../infra/log/log.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { BubbleError, isBubbleError } from '../../schemas/errors.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { type KafkaFixture, kafkaFixture } from './kafka-fixture.ts';

const SESSION_MS = 6_000;
const DEADLINE_MS = 20_000;

/** A clock whose timers stand still while it is frozen, as in a process that was stopped. */
class FreezingClock implements Clock {
  #held: (() => void)[] | null = null;

  now(): number {
    return systemClock.now();
  }
  monotonic(): number {
    return systemClock.monotonic();
  }
  after(delayMs: number, action: () => void): ReturnType<Clock['after']> {
    let isCancelled = false;
    const run = (): void => {
      if (isCancelled) return;
      if (this.#held === null) action();
      else this.#held.push(run);
    };
    const timer = systemClock.after(delayMs, run);
    return {
      cancel: () => {
        isCancelled = true;
        timer.cancel();
      },
    };
  }
  freeze(): void {
    this.#held = [];
  }
  /** What should have happened meanwhile happens now. */
  thaw(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const run of held) run();
  }
}

class Member implements GroupHandlers {
  readonly leases = new Map<number, Lease>();
  readonly committed = new Map<number, Committed | null>();
  assignments = 0;

  async assigned(lease: Lease, committed: Committed | null): Promise<number> {
    this.assignments += 1;
    this.leases.set(lease.partition, lease);
    this.committed.set(lease.partition, committed);
    return committed?.offset ?? 0;
  }
  async batch(): Promise<void> {}
  async revoked(lease: Lease): Promise<void> {
    if (this.leases.get(lease.partition) === lease) this.leases.delete(lease.partition);
  }
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!holds()) {
    assert.ok(Date.now() < deadline, `never came: ${what}`);
    await sleep(20);
  }
}

describe('groups on a real coordinator', () => {
  let fixture: KafkaFixture;
  let log: Log;
  let unique = 0;
  before(async () => {
    fixture = await kafkaFixture({ brokers: 1 });
    log = await fixture.open();
  });
  after(async () => {
    await log?.close();
    await fixture?.end();
  });

  const topicOf = async (partitions: number): Promise<string> => {
    unique += 1;
    const name = `group-${unique}`;
    const spec = { cleanup: 'delete', retentionMs: Number.POSITIVE_INFINITY, durability: 'log' } as const;
    await log.ensureTopics([{ name, partitions, ...spec }]);
    return name;
  };

  test('a member that stood still has lost its partitions when it wakes up, and its commit changes nothing', async () => {
    const topic = await topicOf(1);
    const records = Array.from({ length: 10 }, () => ({ key: null, value: Buffer.from('x') }));
    await log.append(topic, 0, records);
    const clock = new FreezingClock();
    const frozenLog = await fixture.open({ clock, sessionTimeoutMs: SESSION_MS });
    const [sleeper, successor] = [new Member(), new Member()];
    let second: Membership | null = null;
    try {
      const first = await frozenLog.join('sleepers', [topic], sleeper);
      await until('the first holds it', () => sleeper.leases.size === 1);
      const lease = sleeper.leases.get(0)!;
      await first.commit(lease, { offset: 1, vector: [1] });
      clock.freeze();
      second = await log.join('sleepers', [topic], successor);
      await until('the second holds it', () => successor.leases.size === 1);
      assert.deepEqual(successor.committed.get(0), { offset: 1, vector: [1] });
      await second.commit(successor.leases.get(0)!, { offset: 2, vector: [2] });
      // In the tick in which it wakes up, before any timer of its own has told it.
      const late = first.commit(lease, { offset: 9, vector: [9] });
      clock.thaw();
      await assert.rejects(late, (error) => isBubbleError(error, 'LEASE_LOST'));
      assert.ok(lease.signal.aborted);
      assert.deepEqual(await log.committed('sleepers', topic, 0), { offset: 2, vector: [2] });
      await until(
        'a rebalance took the sleeper back',
        () => sleeper.assignments + successor.assignments === 3,
      );
      assert.equal(sleeper.leases.size + successor.leases.size, 1);
    } finally {
      clock.thaw();
      await second?.leave();
      await frozenLog.close();
    }
  });

  test('a process that comes after a killed one ends its membership, and nobody waits for the session', async () => {
    const topic = await topicOf(4);
    const folder = await mkdtemp(join(tmpdir(), 'bubble-former-'));
    const disk = nodeDisk();
    const clock = new FreezingClock();
    const lives = () => openFormerLives({ disk, folder, logger: SILENT_LOGGER });
    const killedLog = await fixture.open({ clock, formerLives: await lives() });
    const nextLog = await fixture.open({ formerLives: await lives() });
    const [survivor, killed, next] = [new Member(), new Member(), new Member()];
    const staying = await log.join('lives', [topic], survivor);
    try {
      await killedLog.join('lives', [topic], killed);
      await until('they share', () => survivor.leases.size === 2 && killed.leases.size === 2);
      const held = [...killed.leases.keys()].sort();
      clock.freeze();
      const began = performance.now();
      await nextLog.join('lives', [topic], next);
      await until('they share again', () => survivor.leases.size === 2 && next.leases.size === 2);
      // The default session is 10 s.
      assert.ok(performance.now() - began < 5_000, `it took ${Math.round(performance.now() - began)} ms`);
      assert.deepEqual([...next.leases.keys()].sort(), held, 'what the killed one held');
    } finally {
      clock.thaw();
      await staying.leave();
      await Promise.all([killedLog.close(), nextLog.close()]);
      await rm(folder, { recursive: true, force: true });
    }
  });

  test('a living group takes commits of its members only', async () => {
    const topic = await topicOf(1);
    const member = new Member();
    const membership = await log.join('living', [topic], member);
    await until('it holds it', () => member.leases.size === 1);
    await assert.rejects(log.commitFor('living', topic, 0, { offset: 1, vector: [] }), (error) => {
      assert.ok(isBubbleError(error, 'REFUSED'));
      assert.match(error.message, /stop them first/);
      return true;
    });
    await membership.leave();
    await log.commitFor('living', topic, 0, { offset: 1, vector: [] });
  });

  test('a handler that does not let go ends its membership, and others get the partition', async () => {
    const topic = await topicOf(2);
    const stubbornLog = await fixture.open({ rebalanceMs: 500 });
    const stubborn = new Member();
    stubborn.revoked = () => new Promise<void>(() => {});
    const other = new Member();
    try {
      const first = await stubbornLog.join('stubborn', [topic], stubborn);
      await until('it holds both', () => stubborn.leases.size === 2);
      const second = await log.join('stubborn', [topic], other);
      await assert.rejects(first.ended, (error) => isBubbleError(error, 'TIMEOUT'));
      await until('the other has both', () => other.leases.size === 2);
      await second.leave();
    } finally {
      await stubbornLog.close();
    }
  });

  test('a handler that fails for now is no end: the member joins anew', async () => {
    const topic = await topicOf(2);
    const member = new Member();
    const take = member.assigned.bind(member);
    let failures = 2;
    member.assigned = async (lease, committed) => {
      failures -= 1;
      if (failures >= 0) throw new BubbleError('LOG_TIMEOUT', 'a broker is away', { retryable: true });
      return take(lease, committed);
    };
    const membership = await log.join('fails-for-now', [topic], member);
    await until('it holds both', () => member.leases.size === 2);
    await membership.leave();
    await membership.ended;
  });

  test('a batch that hangs ends its membership', async () => {
    const topic = await topicOf(1);
    await log.append(topic, 0, [{ key: null, value: Buffer.from('x') }]);
    const hangingLog = await fixture.open({ batchTimeoutMs: 300, rebalanceMs: 300 });
    const hanging = new Member();
    hanging.batch = () => new Promise<void>(() => {});
    try {
      const membership = await hangingLog.join('hanging', [topic], hanging);
      await assert.rejects(membership.ended, (error) => isBubbleError(error, 'TIMEOUT'));
    } finally {
      await hangingLog.close();
    }
  });

  test('a member keeps its partitions when others come and go, as far as that is even', async () => {
    const topic = await topicOf(6);
    const [a, b] = [new Member(), new Member()];
    const first = await log.join('sticky', [topic], a);
    await until('one has all', () => a.leases.size === 6);
    const second = await log.join('sticky', [topic], b);
    await until('they share', () => a.leases.size === 3 && b.leases.size === 3);
    const held = [...a.leases.keys()];
    await second.leave();
    await until('one has all again', () => a.leases.size === 6);
    const third = await log.join('sticky', [topic], b);
    await until('they share again', () => a.leases.size === 3 && b.leases.size === 3);
    assert.equal(held.length, 3);
    await Promise.all([first.leave(), third.leave()]);
  });
});
