/** What becomes of fan-out, delivery and the timeline when their topics are tampered with, on a real broker. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { systemClock } from '../../infra/clock/system-clock.ts';
import { nodeDisk } from '../../infra/disk/node-disk.ts';
import { openFormerLives } from '../../infra/log/kafka/former-life.ts';
import { openKafkaLog } from '../../infra/log/kafka/kafka-log.ts';
import type { Log } from '../../infra/log/log.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { openFileSnapshots } from '../../infra/snapshots/file-snapshots.ts';
import { startDelivery } from '../../processors/delivery/delivery.ts';
import { type FanOut, startFanOut } from '../../processors/fan-out/fan-out.ts';
import { FAN_OUT_GROUP } from '../../processors/runtime/groups.ts';
import { BubbleError, isBubbleError } from '../../schemas/errors.ts';
import { makeCodecs } from '../../schemas/events/codecs.ts';
import { COMMAND, type InboundEvent, NO_RETURN } from '../../schemas/events/inbound.ts';
import { conversationOf } from '../../schemas/ids.ts';
import { DEFAULT_LIMITS } from '../../schemas/limits.ts';
import { numberAt } from '../../schemas/positions.ts';
import { INBOUND, inboxTopic, type Layout, PARKED, topicSpecs } from '../../schemas/topics.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { longOfId } from '../../schemas/wire/int64.ts';
import { ChildServer } from './child-server.ts';
import { kafkaJars, kafkaTool, startKafka } from './kafka.ts';
import { type KafkaFixture, kafkaFixture } from './kafka-fixture.ts';

const run = promisify(execFile);
const LAYOUT: Layout = { inboundPartitions: 1, inboxPartitions: 1, epoch: 1, retentionMs: Infinity };
const INBOX = inboxTopic(1);
const DEADLINE_MS = 30_000;
let ids = 0;
const codecs = makeCodecs(() => {
  ids += 1;
  return ids;
});

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, `never came: ${what}`);
    await sleep(50);
  }
}

const failureOf = async (ended: Promise<void>): Promise<BubbleError> => {
  try {
    await ended;
  } catch (error) {
    assert.ok(error instanceof BubbleError, String(error));
    return error;
  }
  return assert.fail('it ended without a failure');
};

let sent = 0;
const command = (): InboundEvent => {
  sent += 1;
  const id = (BigInt(Date.now()) << 20n) | BigInt(sent);
  const content = { msgType: 1, toUserName: 'bob', clientMsgId: longOfId(id), content: Buffer.from('hi') };
  return {
    ...NO_RETURN,
    tenant: 'acme',
    conversation: conversationOf('alice', 'bob'),
    kind: COMMAND.MESSAGE,
    sender: 'alice',
    device: 'phone',
    generation: 1,
    clientMsgId: id,
    to: 'bob',
    body: Buffer.from(bubble.wire.NewChatMsg.encode(content).finish()),
    bodyKey: null,
    gateTime: Date.now(),
  };
};
const send = (log: Log, count = 1): Promise<unknown> => {
  const records = Array.from({ length: count }, () => ({
    key: Buffer.from('acme/d/alice/bob'),
    value: codecs.inbound.encode(command()),
  }));
  return log.append(INBOUND, 0, records);
};

describe('topics that are tampered with', () => {
  let fixture: KafkaFixture;
  let log: Log;
  let folder: string;
  const bootstrap = (): string[] => ['--bootstrap-server', fixture.kafka.bootstrap[0]!];
  const deleteTopics = (pattern: string): Promise<string> =>
    kafkaTool('org.apache.kafka.tools.TopicCommand', [...bootstrap(), '--delete', '--topic', pattern]);
  /** By another process: ours is not told. */
  const makeTopics = async (): Promise<void> => {
    const other = await fixture.open();
    // A topic that is being deleted is in the way for a moment.
    await until('topics are made', async () => {
      try {
        await other.ensureTopics(topicSpecs(LAYOUT, 'log'));
        return true;
      } catch (error) {
        assert.ok(isBubbleError(error), String(error));
        return false;
      }
    });
    await other.close();
  };
  /** Appends to a topic that was made anew until it ends well after `end`, where the old one had its end. */
  const outgrow = async (topic: string, end: number): Promise<void> => {
    const other = await fixture.open();
    const records = Array.from({ length: end + 20 }, () => ({ key: null, value: Buffer.from('junk') }));
    await other.append(topic, 0, records);
    await other.close();
  };
  /** What the process that comes next sees the topics by. */
  const startAnew = async (): Promise<void> => {
    await log.close();
    log = await fixture.open();
  };
  const untilNoticed = (topic: string): Promise<void> =>
    until('it is noticed', async () => {
      const failure = await log.range(topic, 0).then(
        () => null,
        (error: unknown) => error,
      );
      return isBubbleError(failure, 'OFFSET_OUT_OF_RANGE');
    });
  const fanOut = (snapshots = 'snapshots'): Promise<FanOut> =>
    startFanOut({
      log,
      codecs,
      snapshots: openFileSnapshots({ disk: nodeDisk(), folder: join(folder, snapshots) }),
      layout: LAYOUT,
      limits: DEFAULT_LIMITS,
      clock: systemClock,
      logger: SILENT_LOGGER,
    });
  const delivery = () =>
    startDelivery({
      log,
      codecs,
      layout: LAYOUT,
      limits: DEFAULT_LIMITS,
      clock: systemClock,
      logger: SILENT_LOGGER,
    });
  const inboxEnd = async (): Promise<number> => (await log.range(INBOX, 0)).end;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bubble-faults-'));
    fixture = await kafkaFixture({ brokers: 1 });
    log = await fixture.open();
    await makeTopics();
  });
  after(async () => {
    await log?.close();
    await fixture?.end();
    await rm(folder, { recursive: true, force: true });
  });

  test("a stranger's records: bytes of no schema are rejected or left out, an unknown schema waits for a decision", async () => {
    const junk = [Buffer.from('{"json":1}'), Buffer.alloc(0), null, Buffer.alloc(500_000, 7)];
    const records = junk.map((value) => ({ key: Buffer.from('k'), value }));
    await log.append(INBOUND, 0, records);
    await log.append(INBOX, 0, records);
    await send(log);
    const [processor, reader] = await Promise.all([fanOut(), delivery()]);
    await until('the message is through', () => reader.counters.accepted === 1);
    assert.deepEqual([processor.counts().undecodable, reader.counters.unreadable], [4, 4]);
    await log.append(INBOUND, 0, [{ key: null, value: Buffer.from([0, 0, 0, 99, 99, 1]) }]);
    await until('it is paused', () => processor.paused().length === 1);
    assert.equal(processor.paused()[0]?.offset, 5);
    await Promise.all([processor.stop(), reader.stop()]);
    const { undecided } = await decide('reject', 5);
    assert.equal(undecided, 5);
    const next = await fanOut();
    await send(log);
    await until('it has gone on', async () => (await inboxEnd()) === 6);
    await next.stop();
  });

  const decide = async (action: 'reject', offset: number): Promise<{ undecided: number }> => {
    const { decisionEvent, decisionKey } = await import('../../schemas/rules/operator-decision.ts');
    const stored = await log.committed(FAN_OUT_GROUP, INBOUND, 0);
    const decision = { offset, action, operator: 'ada', reason: 'a test' };
    const value = codecs.inbound.encode(decisionEvent(decision, Date.now()));
    await log.append(INBOUND, 0, [{ key: decisionKey(decision), value }]);
    return { undecided: stored?.offset ?? 0 };
  };

  test('inbox made anew under fan-out and delivery, and longer than the old one: that one is paused, this one ends, and nothing goes there', async () => {
    await send(log, 50);
    const [first, reader] = await Promise.all([fanOut(), delivery()]);
    const before = await until('all is read', async () => reader.counters.accepted >= 50).then(inboxEnd);
    await until('it is stored', async () => {
      return (await log.committed('delivery', INBOX, 0))?.offset === before;
    });
    await first.stop();
    const processor = await fanOut();
    await until('it holds its partition', () => processor.lag().length === 1);
    await deleteTopics(INBOX);
    await makeTopics();
    await outgrow(INBOX, before);
    await untilNoticed(INBOX);
    await send(log, 5);
    // Delivery, which reads it, may have seen it while it was shorter; fan-out sees it by nothing but the id.
    const read = await failureOf(reader.ended);
    await until('it is paused', () => processor.paused().length === 1);
    const written = processor.paused()[0]!.reason;
    assert.equal(read.code, 'OFFSET_OUT_OF_RANGE', read.message);
    assert.equal(written.code, 'OFFSET_OUT_OF_RANGE', written.message);
    assert.match(written.message, /topic bubble\.inbox\.1 was deleted and made anew: its id was/);
    await Promise.allSettled([reader.stop(), processor.stop()]);
    await startAnew();
    assert.equal(await inboxEnd(), before + 20, 'nothing was emitted');
    // The next start finds that the state has rows of an inbox that ends before them, or is empty.
    await deleteTopics(INBOX);
    await makeTopics();
    await startAnew();
    const again = await fanOut();
    await until('it is paused', () => again.paused().length === 1);
    assert.match(again.paused()[0]!.reason.message, /is empty, and records .* were acknowledged there/);
    await again.stop();
  });

  test('inbound deleted under fan-out and gates, and made anew: nobody starts over at 0', async () => {
    await deleteTopics('bubble.*');
    await makeTopics();
    await startAnew();
    await rm(join(folder, 'snapshots'), { recursive: true, force: true });
    await send(log, 50);
    const first = await fanOut();
    await until('all is written', async () => (await inboxEnd()) === 50);
    await first.stop();
    const processor = await fanOut();
    await until('it holds its partition', () => processor.lag().length === 1);
    await deleteTopics(INBOUND);
    const append = await send(log).then(
      () => null,
      (error: unknown) => error,
    );
    assert.ok(isBubbleError(append) && append.retryable, `what a gate answers RETRY_LATER to: ${append}`);
    const ended = await failureOf(processor.ended);
    assert.equal(ended.code, 'UNKNOWN_TOPIC', ended.message);
    await processor.stop();
    await log.commitFor('timeline', INBOX, 0, { offset: 50, vector: [numberAt(1, 49)] });
    await makeTopics();
    await startAnew();
    await send(log, 3);
    for (const snapshots of ['snapshots', 'none']) {
      const text = snapshots === 'none' ? /timeline has rows of bubble\.inbound\/0\/49/ : /the log ends at 3/;
      await pausedAtStart(snapshots, text);
    }
    await outgrow(INBOUND, 50);
    await pausedAtStart(
      'snapshots',
      /inbound\/0\/49 was appended at .*, and the state at 50 has seen no record/,
    );
    assert.equal(await inboxEnd(), 50, 'nothing was emitted');
  });

  const pausedAtStart = async (snapshots: string, text: RegExp): Promise<void> => {
    const next = await fanOut(snapshots);
    await until('it is paused', () => next.paused().length === 1);
    const { reason } = next.paused()[0]!;
    assert.equal(reason.code, 'OFFSET_OUT_OF_RANGE');
    assert.match(reason.message, text);
    await next.stop();
  };

  test('inbound made anew and longer than the old one, under fan-out and gates: both are refused for good', async () => {
    await deleteTopics('bubble.*');
    await makeTopics();
    await log.close();
    const groups = { disk: nodeDisk(), folder: join(folder, 'groups'), logger: SILENT_LOGGER };
    const formerLives = await openFormerLives(groups);
    log = await fixture.open({ formerLives });
    await send(log, 10);
    const first = await fanOut('outgrown');
    await until('all is written', async () => (await inboxEnd()) === 10);
    await first.stop();
    const processor = await fanOut('outgrown');
    await until('it holds its partition', () => processor.lag().length === 1);
    await deleteTopics(INBOUND);
    await makeTopics();
    await outgrow(INBOUND, 10);
    const ended = await failureOf(processor.ended);
    assert.equal(ended.code, 'OFFSET_OUT_OF_RANGE', ended.message);
    const refused = (error: unknown): boolean =>
      isBubbleError(error, 'OFFSET_OUT_OF_RANGE') && !error.retryable && /made anew/.test(error.message);
    await untilNoticed(INBOUND);
    await assert.rejects(send(log), refused);
    await assert.rejects(log.reader(INBOUND, 0, 5), refused);
    await assert.rejects(fanOut('outgrown'), refused);
    await processor.stop();
    // The next process has the same folder, or only the snapshots of another one.
    await log.close();
    log = await fixture.open({ formerLives });
    const next = await fanOut('outgrown');
    assert.match((await failureOf(next.ended)).message, /made anew since group fan-out has read it here/);
    await next.stop();
    await startAnew();
    await pausedAtStart(
      'outgrown',
      /inbound\/0\/9 was appended at .*, and the state at 10 has seen no record/,
    );
    assert.equal(await inboxEnd(), 10, 'nothing was emitted');
  });

  test('too few partitions or replicas are refused, with what to do', async () => {
    await assert.rejects(
      log.ensureTopics(topicSpecs({ ...LAYOUT, inboundPartitions: 2 }, 'log')),
      (error) => {
        assert.ok(isBubbleError(error, 'TOPIC_MISMATCH'));
        assert.match(error.message, /bubble\.inbound: it has 1 partitions and the configuration says 2: set/);
        return true;
      },
    );
    const three = await fixture.open({ replication: 3, minInsync: 2 });
    await assert.rejects(three.ensureTopics(topicSpecs(LAYOUT, 'log')), (error) => {
      assert.ok(isBubbleError(error, 'TOPIC_MISMATCH'));
      assert.match(error.message, /it has 1 replicas and 3 are configured: reassign it/);
      assert.match(error.message, /min\.insync\.replicas is 1 and must be 2: kafka-configs --alter/);
      return true;
    });
    await three.close();
  });

  test('records above the limit cannot enter, neither from us nor from a stranger', async () => {
    const big = { key: null, value: Buffer.alloc(DEFAULT_LIMITS.recordBytes + 1) };
    await assert.rejects(log.append(PARKED, 0, [big]), { code: 'RECORD_TOO_LARGE' });
    // A stranger's client knows no limit of ours: the broker does.
    const stranger = await fixture.open({ recordBytes: 5_000_000, batchBytes: 5_000_000 });
    const huge = { key: null, value: Buffer.alloc(3_000_000) };
    await assert.rejects(stranger.append(PARKED, 0, [huge]), { code: 'RECORD_TOO_LARGE' });
    await stranger.close();
    assert.equal((await log.range(PARKED, 0)).end, 0);
  });

  test('a stranger in our consumer group: who is there second is refused, and says why', async () => {
    const args = [...bootstrap(), '--topic', PARKED, '--group', FAN_OUT_GROUP];
    const groupState = (): Promise<string> =>
      kafkaTool('org.apache.kafka.tools.consumer.group.ConsumerGroupCommand', [
        ...bootstrap(),
        ...['--describe', '--state', '--group', FAN_OUT_GROUP],
      ]);
    const stranger = new ChildServer({
      name: 'a console consumer',
      command: 'java',
      args: [
        '-Xmx128m',
        '-cp',
        `${await kafkaJars()}/*`,
        'org.apache.kafka.tools.consumer.ConsoleConsumer',
        ...args,
      ],
      logFile: join(folder, 'stranger.log'),
      ready: async () => /Stable +1/.test(await groupState()),
      readyWithinMs: 30_000,
    });
    await stranger.start();
    const refused = await fanOut('stranger');
    const ended = await failureOf(refused.ended);
    assert.equal(ended.code, 'REFUSED');
    assert.match(ended.message, /group fan-out is used by another program/);
    await refused.stop();
    await stranger.stop();
    const accepted = await fanOut('stranger');
    await until('it holds its partition', () => accepted.lag().length === 1);
    // The other way round the broker keeps the stranger out, and we notice nothing.
    await kafkaTool('org.apache.kafka.tools.consumer.ConsoleConsumer', [
      ...args,
      '--timeout-ms',
      '4000',
    ]).catch(() => '');
    assert.match(await groupState(), /bubble-sticky-1 +Stable +1/);
    assert.equal(accepted.lag().length, 1);
    await accepted.stop();
  });
});

