import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BubbleError, isBubbleError } from '../../../schemas/errors.ts';
import { SimClock } from '../../clock/sim-clock.ts';
import { SILENT_LOGGER } from '../../logger/logger.ts';
import type { Appended } from '../log.ts';
import type { ProducerOptions } from './leader-requests.ts';
import { Producer } from './producer.ts';
import { readBatches } from './record-batch.ts';
import { ScriptedCluster } from './testing/scripted-cluster.ts';
import { Reading } from './wire-format.ts';

/** Values by `topic/partition`, as a produce request of version 7 says them. */
function placesIn(bytes: Buffer): Map<string, string[]> {
  const places = new Map<string, string[]>();
  const reading = new Reading(bytes);
  reading.skip(8); // transaction, acknowledgements, time limit
  reading.array(() => {
    const topic = reading.text()!;
    reading.array(() => {
      const place = `${topic}/${reading.int32()}`;
      const { records } = readBatches(reading.bytes(), 0, topic);
      places.set(
        place,
        records.map(({ value }) => Buffer.from(value!).toString()),
      );
    });
  });
  return places;
}

const SCRIPT = {
  read: placesIn,
  blank: { topic: 't', partition: 0, errorCode: 0, baseOffset: 0, appendTime: 7 },
};

const OPTIONS = {
  requestTimeoutMs: 5_000,
  lingerMs: 5,
  batchBytes: 10_000,
  requestBytes: 50_000,
  pendingBytes: 100_000,
};

const rig = (overrides: Partial<ProducerOptions> = {}) => {
  const clock = new SimClock();
  const cluster = new ScriptedCluster(clock, SCRIPT);
  const producer = new Producer(cluster, { clock, logger: SILENT_LOGGER, ...OPTIONS, ...overrides });
  const append = (partition: number, ...values: string[]): Promise<Appended> => {
    const records = values.map((value) => ({ key: null, value: Buffer.from(value) }));
    return producer.append('t', partition, records, values.join('').length);
  };
  return { clock, cluster, producer, append };
};

test('what is appended in one turn goes in one request to each leader, one batch for each partition', async () => {
  const { clock, cluster, append } = rig();
  cluster.leaders.set('t/0', 1).set('t/1', 1).set('t/2', 2);
  const appended = [append(0, 'a'), append(0, 'b', 'c'), append(1, 'd'), append(2, 'e')];
  await clock.runFor(200);
  assert.equal(cluster.requests.length, 2);
  const first = cluster.requests.find(({ nodeId }) => nodeId === 1)!;
  assert.deepEqual(
    [...first.asked],
    [
      ['t/0', ['a', 'b', 'c']],
      ['t/1', ['d']],
    ],
  );
  first.answer([
    { partition: 1, baseOffset: 50 },
    { partition: 0, baseOffset: 10 },
  ]);
  cluster.requests.find(({ nodeId }) => nodeId === 2)!.answer([{ partition: 2, baseOffset: 90 }]);
  assert.deepEqual(await clock.until(Promise.all(appended)), [
    { baseOffset: 10, time: 7 },
    { baseOffset: 11, time: 7 },
    { baseOffset: 50, time: 7 },
    { baseOffset: 90, time: 7 },
  ]);
});

test('a partition that the answer leaves out is not acknowledged; an error is of its own partition', async () => {
  const { clock, cluster, append } = rig();
  cluster.leaders.set('t/0', 1).set('t/1', 1).set('t/2', 1);
  const outcomes = Promise.allSettled([append(0, 'a'), append(1, 'b'), append(2, 'c')]);
  await clock.runFor(200);
  cluster.requests[0]!.answer([
    { partition: 0, baseOffset: 3 },
    { partition: 1, errorCode: 6 },
  ]);
  const [a, b, c] = await clock.until(outcomes);
  assert.equal(a!.status, 'fulfilled');
  for (const each of [b!, c!]) {
    assert.ok(
      each.status === 'rejected' && isBubbleError(each.reason, 'LOG_TIMEOUT') && each.reason.retryable,
    );
  }
});

test('of a partition one batch is unanswered, also while its leader changes', async () => {
  const { clock, cluster, append } = rig();
  cluster.leaders.set('t/0', 1);
  const first = append(0, 'a');
  await clock.runFor(200);
  cluster.leaders.set('t/0', 2);
  const second = append(0, 'b');
  await clock.runFor(100);
  assert.equal(cluster.requests.length, 1, 'the first is not resolved yet');
  cluster.requests[0]!.answer([{ partition: 0 }]);
  await clock.until(first);
  await clock.runFor(200);
  assert.deepEqual([cluster.requests[1]!.nodeId, ...cluster.requests[1]!.asked.values()], [2, ['b']]);
  cluster.requests[1]!.answer([{ partition: 0 }]);
  await clock.until(second);
});

