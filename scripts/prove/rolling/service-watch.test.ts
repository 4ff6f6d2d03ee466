import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome } from '../../../clients/sdk/outbox.ts';
import { ServiceWatch } from './service-watch.ts';

const ACCEPTED: Outcome = {
  kind: 'accepted',
  clientMsgId: 1n,
  serverMsgId: 1n,
  seq: 1,
  convSeq: 1,
  serverTime: 0,
  to: 'bob',
};
const REJECTED: Outcome = {
  kind: 'rejected',
  clientMsgId: 2n,
  to: 'bob',
  error: 'FORBIDDEN',
  code: 203,
  message: '',
};

const rig = () => {
  const time = { now: 0 };
  return { time, watch: new ServiceWatch(() => time.now) };
};

test('a device is without service from the loss of its session until its send is answered, as one stretch', () => {
  const { time, watch } = rig();
  const device = watch.device('ann/phone');
  device.online();
  time.now = 1_000;
  device.offline();
  time.now = 1_500;
  device.sent();
  device.answered(100);
  time.now = 2_000;
  device.online();
  time.now = 2_300;
  device.answered(1);
  device.settled(ACCEPTED);
  const figures = watch.take();
  assert.equal(figures.longestWithoutMs, 1_300);
  assert.equal(figures.longestWithout, 'ann/phone');
  const path = ['0 offline', '500 sends', '500 RETRY_LATER', '1000 online', '1300 PENDING', '1300 accepted'];
  assert.deepEqual(figures.longestPath, path);
  assert.equal(figures.longestOfflineMs, 1_000);
  assert.equal(figures.longestRetryMs, 800);
  assert.deepEqual([...figures.retries], [['RETRY_LATER', 1]]);
  assert.deepEqual([figures.answered, figures.pending, figures.refused.size], [1, 1, 0]);
  assert.equal(watch.isQuiet, true);
  assert.equal(watch.take().longestWithoutMs, 0);
});

test('what is not over counts as far as it has come', () => {
  const { time, watch } = rig();
  const device = watch.device('ann/phone');
  device.online();
  device.sent();
  time.now = 700;
  assert.equal(watch.take().longestWithoutMs, 700);
  assert.equal(watch.isQuiet, false);
  time.now = 900;
  device.settled(REJECTED);
  const figures = watch.take();
  assert.equal(figures.longestWithoutMs, 900);
  assert.deepEqual([...figures.refused], [['FORBIDDEN', 1]]);
});

test('a device that is away on purpose wants nothing', () => {
  const { time, watch } = rig();
  const device = watch.device('ann/phone');
  device.online();
  device.away();
  time.now = 60_000;
  assert.equal(watch.take().longestWithoutMs, 0);
  device.offline();
  time.now = 60_400;
  device.online();
  assert.equal(watch.take().longestWithoutMs, 400);
});