describe('a broker whose disk is full', () => {
  test('appends are refused for now; with room again all that was acknowledged is there', async (context) => {
    const folder = await mkdtemp(join(tmpdir(), 'bubble-full-'));
    const data = join(folder, 'small');
    await mkdir(data);
    try {
      await run('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', data]);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      return context.skip(`a small file system cannot be mounted here: ${String(error)}`);
    }
    const kafka = await startKafka({
      folder: data,
      brokers: 1,
      properties: ['log.index.size.max.bytes=65536', 'log.segment.bytes=4194304'],
    });
    const open = (): Promise<Log> =>
      openKafkaLog({
        brokers: kafka.bootstrap,
        clientId: 'full',
        replication: 1,
        minInsync: 1,
        clock: systemClock,
        logger: SILENT_LOGGER,
      });
    let log = await open();
    try {
      await log.ensureTopics(topicSpecs(LAYOUT, 'log'));
      const record = { key: null, value: Buffer.alloc(500_000, 1) };
      let acknowledged = 0;
      let failure: unknown = null;
      while (failure === null && acknowledged < 200) {
        await log.append(INBOUND, 0, [record]).then(
          () => {
            acknowledged += 1;
          },
          (error: unknown) => {
            failure = error;
          },
        );
      }
      assert.ok(acknowledged > 5 && acknowledged < 60, `${acknowledged} records`);
      assert.ok(isBubbleError(failure) && failure.retryable, String(failure));
      await log.close();
      await kafka.brokers[0]!.kill();
      await run('mount', ['-o', 'remount,size=120m', data]);
      await kafka.brokers[0]!.start();
      log = await open();
      const { end } = await log.range(INBOUND, 0);
      assert.ok(end >= acknowledged, `${end} of ${acknowledged}`);
      await log.append(INBOUND, 0, [record]);
    } finally {
      await log.close();
      await kafka.stop();
      await run('umount', [data]);
      await rm(folder, { recursive: true, force: true });
    }
  });
});
