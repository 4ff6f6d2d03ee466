import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InboxWriter, testCodecs } from '../../infra/timeline/testing/inbox-writer.ts';
import { BubbleError } from '../../schemas/errors.ts';
import { INBOX_EVENT } from '../../schemas/events/inbox.ts';
import { SourceVector } from '../../schemas/rules/acceptance.ts';
import { BatchAcceptance } from './accept-batch.ts';

const NEWER = 4_711;
const STRANGER = 4_712;

test('a batch goes on where it stopped: each record is accepted once, whenever the registry answers', async () => {
  const codecs = testCodecs();
  let answers = 0;
  const learn = async (id: number): Promise<boolean> => {
    answers += 1;
    if (answers < 3) throw new BubbleError('STORE_AWAY', 'away', { retryable: true });
    if (id === STRANGER) return false;
    codecs.inbox.addWriter(id, INBOX_EVENT.schema);
    return true;
  };
  const learning = Object.defineProperty({ ...codecs }, 'learn', { value: learn }) as typeof codecs;
  const writer = new InboxWriter();
  const values = Array.from({ length: 6 }, () =>
    codecs.inbox.encode(writer.make({ sender: 'a', recipients: ['a'] })),
  );
  values[2]!.writeUInt32BE(NEWER, 1);
  values[4]!.writeUInt32BE(NEWER, 1);
  values.splice(4, 0, Buffer.from([0, 0, 0, STRANGER >> 8, STRANGER & 255, 1, 2]));
  const records = values.map((value, offset) => ({ key: null, value, offset, time: 0 }));
  const vector = new SourceVector();
  const batch = { records, next: 7, end: 7 };
  const acceptance = new BatchAcceptance(learning, vector, batch, 1);
  // The first record is passed over, as one that was accepted before.
  vector.accept(0, codecs.inbox.decode(values[0]!)!.src, -1);
  for (let away = 0; away < 2; away += 1) await assert.rejects(acceptance.accept(), { code: 'STORE_AWAY' });
  const accepted = await acceptance.accept();
  assert.deepEqual(
    accepted.records.map(({ offset }) => offset),
    [1, 2, 3, 5, 6],
  );
  assert.deepEqual([accepted.holes.length, accepted.repeats, accepted.next, answers], [0, 0, 7, 4]);
  assert.deepEqual(
    accepted.foreign.map(({ record, reason }) => [record.offset, reason]),
    [[4, `nobody knows its schema id ${STRANGER}`]],
  );
});
