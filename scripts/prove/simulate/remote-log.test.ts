import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimClock } from '../../../infra/clock/sim-clock.ts';
import { SimDisk } from '../../../infra/disk/sim-disk.ts';
import { openEmbeddedLog } from '../../../infra/log/embedded/embedded-log.ts';
import type { GroupHandlers, Lease } from '../../../infra/log/log.ts';
import { SILENT_LOGGER } from '../../../infra/logger/logger.ts';
import { SeededRandom } from '../../../infra/random/seeded-random.ts';
import { isBubbleError } from '../../../schemas/errors.ts';
import { type AppendFault, RemoteLog } from './remote-log.ts';
import { SimProcess } from './sim-process.ts';

const TOPIC = 'topic';
const text = (value: string) => ({ key: null, value: Buffer.from(value) });

const open = async () => {
  const clock = new SimClock();
  const random = new SeededRandom(1);
  const disk = new SimDisk({ random, clock }).mount();
  const log = await clock.until(
    openEmbeddedLog({ disk, folder: '/log', clock, logger: SILENT_LOGGER, fillBytes: 0 }),
  );
  const spec = {
    name: TOPIC,
    partitions: 1,
    cleanup: 'delete',
    retentionMs: Infinity,
    durability: 'log',
  } as const;
  await clock.until(log.ensureTopics([spec]));
  const fault: { next: AppendFault } = { next: 'none' };
  const remote = (name: string) => {
    const process = new SimProcess(name, clock);
    const appendFault = () => fault.next;
    const slowReadMs = () => 0;
    const remoteLog = new RemoteLog({
      log,
      clock,
      process,
      random: random.fork(),
      delayMs: 2,
      appendFault,
      lateMs: 500,
      slowReadMs,
    });
    return { process, log: remoteLog };
  };
  const end = async () => (await log.range(TOPIC, 0)).end;
  return { clock, remote, fault, end };
};

const isTimeout = (error: unknown): boolean => isBubbleError(error, 'LOG_TIMEOUT');

test('appends are lost before or after they take effect, or take effect late', async () => {
  const { clock, remote, fault, end } = await open();
  const { log } = remote('a');
  const append = () => clock.until(log.append(TOPIC, 0, [text('x')]));
  assert.equal((await append()).baseOffset, 0);
  fault.next = 'lost-request';
  await assert.rejects(append(), isTimeout);
  assert.equal(await end(), 1);
  fault.next = 'lost-answer';
  await assert.rejects(append(), isTimeout);
  assert.equal(await end(), 2);
  fault.next = 'late';
  await assert.rejects(append(), isTimeout);
  assert.equal(await end(), 2);
  await clock.runFor(2_000);
  assert.equal(await end(), 3);
});

const member = (told: string[]): GroupHandlers & { lease: Lease | null } => ({
  lease: null,
  async assigned(lease) {
    this.lease = lease;
    told.push('assigned');
    return 0;
  },
  async batch() {
    told.push('batch');
  },
  async revoked() {
    told.push('revoked');
  },
});

test('the session of a paused process expires: the group goes on, and it learns so when it is continued', async () => {
  const { clock, remote } = await open();
  const first = remote('first');
  const second = remote('second');
  const toldFirst: string[] = [];
  const handlers = member(toldFirst);
  const membership = await clock.until(first.log.join('group', [TOPIC], handlers));
  await clock.runFor(100);
  assert.deepEqual(toldFirst, ['assigned']);
  const { lease } = handlers;
  assert(lease !== null);

  first.process.pause();
  first.log.expireSessions();
  const toldSecond: string[] = [];
  await clock.until(second.log.join('group', [TOPIC], member(toldSecond)));
  await clock.until(second.log.append(TOPIC, 0, [text('x')]));
  await clock.runFor(1_000);
  assert.deepEqual(toldSecond, ['assigned', 'batch']);
  assert.equal(lease.signal.aborted, false);

  const commit = membership.commit(lease, { offset: 1, vector: [] });
  first.process.resume();
  await assert.rejects(commit, (error) => isBubbleError(error, 'LEASE_LOST'));
  await clock.runFor(1_000);
  assert.equal(lease.signal.aborted, true);
  assert.deepEqual(toldFirst.slice(0, 2), ['assigned', 'revoked']);
});

test('a dead process is not answered', async () => {
  const { clock, remote, end } = await open();
  const { log, process } = remote('a');
  let answered = false;
  void log.append(TOPIC, 0, [text('x')]).then(() => {
    answered = true;
  });
  process.kill();
  await clock.runFor(10_000);
  assert.equal(answered, false);
  assert.equal(await end(), 0);
});
