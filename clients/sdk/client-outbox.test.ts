/** Commands that outlive a restart, a full or failing outbox, and ids that have become stale. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimClock } from '../../infra/clock/sim-clock.ts';
import { SeededRandom } from '../../infra/random/seeded-random.ts';
import { BubbleError, ERRORS } from '../../schemas/errors.ts';
import { OP } from '../../schemas/wire/operations.ts';
import { MemoryOutbox } from './outbox-storage.ts';
import type { Outcome } from './outcome.ts';
import { MemoryState } from './state-storage.ts';
import { accepted, clientWorld, online, sends, type World } from './test/client-world.ts';
import { idInBody } from './test/scripted-server.ts';

const world = (): World => clientWorld(new SimClock(), new SeededRandom(7));

test('STALE_ID, and the message is there: it had been accepted', async () => {
  const w = world();
  const alice = await w.client('alice');
  await online(w, alice);
  w.server.intercept = (request) => {
    if (request.operation !== OP.SEND_MSG) return false;
    w.server.pushes = false;
    w.server.decide(request);
    request.connection.ack(request, { ret: ERRORS.STALE_ID.code, clientMsgId: idInBody(request.body) });
    return true;
  };
  const outcome = accepted(await w.clock.until(alice.client.send('bob', 'was there')));
  assert.equal(w.server.inboxes.get('bob')?.length, 1);
  assert.equal(sends(w.server).length, 1);
  assert.ok(outcome.seq > 0);
  await w.stop();
});

test('STALE_ID, and the message is nowhere: it goes anew under a new id, and those behind it too', async () => {
  const w = world();
  const alice = await w.client('alice');
  await online(w, alice);
  w.server.intercept = (request) => {
    if (request.operation !== OP.SEND_MSG) return false;
    w.server.intercept = () => false;
    request.connection.ack(request, { ret: ERRORS.STALE_ID.code, clientMsgId: idInBody(request.body) });
    return true;
  };
  const first = alice.client.send('bob', 'first');
  const second = alice.client.send('bob', 'second');
  accepted(await w.clock.until(first));
  accepted(await w.clock.until(second));
  const ids = sends(w.server);
  assert.equal(ids.length, 3);
  assert.ok(ids[0]! < ids[1]! && ids[1]! < ids[2]!, 'ids rise');
  assert.equal(w.server.inboxes.get('bob')?.length, 2);
  await w.stop();
});

test('STALE_ID for a message whose row lies below C: it is found all the same', async () => {
  const w = world();
  const state = new MemoryState();
  const outbox = new MemoryOutbox();
  // The removal was lost in a crash, the row had been shown and C saved.
  const lost = outbox.remove;
  outbox.remove = () => {};
  const alice = await w.client('alice', { state, outbox });
  await online(w, alice);
  accepted(await w.clock.until(alice.client.send('bob', 'long ago')));
  await alice.client.stop();
  outbox.remove = lost;
  w.server.intercept = (request) => {
    if (request.operation !== OP.SEND_MSG) return false;
    request.connection.ack(request, { ret: ERRORS.STALE_ID.code, clientMsgId: idInBody(request.body) });
    return true;
  };
  const again = await w.client('alice', { state, outbox });
  const outcomes: string[] = [];
  again.client.on('outcome', (outcome) => outcomes.push(outcome.kind));
  await online(w, again);
  await w.clock.runFor(5_000);
  assert.deepEqual(outcomes, ['accepted']);
  assert.equal(w.server.inboxes.get('bob')?.length, 1);
  await w.stop();
});

test('what was given and not answered before a restart is sent after it, under the same id', async () => {
  const w = world();
  const state = new MemoryState();
  const outbox = new MemoryOutbox();
  w.server.intercept = ({ operation }) => operation === OP.SEND_MSG;
  const alice = await w.client('alice', { state, outbox });
  await online(w, alice);
  const sent = alice.client.send('bob', 'survivor');
  const rejected = assert.rejects(sent, { code: 'REFUSED' });
  await w.clock.runFor(50);
  await alice.client.stop();
  await rejected;
  w.server.intercept = () => false;
  const again = await w.client('alice', { state, outbox });
  const outcomes: Outcome[] = [];
  again.client.on('outcome', (outcome) => outcomes.push(outcome));
  await online(w, again);
  assert.equal(outcomes.length, 1);
  assert.equal(new Set(sends(w.server)).size, 1);
  assert.equal(again.client.unanswered, 0);
  await w.stop();
});

test('a renewal that cannot be stored is tried again, and nothing is sent under an id that is not stored', async () => {
  const w = world();
  class Failing extends MemoryOutbox {
    failures = 1;
    override renew(...parameters: Parameters<MemoryOutbox['renew']>): void | Promise<void> {
      if (this.failures > 0) {
        this.failures -= 1;
        return Promise.reject(new Error('disk full'));
      }
      return super.renew(...parameters);
    }
  }
  const outbox = new Failing() as unknown as MemoryOutbox;
  const alice = await w.client('alice', { outbox });
  await online(w, alice);
  let stale = 2;
  w.server.intercept = (request) => {
    if (request.operation !== OP.SEND_MSG || stale === 0) return false;
    stale -= 1;
    request.connection.ack(request, { ret: ERRORS.STALE_ID.code, clientMsgId: idInBody(request.body) });
    return true;
  };
  accepted(await w.clock.until(alice.client.send('bob', 'stubborn')));
  const ids = sends(w.server);
  assert.equal(ids.length, 3);
  assert.equal(ids[0], ids[1], 'the old id again');
  assert.ok(ids[2]! > ids[1]!);
  assert.deepEqual(alice.errors, ['the outbox could not store new ids']);
  await w.stop();
});

test('a command that cannot be stored is refused with the storage’s error and never sent', async () => {
  const w = world();
  const outbox = new MemoryOutbox();
  const alice = await w.client('alice', {
    outbox: {
      load: () => outbox.load(),
      add: () => Promise.reject(new BubbleError('DISK_FULL', 'full', { retryable: true })),
      remove: () => {},
      renew: () => {},
      close: () => outbox.close(),
    },
  });
  await online(w, alice);
  const refused = assert.rejects(alice.client.send('bob', 'lost'), { code: 'DISK_FULL' });
  await w.clock.runFor(100);
  await refused;
  assert.equal(sends(w.server).length, 0);
  assert.equal(alice.client.unanswered, 0);
  await w.stop();
});

test('a full outbox refuses with a clear error and goes on later', async () => {
  const w = world();
  w.server.network = 'refuse';
  const alice = await w.client('alice', { limits: { outboxCommands: 2 } });
  const sent = [alice.client.send('bob', '1'), alice.client.send('bob', '2')];
  await assert.rejects(alice.client.send('bob', '3'), { code: 'OUTBOX_FULL', retryable: true });
  w.server.network = 'up';
  await online(w, alice);
  for (const each of sent) accepted(await w.clock.until(each));
  accepted(await w.clock.until(alice.client.send('bob', '3')));
  await w.stop();
});
