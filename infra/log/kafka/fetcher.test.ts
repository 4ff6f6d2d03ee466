import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isBubbleError } from '../../../schemas/errors.ts';
import { SimClock } from '../../clock/sim-clock.ts';
import { Fetcher, MAX_CONNECTIONS } from './fetcher.ts';
import type { FetchedPartition } from './hot-exchanges.ts';
import { ScriptedCluster } from './testing/scripted-cluster.ts';
import { Reading } from './wire-format.ts';

const TIMEOUT_MS = 5_000;
const WAIT_MS = 60_000;

interface Asked {
  readonly waitMs: number;
  /** `topic/partition from offset` */
  readonly wants: readonly string[];
}

/** What a fetch of version 11 says. */
function askedIn(bytes: Buffer): Asked {
  const reading = new Reading(bytes);
  reading.skip(4); // not a follower
  const waitMs = reading.int32();
  reading.skip(17); // limits in bytes, isolation, session
  const wants = reading.array(() => {
    const topic = reading.text()!;
    return reading.array(() => {
      const partition = reading.int32();
      reading.skip(4); // leader epoch
      const offset = reading.int64();
      reading.skip(12); // log start, limit in bytes
      return `${topic}/${partition} from ${offset}`;
    });
  });
  return { waitMs, wants: wants.flat() };
}

const blank: FetchedPartition = {
  topic: 't',
  partition: 0,
  errorCode: 0,
  end: 100,
  batches: Buffer.alloc(0),
};

const rig = () => {
  const clock = new SimClock();
  const cluster = new ScriptedCluster(clock, { read: askedIn, blank });
  const fetcher = new Fetcher(cluster, clock, TIMEOUT_MS);
  const want = (partition: number, offset = 0, nodeId = 1): Promise<FetchedPartition> => {
    cluster.leaders.set(`t/${partition}`, nodeId);
    return fetcher.fetch(nodeId, { topic: 't', partition, offset, maxBytes: 1_000, waitMs: WAIT_MS });
  };
  const asked = (from = 0): string[][] => cluster.requests.slice(from).map((each) => [...each.asked.wants]);
  return { clock, cluster, want, asked };
};

test('what is wanted of a broker in one turn goes in one request, a partition once in each', async () => {
  const { clock, cluster, want, asked } = rig();
  const fetched = Promise.all([want(0), want(1), want(0, 7), want(2, 0, 9)]);
  await clock.runFor(1);
  assert.deepEqual(
    new Map(cluster.requests.map(({ nodeId, asked: { wants } }) => [`${nodeId} ${wants.length}`, wants])),
    new Map([
      ['1 2', ['t/0 from 0', 't/1 from 0']],
      ['1 1', ['t/0 from 7']],
      ['9 1', ['t/2 from 0']],
    ]),
  );
  assert.ok(cluster.requests.every(({ asked: { waitMs } }) => waitMs === 500));
  for (const { answer } of cluster.requests) answer([0, 1, 2].map((partition) => ({ partition })));
  assert.deepEqual(
    (await clock.until(fetched)).map(({ partition }) => partition),
    [0, 1, 0, 2],
  );
  assert.equal(asked().length, 3, 'each was asked once');
});

test('a broker has so many connections and no more: wants wait for one to come back, and then go together', async () => {
  const { clock, cluster, want, asked } = rig();
  const first: Promise<FetchedPartition>[] = [];
  for (let partition = 0; partition < MAX_CONNECTIONS; partition += 1) {
    first.push(want(partition));
    await clock.runFor(1);
  }
  assert.equal(cluster.connections, MAX_CONNECTIONS);
  const late = [100, 101, 102].map((partition) => want(partition));
  await clock.runFor(100);
  assert.equal(cluster.requests.length, MAX_CONNECTIONS, 'the rest waits');
  cluster.requests[5]!.answer([{ partition: 5 }]);
  assert.equal((await clock.until(first[5]!)).partition, 5);
  await clock.runFor(1);
  assert.deepEqual(asked(MAX_CONNECTIONS), [['t/100 from 0', 't/101 from 0', 't/102 from 0']]);
  assert.equal(cluster.connections, MAX_CONNECTIONS, 'on the connection that came back');
  assert.equal(cluster.requests.at(-1)!.connection, cluster.requests[5]!.connection);
  // One that is lost makes room too, for a new one.
  const next = want(200);
  const lost = assert.rejects(first[0]!, (error) => isBubbleError(error, 'LOG_TIMEOUT') && error.retryable);
  cluster.requests[0]!.fail();
  await clock.until(lost);
  await clock.runFor(1);
  assert.deepEqual(asked(MAX_CONNECTIONS + 1), [['t/200 from 0']]);
  assert.equal(cluster.connections, MAX_CONNECTIONS + 1);
  for (const { answer, asked: each } of cluster.requests.slice(1)) {
    answer(each.wants.map((text) => ({ partition: Number(/\d+/.exec(text)![0]) })));
  }
  await clock.until(Promise.all([...first.slice(1), ...late, next]));
});

test('a partition that the answer leaves out is asked for again by its reader, the others are not held up', async () => {
  const { clock, cluster, want } = rig();
  const outcomes = Promise.allSettled([want(0), want(1)]);
  await clock.runFor(1);
  cluster.requests[0]!.answer([{ partition: 1 }]);
  const [left, there] = await clock.until(outcomes);
  assert.equal(there!.status, 'fulfilled');
  assert.ok(left!.status === 'rejected' && isBubbleError(left!.reason, 'LOG_TIMEOUT'));
  assert.ok(left!.reason.retryable);
});
