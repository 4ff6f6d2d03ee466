import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimClock } from '../../../infra/clock/sim-clock.ts';
import { SILENT_LOGGER } from '../../../infra/logger/logger.ts';
import { InboxWriter, testCodecs } from '../../../infra/timeline/testing/inbox-writer.ts';
import { MemoryLog } from '../../../infra/timeline/testing/memory-log.ts';
import { Parking } from '../../../processors/runtime/parking.ts';
import { PARKED_VALUE_BYTES } from '../../../schemas/events/parked.ts';
import { inboxTopic, PARKED, topicSpecs } from '../../../schemas/topics.ts';
import { discardParked, parkedNamed, parkedRecords, retryParked } from './parked-records.ts';

const INBOX = inboxTopic(1);
const layout = { inboundPartitions: 1, inboxPartitions: 1, epoch: 1, retentionMs: Infinity };

const parkedWorld = async () => {
  const clock = new SimClock();
  const log = new MemoryLog(clock);
  const codecs = testCodecs();
  await log.ensureTopics(topicSpecs(layout));
  const event = new InboxWriter().make({ sender: 'a', recipients: ['a'] });
  const values = [Buffer.from('junk'), Buffer.alloc(900_000, 7), codecs.inbox.encode(event)];
  for (const value of values) log.appendNow(INBOX, 0, [{ key: Buffer.from('k'), value }]);
  const parking = new Parking({ log, codecs, clock, logger: SILENT_LOGGER, group: 'timeline' });
  const reader = await log.reader(INBOX, 0, 0);
  const { records } = await reader.read({ maxRecords: 10, maxBytes: 1e7, maxWaitMs: 0 });
  const unreadable = records.map((record) => ({ record, reason: 'for a test' }));
  const signal = new AbortController().signal;
  const place = { topic: INBOX, partition: 0 };
  // Twice, as after a crash between the parking and the position.
  await parking.park(place, unreadable, signal);
  await parking.park(place, unreadable, signal);
  log.appendNow(PARKED, 0, [
    { key: null, value: Buffer.from('a stranger was here') },
    { key: null, value: null },
    { key: null, value: Buffer.from([0, 0]) },
  ]);
  return { log, codecs, event };
};

test('what is parked is listed once, with a copy that fits', async () => {
  const { log, codecs } = await parkedWorld();
  const records = await parkedRecords(log, codecs);
  assert.deepEqual(
    records.map(({ id, reason, valueBytes, value }) => [id, reason, valueBytes, value?.length]),
    [
      [`${INBOX}/0/0/timeline`, 'for a test', 4, 4],
      [`${INBOX}/0/1/timeline`, 'for a test', 900_000, PARKED_VALUE_BYTES],
      [`${INBOX}/0/2/timeline`, 'for a test', records[2]!.valueBytes, records[2]!.valueBytes],
    ],
  );
  assert.throws(() => parkedNamed(records, 'x'), { code: 'REFUSED' });
});

test('discarded is gone from the list', async () => {
  const { log, codecs } = await parkedWorld();
  const [first] = await parkedRecords(log, codecs);
  await discardParked(log, codecs, first!, 'ada', 'a test');
  assert.equal((await parkedRecords(log, codecs)).length, 2);
});

test('tried again: unreadable stays, what has come since is settled, what was passed is told apart', async () => {
  const { log, codecs, event } = await parkedWorld();
  const records = await parkedRecords(log, codecs);
  const retry = (at: number) => retryParked(log, codecs, records[at]!, 'ada');
  assert.deepEqual(await retry(0), { kind: 'unreadable', reason: 'it has no schema id' });
  assert.deepEqual(await retry(2), { kind: 'passed', source: event.source, src: event.src });
  await log.commitFor('timeline', INBOX, 0, { offset: 3, vector: [event.src] });
  assert.equal((await retry(2)).kind, 'settled');
  assert.equal((await parkedRecords(log, codecs)).length, 2);
});