test('a lost request rejects what it carried, and nothing is sent again by itself', async () => {
  const { clock, cluster, append } = rig();
  cluster.leaders.set('t/0', 1);
  const lost = assert.rejects(
    append(0, 'a'),
    (error) => isBubbleError(error, 'LOG_TIMEOUT') && error.retryable,
  );
  await clock.runFor(200);
  cluster.requests[0]!.fail();
  await clock.until(lost);
  await clock.runFor(10_000);
  assert.equal(cluster.requests.length, 1);
  assert.ok(cluster.refreshed > 0, 'who leads is asked');
});

test('a broker that hangs and leads no more is given up before the time limit', async () => {
  const { clock, cluster, append } = rig();
  cluster.leaders.set('t/0', 1);
  const lost = assert.rejects(append(0, 'a'), /leads no more/);
  await clock.runFor(200);
  cluster.onRefresh = () => cluster.leaders.set('t/0', 2);
  await clock.runFor(1_000);
  await clock.until(lost);
});

test('without a leader an append waits, and goes as soon as there is one, in order', async () => {
  const { clock, cluster, append } = rig();
  cluster.leaders.set('t/0', -1);
  const appended = [append(0, 'a'), append(0, 'b')];
  await clock.runFor(1_000);
  assert.equal(cluster.requests.length, 0);
  cluster.onRefresh = () => cluster.leaders.set('t/0', 3);
  await clock.runFor(300);
  assert.deepEqual([...cluster.requests[0]!.asked.values()], [['a', 'b']]);
  cluster.requests[0]!.answer([{ partition: 0 }]);
  await clock.until(Promise.all(appended));
});

test('it waits for a leader no longer than the time limit', async () => {
  const { clock, cluster, append } = rig();
  cluster.leaders.set('t/0', 1);
  cluster.down.add(1);
  const late = assert.rejects(
    append(0, 'a'),
    (error) => isBubbleError(error, 'LOG_TIMEOUT') && error.retryable,
  );
  await clock.runFor(5_200);
  await clock.until(late);
});

test('batches are bounded, and so is what is not acknowledged', async () => {
  const { clock, cluster, append } = rig({ batchBytes: 400, pendingBytes: 700 });
  cluster.leaders.set('t/0', 1);
  const big = 'x'.repeat(300);
  const first = append(0, big);
  const second = append(0, big);
  await assert.rejects(append(0, big), (error) => isBubbleError(error, 'LOG_BUSY') && error.retryable);
  await clock.runFor(200);
  assert.deepEqual([...cluster.requests[0]!.asked.values()], [[big]]);
  cluster.requests[0]!.answer([{ partition: 0 }]);
  await clock.until(first);
  await clock.runFor(200);
  cluster.requests[1]!.answer([{ partition: 0 }]);
  await clock.until(second);
});

test('what does not fit into a request goes with the next one, in the order in which it came', async () => {
  const { clock, cluster, append } = rig({ requestBytes: 1_000 });
  const value = 'x'.repeat(600);
  const partitions = [0, 1, 2, 3, 4];
  for (const partition of partitions) cluster.leaders.set(`t/${partition}`, 1);
  const appended = Promise.all(partitions.map((partition) => append(partition, value)));
  const carried = [];
  for (let sent = 0; sent < 3; sent += 1) {
    await clock.runFor(200);
    assert.equal(cluster.requests.length, sent + 1, 'one at a time');
    const { asked, answer } = cluster.requests[sent]!;
    carried.push([...asked.keys()]);
    answer(partitions.map((partition) => ({ partition })));
  }
  await clock.until(appended);
  assert.deepEqual(carried, [['t/0', 't/1'], ['t/2', 't/3'], ['t/4']]);
});

test('under load a leader gets its requests the linger time apart, idle at once', async () => {
  const { clock, cluster, append } = rig({ lingerMs: 50 });
  cluster.leaders.set('t/0', 1);
  const many = Array.from({ length: 20 }, (_, index) => String(index));
  for (const values of [['warm'], many, ['next'], ['idle']]) {
    const done = append(0, ...values);
    const before = cluster.requests.length;
    while (cluster.requests.length === before) await clock.runFor(1);
    cluster.requests.at(-1)!.answer([{ partition: 0 }]);
    await clock.until(done);
  }
  const [warm, loaded, next, idle] = cluster.requests.map(({ at }) => at);
  assert.ok(loaded! - warm! < 50, 'the one before carried one record');
  assert.ok(next! - loaded! >= 50, 'the one before carried twenty');
  assert.ok(idle! - next! < 50);
});

test('closed, everything that waits is rejected', async () => {
  const { clock, cluster, producer, append } = rig();
  cluster.leaders.set('t/0', -1);
  const closed = assert.rejects(append(0, 'a'), (error) => isBubbleError(error, 'LOG_CLOSED'));
  producer.close(new BubbleError('LOG_CLOSED', 'closed'));
  await clock.until(closed);
  await assert.rejects(append(0, 'b'), (error) => isBubbleError(error, 'LOG_CLOSED'));
});
