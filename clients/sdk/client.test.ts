/** The client against a scripted server: real frames, real channel, simulated time and network. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimClock } from '../../infra/clock/sim-clock.ts';
import { SeededRandom } from '../../infra/random/seeded-random.ts';
import { BubbleError, ERRORS } from '../../schemas/errors.ts';
import { timeOfClientMsgId } from '../../schemas/ids.ts';
import type { SdkLimits } from '../../schemas/limits.ts';
import { DEFAULT_SDK_LIMITS } from '../../schemas/limits.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { longOf, numberOf } from '../../schemas/wire/int64.ts';
import { OP, replyTo } from '../../schemas/wire/operations.ts';
import { BubbleClient, type ClientOptions } from './client.ts';
import { nodeCryptoPort } from './crypto/node-crypto-port.ts';
import { Manifests } from './manifests.ts';
import { MemoryOutbox } from './outbox-storage.ts';
import type { Outcome } from './outcome.ts';
import { type Row, textOf } from './rows.ts';
import { MemoryState } from './state-storage.ts';
import { idInBody, ScriptedServer } from './test/scripted-server.ts';
import { TRUST } from './test/server-handshake.ts';

interface World {
  readonly clock: SimClock;
  readonly server: ScriptedServer;
  client(user: string, options?: Partial<ClientOptions>): Promise<Device>;
  stop(): Promise<void>;
}

interface Device {
  readonly client: BubbleClient;
  readonly rows: Row[];
  readonly texts: () => string[];
  readonly states: string[];
  readonly errors: string[];
}

const world = (): World => {
  const clock = new SimClock();
  const server = new ScriptedServer(clock);
  const clients: BubbleClient[] = [];
  const random = new SeededRandom(7);
  return {
    clock,
    server,
    client: async (user, options = {}) => {
      const crypto = nodeCryptoPort();
      const client = new BubbleClient({
        user,
        device: { clientVersion: 1, deviceId: 'phone' },
        token: () => `token of ${user}`,
        transport: server.transport,
        crypto,
        clock,
        random,
        manifests: new Manifests(crypto, TRUST),
        ...options,
      });
      clients.push(client);
      const rows: Row[] = [];
      const states: string[] = [];
      const errors: string[] = [];
      client.on('row', (row) => rows.push(row));
      client.on('state', (phase) => states.push(phase.kind));
      client.on('error', (error) => errors.push(error.message));
      await client.start();
      return { client, rows, states, errors, texts: () => rows.map(textOf) };
    },
    stop: async () => {
      for (const client of clients) await client.stop();
      await clock.runFor(10);
      // Whatever is left now would keep a process alive.
      assert.equal(clock.waiting, 0, 'a timer is left after stop');
    },
  };
};

const online = async ({ clock }: World, { client }: Device): Promise<void> => {
  for (let round = 0; client.phase.kind !== 'online'; round += 1) {
    assert.ok(round < 1_000, `not online: ${client.phase.kind}`);
    await clock.runFor(100);
  }
  await clock.runFor(20);
};

const accepted = (outcome: Outcome): Outcome & { kind: 'accepted' } => {
  assert.equal(outcome.kind, 'accepted');
  return outcome as Outcome & { kind: 'accepted' };
};

const sends = (server: ScriptedServer): bigint[] =>
  server.requestsOf(OP.SEND_MSG).map(({ body }) => idInBody(body));

test('a message is accepted, and comes as one row to sender and receiver', async () => {
  const w = world();
  const alice = await w.client('alice');
  const bob = await w.client('bob');
  await online(w, alice);
  await online(w, bob);
  const outcome = accepted(await w.clock.until(alice.client.send('bob', 'hello')));
  await w.clock.runFor(50);
  assert.equal(outcome.to, 'bob');
  assert.ok(outcome.seq > 0 && outcome.serverMsgId > 0n && outcome.convSeq > 0);
  assert.deepEqual([alice.texts(), bob.texts()], [['hello'], ['hello']]);
  assert.equal(alice.rows[0]?.own, true);
  assert.equal(alice.rows[0]?.conversation, 'bob');
  assert.equal(bob.rows[0]?.conversation, 'alice');
  assert.equal(bob.client.completeTo, bob.rows[0]?.seq);
  await w.stop();
});

test('a lost answer: after the reconnect the same id is sent, and the first outcome comes', async () => {
  const w = world();
  const alice = await w.client('alice');
  await online(w, alice);
  w.server.intercept = (request) => {
    if (request.operation !== OP.SEND_MSG) return false;
    w.server.decide(request);
    w.server.intercept = () => false;
    request.connection.close();
    return true;
  };
  const outcome = accepted(await w.clock.until(alice.client.send('bob', 'once')));
  await w.clock.runFor(5_000);
  assert.equal(w.server.inboxes.get('bob')?.length, 1);
  assert.ok(sends(w.server).length <= 2 && new Set(sends(w.server)).size === 1);
  assert.deepEqual(alice.texts(), ['once'], 'the row comes by pull, once');
  assert.equal(outcome.serverMsgId, alice.rows[0]?.serverMsgId);
  assert.deepEqual(alice.errors, []);
  await w.stop();
});

test('RETRY_LATER is no answer: the same id again, after a back-off that grows', async () => {
  const w = world();
  const alice = await w.client('alice');
  await online(w, alice);
  const times: number[] = [];
  w.server.intercept = (request) => {
    if (request.operation !== OP.SEND_MSG) return false;
    times.push(w.clock.monotonic());
    if (times.length > 6) return false;
    request.connection.refuse(request, 'RETRY_LATER');
    return true;
  };
  accepted(await w.clock.until(alice.client.send('bob', 'again and again')));
  assert.equal(times.length, 7);
  assert.equal(new Set(sends(w.server)).size, 1);
  assert.ok(times[6]! - times[0]! < 250 * 2 ** 6 + 1_000);
  await w.stop();
});

test('PENDING, then the row: the send completes by its clientMsgId', async () => {
  const w = world();
  const alice = await w.client('alice');
  await online(w, alice);
  let settled = false;
  w.server.intercept = (request) => {
    if (request.operation !== OP.SEND_MSG) return false;
    request.connection.ack(request, { ret: ERRORS.PENDING.code, clientMsgId: idInBody(request.body) });
    w.clock.after(4_000, () => {
      const { content } = bubble.wire.NewChatMsg.decode(request.body);
      w.server.deliver('alice', 'bob', idInBody(request.body), content, { deviceId: 'phone' });
    });
    return true;
  };
  const sent = alice.client.send('bob', 'slow');
  void sent.then(() => {
    settled = true;
  });
  await w.clock.runFor(3_900);
  assert.equal(settled, false, 'PENDING is no outcome');
  accepted(await w.clock.until(sent));
  assert.deepEqual(alice.texts(), ['slow']);
  assert.equal(sends(w.server).length, 1, 'not sent again before 60 s');
  await w.stop();
});

test('PENDING, then a second answer under the same sequence id', async () => {
  const w = world();
  const alice = await w.client('alice');
  await online(w, alice);
  w.server.intercept = (request) => {
    if (request.operation !== OP.SEND_MSG) return false;
    const clientMsgId = idInBody(request.body);
    request.connection.ack(request, { ret: ERRORS.PENDING.code, clientMsgId });
    w.clock.after(500, () => request.connection.ack(request, { ret: ERRORS.CONFLICT.code, clientMsgId }));
    return true;
  };
  const outcome = await w.clock.until(alice.client.send('bob', 'slow'));
  assert.equal(outcome.kind === 'rejected' && outcome.error, 'CONFLICT');
  await w.stop();
});

test('without any answer a command is sent again after 60 s, under the same id', async () => {
  const w = world();
  const alice = await w.client('alice');
  await online(w, alice);
  w.server.intercept = (request) => request.operation === OP.SEND_MSG && sends(w.server).length === 1;
  const sent = alice.client.send('bob', 'patience');
  await w.clock.runFor(59_000);
  assert.equal(sends(w.server).length, 1);
  accepted(await w.clock.until(sent));
  assert.equal(sends(w.server).length, 2);
  assert.equal(new Set(sends(w.server)).size, 1);
  await w.stop();
});

test('one unanswered send in a conversation, in order; other conversations go on', async () => {
  const w = world();
  const alice = await w.client('alice');
  await online(w, alice);
  const held: (() => void)[] = [];
  w.server.intercept = (request) => {
    if (request.operation !== OP.SEND_MSG) return false;
    const { toUserName } = bubble.wire.NewChatMsg.decode(request.body);
    if (toUserName !== 'bob') return false;
    held.push(() => w.server.answer(request));
    return true;
  };
  const toBob = ['1', '2', '3'].map((text) => alice.client.send('bob', text));
  accepted(await w.clock.until(alice.client.send('carol', 'other')));
  assert.equal(held.length, 1);
  for (let index = 0; index < 3; index += 1) {
    held[index]?.();
    accepted(await w.clock.until(toBob[index]!));
    await w.clock.runFor(20);
    assert.equal(held.length, Math.min(index + 2, 3));
  }
  const ids = w.server.inboxes.get('bob')?.map((row) => row.content?.toString());
  assert.deepEqual(ids, ['1', '2', '3']);
  await w.stop();
});

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

test('a gap: the row is shown at once, the missing ones are pulled, nothing comes twice', async () => {
  const w = world();
  const bob = await w.client('bob');
  await online(w, bob);
  w.server.pushes = false;
  for (const text of ['1', '2']) w.server.deliver('alice', 'bob', BigInt(text), Buffer.from(text));
  w.server.pushes = true;
  w.server.deliver('alice', 'bob', 3n, Buffer.from('3'));
  await w.clock.runFor(50);
  assert.deepEqual(bob.texts(), ['3', '1', '2']);
  assert.equal(w.server.requestsOf(OP.SYNC).length, 1);
  assert.equal(bob.client.isComplete, true);
  w.server.deliver('alice', 'bob', 4n, Buffer.from('4'));
  await w.clock.runFor(50);
  assert.deepEqual(bob.texts(), ['3', '1', '2', '4']);
  await w.stop();
});

test('complete: only where a session was told how far the inbox goes', async () => {
  const w = world();
  const bob = await w.client('bob');
  const completed: number[] = [];
  bob.client.on('complete', (to) => completed.push(to));
  w.server.announcesJoins = false;
  w.server.intercept = ({ operation }) => operation === OP.HEARTBEAT;
  await online(w, bob);
  assert.equal(bob.client.isComplete, false);
  w.server.open[0]?.notice(0);
  await w.clock.runFor(5);
  assert.equal(bob.client.isComplete, true);
  w.server.deliver('alice', 'bob', 1n, Buffer.from('1'));
  await w.clock.runFor(5);
  assert.deepEqual(completed, [0, bob.client.completeTo]);
  w.server.open[0]?.close();
  await w.clock.runFor(5);
  assert.equal(bob.client.isComplete, false);
  await w.stop();
});

test('a command whose answer does not say all of its row: the row is pulled as it is stored', async () => {
  const w = world();
  const alice = await w.client('alice');
  await online(w, alice);
  w.server.intercept = (request) => {
    if (request.operation !== OP.GROUP_CREATE) return false;
    const clientMsgId = 5n;
    const row = w.server.deliver('alice', '#aaaaaaaaaaaaaaaa', clientMsgId, Buffer.from('as stored'), {
      deviceId: 'phone',
      without: request.connection,
    });
    const { serverMsgSeq, prevSeq } = row;
    request.connection.ack(request, {
      clientMsgId,
      serverMsgSeq: serverMsgSeq ?? null,
      prevSeq: prevSeq ?? null,
      toUserName: '#aaaaaaaaaaaaaaaa',
    });
    return true;
  };
  const outcome = accepted(await w.clock.until(alice.client.createGroup('friends', ['bob'])));
  assert.equal(outcome.to, '#aaaaaaaaaaaaaaaa');
  await w.clock.runFor(50);
  assert.deepEqual(alice.texts(), ['as stored']);
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

test('a token callback that fails delays, and the client goes on', async () => {
  const w = world();
  let failures = 2;
  const alice = await w.client('alice', {
    token: () => {
      failures -= 1;
      if (failures >= 0) throw new Error('the identity provider is away');
      return 'token';
    },
  });
  await online(w, alice);
  assert.equal(alice.errors.length, 2);
  await w.stop();
});

test('a notice (joined, notify mode) or an unproven heartbeat makes the client pull', async () => {
  const w = world();
  const bob = await w.client('bob');
  await online(w, bob);
  w.server.pushes = false;
  w.server.deliver('alice', 'bob', 1n, Buffer.from('1'));
  w.server.open[0]?.notice(w.server.newestOf('bob'));
  await w.clock.runFor(50);
  assert.deepEqual(bob.texts(), ['1']);
  w.server.deliver('alice', 'bob', 2n, Buffer.from('2'));
  w.server.open[0]?.notice(0, { unproven: true });
  await w.clock.runFor(50);
  assert.deepEqual(bob.texts(), ['1', '2']);
  await w.stop();
});

test('pulls in pages, RETRY_LATER between them, bounded back-off', async () => {
  const w = world();
  w.server.pushes = false;
  for (let index = 1; index <= 10; index += 1) {
    w.server.deliver('alice', 'bob', BigInt(index), Buffer.from(String(index)));
  }
  let refusals = 2;
  w.server.intercept = (request) => {
    if (request.operation !== OP.SYNC || refusals === 0) return false;
    refusals -= 1;
    const body = bubble.wire.SyncMsgRep.encode({ ret: ERRORS.STORE_AWAY.code }).finish();
    request.connection.sealed(replyTo(OP.SYNC), request.sequence, body);
    return true;
  };
  const bob = await w.client('bob');
  await online(w, bob);
  await w.clock.runFor(5_000);
  assert.deepEqual(bob.texts(), ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']);
  await w.stop();
});

test('too old: a snapshot takes the place of the pull', async () => {
  const w = world();
  const bob = await w.client('bob');
  w.server.intercept = (request) => {
    if (request.operation !== OP.SYNC) return false;
    const body = bubble.wire.SyncMsgRep.encode({ ret: ERRORS.TOO_OLD.code }).finish();
    request.connection.sealed(replyTo(OP.SYNC), request.sequence, body);
    return true;
  };
  w.server.pushes = false;
  w.server.deliver('alice', 'bob', 1n, Buffer.from('1'));
  const snapshots: number[] = [];
  bob.client.on('snapshot', (list) => snapshots.push(list.syncedTo));
  await online(w, bob);
  await w.clock.runFor(1_000);
  assert.deepEqual(snapshots, [w.server.newestOf('bob')]);
  assert.equal(bob.client.completeTo, w.server.newestOf('bob'));
  assert.equal(w.server.requestsOf(OP.SYNC).length, 1);
  await w.stop();
});

test('two devices: the other one gets the own row and completes nothing of its own', async () => {
  const w = world();
  const phone = await w.client('alice');
  const tablet = await w.client('alice', { device: { clientVersion: 1, deviceId: 'tablet' } });
  await online(w, phone);
  await online(w, tablet);
  accepted(await w.clock.until(phone.client.send('bob', 'from the phone')));
  await w.clock.runFor(50);
  assert.deepEqual(tablet.texts(), ['from the phone']);
  assert.equal(tablet.rows[0]?.own, true);
  assert.equal(tablet.rows[0]?.deviceId, 'phone');
  await w.stop();
});

test('two devices under one id: the row of the other one completes nothing here', async () => {
  const w = world();
  const phone = await w.client('alice');
  await online(w, phone);
  w.server.intercept = (request) => {
    if (request.operation !== OP.SEND_MSG) return false;
    w.server.deliver('alice', 'carol', idInBody(request.body), Buffer.from('x'), { deviceId: 'tablet' });
    return true;
  };
  const sent = phone.client.send('bob', 'mine');
  await w.clock.runFor(1_000);
  assert.equal(phone.client.unanswered, 1);
  w.server.intercept = () => false;
  assert.equal(accepted(await w.clock.until(sent)).to, 'bob');
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

test('a pull that was lost with its session is asked again in the next one', async () => {
  const w = world();
  w.server.pushes = false;
  w.server.deliver('alice', 'bob', 1n, Buffer.from('1'));
  w.server.intercept = (request) => {
    if (request.operation !== OP.SYNC) return false;
    w.server.intercept = () => false;
    request.connection.close();
    return true;
  };
  const bob = await w.client('bob');
  await online(w, bob);
  await w.clock.runFor(2_000);
  assert.deepEqual(bob.texts(), ['1']);
  await w.stop();
});

test('resume: the second session logs in with the ticket, C is kept', async () => {
  const w = world();
  const state = new MemoryState();
  const outbox = new MemoryOutbox();
  const bob = await w.client('bob', { state, outbox });
  await online(w, bob);
  w.server.deliver('alice', 'bob', 1n, Buffer.from('1'));
  await w.clock.runFor(50);
  w.server.open[0]?.close();
  await w.clock.runFor(5_000);
  await bob.client.stop();
  const again = await w.client('bob', { state, outbox });
  await online(w, again);
  assert.deepEqual(
    w.server.logins.map(({ suite, token }) => [suite, token]),
    [
      [2, 'token of bob'],
      [3, ''],
      [3, ''],
    ],
  );
  assert.deepEqual(again.texts(), []);
  assert.equal(again.client.completeTo, bob.client.completeTo);
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

const limited = (limits: Partial<SdkLimits>): Partial<ClientOptions> => ({ limits });

test('a full outbox refuses with a clear error and goes on later', async () => {
  const w = world();
  w.server.network = 'refuse';
  const alice = await w.client('alice', limited({ outboxCommands: 2 }));
  const sent = [alice.client.send('bob', '1'), alice.client.send('bob', '2')];
  await assert.rejects(alice.client.send('bob', '3'), { code: 'OUTBOX_FULL', retryable: true });
  w.server.network = 'up';
  await online(w, alice);
  for (const each of sent) accepted(await w.clock.until(each));
  accepted(await w.clock.until(alice.client.send('bob', '3')));
  await w.stop();
});

test('a body beyond the limit is refused here: the server would close the connection for it, again and again', async () => {
  const w = world();
  const alice = await w.client('alice');
  await online(w, alice);
  const outcome = await w.clock.until(alice.client.send('bob', 'x'.repeat(70_000)));
  assert.equal(outcome.kind === 'rejected' && outcome.error, 'TOO_LONG');
  assert.equal(sends(w.server).length, 0);
  accepted(await w.clock.until(alice.client.send('bob', 'short')));
  await w.stop();
});

test('missed heartbeats: the client connects anew', async () => {
  const w = world();
  const alice = await w.client('alice');
  await online(w, alice);
  w.server.intercept = ({ operation }) => operation === OP.HEARTBEAT && w.server.connections.length === 1;
  await w.clock.runFor(25_000 + 8_000 + 3_000);
  assert.deepEqual(alice.states.slice(0, 5), ['connecting', 'online', 'waiting', 'connecting', 'online']);
  await w.stop();
});

test('heartbeats carry C', async () => {
  const w = world();
  const bob = await w.client('bob');
  await online(w, bob);
  w.server.deliver('alice', 'bob', 1n, Buffer.from('1'));
  await w.clock.runFor(30_000);
  const last = w.server.requestsOf(OP.HEARTBEAT).at(-1)?.body ?? new Uint8Array();
  assert.equal(numberOf(bubble.wire.HeartbeatReq.decode(last).completeTo), bob.client.completeTo);
  assert.ok(bob.client.completeTo > 0);
  await w.stop();
});

test('close codes: reconnect, stop, log in again', async () => {
  const w = world();
  const fresh: boolean[] = [];
  const state = new MemoryState();
  const alice = await w.client('alice', {
    state,
    token: (wanted) => {
      fresh.push(wanted);
      return 'token';
    },
  });
  await online(w, alice);
  w.server.open[0]?.disconnect('DRAIN');
  await w.clock.runFor(50);
  await online(w, alice);
  assert.equal(w.server.logins.at(-1)?.suite, 3, 'DRAIN: by resumption');
  w.server.network = 'refuse';
  w.server.open[0]?.disconnect('REVOKED');
  await w.clock.runFor(2_000);
  assert.deepEqual(
    (await state.load())?.tickets,
    { current: null, next: null },
    'REVOKED: no ticket is kept',
  );
  w.server.network = 'up';
  await online(w, alice);
  assert.deepEqual(
    [w.server.logins.at(-1)?.suite, fresh[0], fresh.at(-1)],
    [2, false, true],
    'a fresh token',
  );
  // Sooner, it might have been replaced by what its own former session has left.
  await w.clock.runFor(DEFAULT_SDK_LIMITS.replacedDoubtMs);
  w.server.open[0]?.disconnect('REPLACED');
  await w.clock.runFor(120_000);
  assert.deepEqual(alice.client.phase, { kind: 'ended', reason: 'REPLACED' });
  assert.equal(w.server.logins.length, 3, 'REPLACED: no further attempt');
  alice.client.connectNow();
  await online(w, alice);
  await w.stop();
});

test('the advice to wait is obeyed', async () => {
  const w = world();
  const alice = await w.client('alice');
  await online(w, alice);
  const { attempts } = w.server;
  w.server.open[0]?.disconnect('DRAIN', 20_000);
  await w.clock.runFor(19_900);
  assert.equal(w.server.attempts, attempts);
  await w.clock.runFor(1_000);
  assert.equal(w.server.attempts, attempts + 1);
  await w.stop();
});

test('refusals: a wrong clock is corrected, a bad token is asked for anew, a ban ends it', async () => {
  const w = world();
  w.server.clockOffsetMs = -3_600_000;
  w.server.auth = ({ timestampMs }) =>
    Math.abs(timestampMs - w.server.now()) > 120_000
      ? { kind: 'refuse', error: 'CLOCK' }
      : { kind: 'accept' };
  const alice = await w.client('alice');
  await online(w, alice);
  accepted(await w.clock.until(alice.client.send('bob', 'at server time')));
  const id = sends(w.server)[0] ?? 0n;
  assert.ok(Math.abs(timeOfClientMsgId(id) - w.server.now()) < 5_000, 'ids carry the server time');

  w.server.auth = ({ token }) => (token === 'good' ? { kind: 'accept' } : { kind: 'refuse', error: 'TOKEN' });
  const bob = await w.client('bob', { token: (fresh) => (fresh ? 'good' : 'old') });
  await online(w, bob);

  w.server.auth = () => ({ kind: 'refuse', error: 'BANNED' });
  const carol = await w.client('carol');
  await w.clock.runFor(60_000);
  assert.deepEqual(carol.client.phase, { kind: 'ended', reason: 'BANNED' });
  await w.stop();
});

test('what is said outside the channel never ends anything nor costs the ticket', async () => {
  const w = world();
  const alice = await w.client('alice');
  await online(w, alice);
  w.server.network = 'REPLACED';
  w.server.open[0]?.close();
  await w.clock.runFor(20_000);
  assert.notEqual(alice.client.phase.kind, 'ended');
  w.server.network = 'up';
  w.server.auth = () => ({ kind: 'hint', error: 'BANNED' });
  await w.clock.runFor(40_000);
  assert.notEqual(alice.client.phase.kind, 'ended');
  w.server.auth = () => ({ kind: 'accept' });
  await online(w, alice);
  assert.equal(w.server.logins.at(-1)?.suite, 3, 'the ticket is still used');
  await w.stop();
});

test('a server that refuses connections is asked ever less often, and never less than the limit says', async () => {
  const w = world();
  w.server.network = 'refuse';
  const alice = await w.client('alice');
  await w.clock.runFor(600_000);
  // Full jitter below 30 s: about 15 s between two attempts.
  assert.ok(w.server.attempts > 20 && w.server.attempts < 90, String(w.server.attempts));
  assert.ok(alice.errors.length > 0);
  await w.stop();
});

test('queries wait for a session, are asked again after a lost one, and have a deadline', async () => {
  const w = world();
  const alice = await w.client('alice');
  let lost = 1;
  w.server.intercept = (request) => {
    if (request.operation !== OP.CONVERSATION_LIST || lost === 0) return false;
    lost -= 1;
    request.connection.close();
    return true;
  };
  const list = await w.clock.until(alice.client.conversationList());
  assert.equal(list.syncedTo, 0);
  w.server.intercept = ({ operation }) => operation === OP.CONVERSATION_LIST;
  const failing = assert.rejects(alice.client.conversationList(), { code: 'TIMEOUT' });
  await w.clock.runFor(15_100);
  await failing;
  w.server.intercept = (request) => {
    if (request.operation !== OP.UNREAD) return false;
    const body = bubble.wire.ErrorRep.encode({ ret: ERRORS.UNKNOWN_OPERATION.code, errMsg: 'no' }).finish();
    request.connection.sealed(replyTo(OP.UNREAD), request.sequence, body);
    return true;
  };
  const refused = assert.rejects(alice.client.unread(), { answerName: 'UNKNOWN_OPERATION' });
  await w.clock.runFor(100);
  await refused;
  await w.stop();
});

test('an outcome is a rejection where the log says so, and its row is shown', async () => {
  const w = world();
  const alice = await w.client('alice');
  await online(w, alice);
  w.server.intercept = (request) => {
    if (request.operation !== OP.SEND_MSG) return false;
    request.connection.ack(request, {
      ret: ERRORS.NOT_A_MEMBER.code,
      clientMsgId: idInBody(request.body),
      serverMsgSeq: longOf(2 ** 45 + 5),
      convSeq: longOf(2 ** 45 + 3),
      toUserName: '#aaaaaaaaaaaaaaaa',
    });
    return true;
  };
  const outcome = await w.clock.until(alice.client.send('#aaaaaaaaaaaaaaaa', 'let me in'));
  assert.equal(outcome.kind === 'rejected' && outcome.error, 'NOT_A_MEMBER');
  assert.deepEqual(
    alice.rows.map(({ kind, rejection, conversation }) => [kind, rejection, conversation]),
    [['rejected', 'NOT_A_MEMBER', '#aaaaaaaaaaaaaaaa']],
  );
  assert.equal(alice.client.completeTo, 2 ** 45 + 5);
  await w.stop();
});
