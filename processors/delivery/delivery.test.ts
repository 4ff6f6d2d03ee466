import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BubbleError } from '../../schemas/errors.ts';
import { type Codec, schemaIdOf } from '../../schemas/events/envelope.ts';
import { INBOX_EVENT, INBOX_KIND } from '../../schemas/events/inbox.ts';
import { forEachTarget } from '../../schemas/events/packed.ts';
import { numberAt } from '../../schemas/positions.ts';
import { isFinished } from '../../schemas/rules/epoch.ts';
import { deliverySpec, deliveryTopic, inboxTopic, sessionsTopic } from '../../schemas/topics.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { numberOf } from '../../schemas/wire/int64.ts';
import { Gate, missing, newClient, World } from './testing/world.ts';

const version = (offset: number): number => numberAt(1, offset);
const INBOX = inboxTopic(1);
const SESSIONS = sessionsTopic(1);

/** The records of one type in slot 0. */
const decoded = <T>(world: World, codec: Codec<T>): T[] =>
  world.log
    .records(deliveryTopic(0), 0)
    .flatMap(({ value }) => (codec.reads(schemaIdOf(value!)) ? [codec.decode(value!)!] : []));

const targetsOf = (packed: Uint8Array): number[][] => {
  const targets: number[][] = [];
  forEachTarget(packed, (connection, prevSeq) => targets.push([connection, prevSeq]));
  return targets;
};

const started = async (limits = {}, slots = 1) => {
  const world = await new World(limits).open(slots);
  await world.startDelivery();
  const gate = new Gate(world);
  return { world, gate };
};

test('a row reaches the sessions of its recipients, and moves them on', async () => {
  const { world, gate } = await started();
  const [a, b, c] = ['a', 'b', 'c'].map((user) => newClient(user));
  for (const client of [a!, b!]) world.connect(gate, client);
  await world.clock.runFor(0);
  world.row({ sender: 'a', recipients: ['a', 'b', 'c'] });
  world.row({ sender: 'a', recipients: ['a', 'b'] });
  await world.clock.runFor(0);
  gate.read();
  assert.deepEqual([...b!.rows], [version(0), version(1)]);
  assert.deepEqual([...a!.rows], [version(0), version(1)]);
  assert.equal(c!.rows.size, 0);
  assert.equal(gate.pushes, 4);
  assert.equal(world.delivery.counters.targets, 4);
  await world.delivery.stop();
});

test('the answer goes to the return address, the push to the other devices as own', async () => {
  const { world, gate } = await started();
  const phone = world.connect(gate, newClient('a', 'phone'));
  const laptop = world.connect(gate, newClient('a', 'laptop'));
  const peer = world.connect(gate, newClient('b'));
  await world.clock.runFor(0);
  world.row({ sender: 'b', recipients: ['a', 'b'] });
  world.row({ sender: 'a', recipients: ['a', 'b'], returnTo: [0, 1, phone.connection, 42] });
  await world.clock.runFor(0);
  const pushes = decoded(world, world.codecs.push);
  assert.equal(pushes.length, 2);
  const [, answered] = pushes;
  assert.deepEqual(targetsOf(answered!.targets), [[peer.connection, version(0)]]);
  assert.deepEqual(targetsOf(answered!.ownTargets), [[laptop.connection, version(0)]]);
  assert.deepEqual(
    [answered!.connection, answered!.request, answered!.prevSeq],
    [phone.connection, 42, version(0)],
  );
  const ack = bubble.wire.CommandAck.decode(answered!.ack);
  assert.deepEqual(
    [numberOf(ack.serverMsgSeq), numberOf(ack.prevSeq), ack.clientSeq],
    [version(1), version(0), 7],
  );
  const row = bubble.wire.AddMsg.decode(answered!.row);
  assert.equal(numberOf(row.serverMsgSeq), version(1));
  assert.equal(row.own, false);
  await world.delivery.stop();
});

test('a sender whose session has not been read yet is answered, with a prevSeq that is not too low', async () => {
  const { world, gate } = await started();
  world.row({ sender: 'a', recipients: ['a'] });
  world.row({ sender: 'a', recipients: ['a'], returnTo: [0, 1, 9, 1] });
  await world.clock.runFor(0);
  gate.read();
  assert.deepEqual(
    gate.replies.map(({ connection, prevSeq }) => [connection, prevSeq]),
    [[9, version(1) - 1]],
  );
  await world.delivery.stop();
});

test('an answer without a row reaches the asker alone and moves nobody', async () => {
  const { world, gate } = await started();
  const client = newClient('a');
  const session = world.connect(gate, client);
  await world.clock.runFor(0);
  const kind = INBOX_KIND.ANSWER;
  world.row({ sender: 'a', recipients: [], kind, returnTo: [0, 1, session.connection, 5] });
  world.row({ sender: 'b', recipients: ['a', 'b'] });
  await world.clock.runFor(0);
  gate.read();
  assert.equal(gate.replies.length, 1);
  assert.equal(numberOf(bubble.wire.CommandAck.decode(gate.replies[0]!.ack).serverMsgSeq), 0);
  assert.deepEqual([...client.rows], [version(1)]);
  await world.delivery.stop();
});

test('repeats are dropped, holes are dropped and alarmed until they are repaired', async () => {
  const { world, gate } = await started();
  const client = newClient('b');
  world.connect(gate, client);
  await world.clock.runFor(0);
  const make = () => world.make({ sender: 'a', recipients: ['b'] });
  const [first, lost, third] = [make(), make(), make()];
  world.append(first!, first!, third!);
  await world.clock.runFor(0);
  gate.read();
  assert.deepEqual([...client.rows], [version(0)]);
  assert.deepEqual([world.delivery.counters.repeats, world.delivery.counters.holes], [1, 1]);
  world.append(lost!, third!);
  await world.clock.runFor(0);
  gate.read();
  assert.deepEqual([...client.rows], [version(0), version(3), version(4)]);
  await world.delivery.stop();
});

test('a login that races a push: joined says to where the client has to pull', async () => {
  const { world, gate } = await started();
  world.row({ sender: 'a', recipients: ['b'] });
  await world.clock.runFor(0);
  const client = newClient('b');
  const session = world.connect(gate, client);
  await world.clock.runFor(0);
  world.row({ sender: 'a', recipients: ['b'] });
  await world.clock.runFor(0);
  gate.read();
  assert.equal(session.provenTo, version(1) - 1);
  assert.deepEqual([...client.rows], [version(1)]);
  gate.heartbeats();
  assert.deepEqual(missing(world, client, version(1)), []);
  await world.delivery.stop();
});

test('a newer session of a device replaces the older one, also on another slot', async () => {
  const { world, gate } = await started({}, 2);
  const other = new Gate(world, 1);
  const client = newClient('a');
  const older = world.connect(gate, client);
  world.connect(gate, newClient('a', 'laptop'));
  await world.clock.runFor(0);
  world.connect(other, client);
  await world.clock.runFor(0);
  world.row({ sender: 'b', recipients: ['a'] });
  await world.clock.runFor(0);
  gate.read();
  other.read();
  assert.deepEqual(gate.replaced, [older.connection]);
  assert.deepEqual([gate.pushes, other.pushes], [1, 1]);
  assert.equal(world.delivery.sessions, 2);
  await world.delivery.stop();
});

test('a copy of a session that comes after its end brings nobody back, and is ended again', async () => {
  const { world, gate } = await started();
  const session = world.connect(gate, newClient('a'));
  await world.clock.runFor(0);
  const [announced] = world.log.records(SESSIONS, 0).slice(-1);
  world.disconnect(gate, session);
  // The gate has not got the answer to its append, and repeats it.
  world.log.appendNow(SESSIONS, 0, [{ key: announced!.key, value: announced!.value }]);
  await world.clock.runFor(1_000);
  assert.equal(world.delivery.sessions, 0);
  const last = world.log.records(SESSIONS, 0).at(-1)!;
  assert.deepEqual([String(last.key), last.value], [session.key, null]);
  await world.delivery.stop();
});

test('a new owner tells replaced sessions again that have not ended', async () => {
  const { world, gate } = await started();
  const client = newClient('a');
  const older = world.connect(gate, client);
  world.connect(gate, client);
  await world.clock.runFor(0);
  world.crashDelivery();
  const before = decoded(world, world.codecs.replaced).length;
  await world.startDelivery();
  const again = decoded(world, world.codecs.replaced).slice(before);
  assert.deepEqual(
    again.map(({ connection }) => connection),
    [older.connection],
  );
  await world.delivery.stop();
});

test('a higher epoch of a slot ends its sessions, with tombstones', async () => {
  const { world, gate } = await started();
  const old = world.connect(gate, newClient('a'));
  await world.clock.runFor(0);
  const next = new Gate(world, 0, 2);
  world.announceSlot(next);
  const client = newClient('b');
  world.connect(next, client);
  await world.clock.runFor(0);
  world.row({ sender: 'b', recipients: ['a', 'b'], returnTo: [0, 1, old.connection, 1] });
  await world.clock.runFor(0);
  next.read();
  gate.read();
  assert.equal(world.delivery.sessions, 1);
  assert.deepEqual([...client.rows], [version(0)]);
  assert.equal(gate.pushes, 0);
  assert.equal(gate.replies.length, 0, 'nothing is answered to a gate that is gone');
  const tombstones = world.log.records(SESSIONS, 0).filter(({ value }) => value === null);
  assert.deepEqual(
    tombstones.map(({ key }) => key!.toString()),
    [old.key],
  );
  // A late record of the old epoch is dead from its beginning.
  world.connect(gate, newClient('c'));
  await world.clock.runFor(0);
  assert.equal(world.delivery.sessions, 1);
  assert.equal(world.log.records(SESSIONS, 0).filter(({ value }) => value === null).length, 2);
  await world.delivery.stop();
});

test('proofs come every 5 s, from where this owner began, for sessions read', async () => {
  const { world, gate } = await started();
  world.row({ sender: 'a', recipients: ['b'] });
  await world.clock.runFor(0);
  const session = world.connect(gate, newClient('b'));
  await world.clock.runFor(0);
  world.row({ sender: 'a', recipients: ['c'] });
  await world.clock.runFor(5_000);
  gate.read();
  assert.equal(session.provenTo, version(2) - 1);
  const late = world.connect(gate, newClient('d'));
  gate.read();
  assert.equal(late.provenTo, 0);
  await world.delivery.stop();
});

test('a commit is what is settled: a crash before it costs repeats, not rows', async () => {
  const { world, gate } = await started();
  const client = newClient('b');
  world.connect(gate, client);
  await world.clock.runFor(0);
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  world.row({ sender: 'a', recipients: ['b'] });
  await world.clock.runFor(1_500);
  assert.equal((await world.log.committed('delivery', INBOX, 0))?.offset, 1);
  world.log.fault = (topic) => (topic === deliveryTopic(0) ? held : 'none');
  world.row({ sender: 'a', recipients: ['b'] });
  await world.clock.runFor(3_000);
  assert.equal((await world.log.committed('delivery', INBOX, 0))?.offset, 1, 'an output is not acknowledged');
  world.crashDelivery();
  world.log.fault = () => 'none';
  await world.startDelivery();
  release();
  await world.clock.runFor(1_000);
  gate.read();
  assert.deepEqual([...client.rows].sort(), [version(0), version(1)]);
  assert.equal(gate.pushes, 3, 'the row came from both owners');
  const committed = await world.log.committed('delivery', INBOX, 0);
  assert.equal(committed?.offset, 2);
  assert.deepEqual(committed?.vector, [numberAt(1, 1)]);
  await world.delivery.stop();
});

test('the end of an epoch is committed as soon as it is settled: the next epoch waits for it', async () => {
  const { world, gate } = await started();
  world.connect(gate, newClient('b'));
  await world.clock.runFor(0);
  const seal = (source: number) => world.row({ source, kind: INBOX_KIND.SEAL, sender: '', recipients: [] });
  const finished = async (): Promise<boolean> => {
    const committed = await world.log.committed('delivery', INBOX, 0);
    return committed !== null && isFinished(committed.vector, 1, 2);
  };
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  world.row({ sender: 'a', recipients: ['b'] });
  seal(0);
  await world.clock.runFor(1_000);
  assert.equal(await finished(), false);
  world.log.fault = (topic) => (topic === deliveryTopic(0) ? held : 'none');
  world.row({ source: 1, sender: 'a', recipients: ['b'] });
  await world.clock.runFor(1_000);
  seal(1);
  await world.clock.runFor(0);
  assert.equal(await finished(), false, 'an output is not acknowledged, and an older commit waits for it');
  world.log.fault = () => 'none';
  release();
  await world.clock.runFor(0);
  assert.equal(await finished(), true);
  await world.delivery.stop();
});

test('stop finishes and commits what it has taken', async () => {
  const { world, gate } = await started();
  const client = newClient('b');
  world.connect(gate, client);
  await world.clock.runFor(0);
  for (let at = 0; at < 10; at += 1) world.row({ sender: 'a', recipients: ['b'] });
  await world.clock.runFor(0);
  await world.delivery.stop();
  assert.equal((await world.log.committed('delivery', INBOX, 0))?.offset, 10);
  await world.delivery.ended;
  gate.read();
  assert.equal(client.rows.size, 10);
});

test('a damaged record is a placeholder for known recipients; what is none of inbox is left out, with an alarm', async () => {
  const { world, gate } = await started();
  const client = newClient('b');
  world.connect(gate, client);
  await world.clock.runFor(0);
  const damaged = world.codecs.inbox.encode(world.make({ sender: 'a', recipients: ['b'] }));
  world.log.appendNow(INBOX, 0, [{ key: null, value: damaged.subarray(0, -3) }]);
  world.log.appendNow(INBOX, 0, [{ key: null, value: damaged.subarray(0, 8) }]);
  world.log.appendNow(INBOX, 0, [{ key: null, value: null }]);
  world.log.appendNow(INBOX, 0, [{ key: null, value: Buffer.from([0, 0, 0, 99, 99, 1]) }]);
  world.row({ sender: 'a', recipients: ['b'] });
  await world.clock.runFor(2_000);
  gate.read();
  assert.deepEqual([...client.rows], [version(0), version(4)]);
  assert.equal(world.delivery.counters.unreadable, 3);
  assert.equal(world.delivery.counters.holes, 0);
  assert.equal((await world.log.committed('delivery', INBOX, 0))?.offset, 5);
  await world.delivery.stop();
});

test('a record of a newer release waits for the registry, and is delivered when it is back', async () => {
  let isAway = true;
  const world = new World();
  const { inbox } = world.codecs;
  const learn = async (id: number): Promise<boolean> => {
    if (isAway) throw new BubbleError('STORE_AWAY', 'the registry is away', { retryable: true });
    inbox.addWriter(id, INBOX_EVENT.schema);
    return true;
  };
  Object.assign(world, { codecs: Object.defineProperty({ ...world.codecs }, 'learn', { value: learn }) });
  await world.open();
  await world.startDelivery();
  const gate = new Gate(world);
  const client = newClient('b');
  world.connect(gate, client);
  await world.clock.runFor(0);
  const newer = inbox.encode(world.make({ sender: 'a', recipients: ['b'] }));
  newer.writeUInt32BE(4_711, 1);
  world.log.appendNow(INBOX, 0, [{ key: null, value: newer }]);
  world.row({ sender: 'a', recipients: ['b'] });
  await world.clock.runFor(5_000);
  gate.read();
  assert.deepEqual([...client.rows], []);
  isAway = false;
  await world.clock.runFor(10_000);
  gate.read();
  assert.deepEqual([...client.rows], [version(0), version(1)]);
  assert.equal(world.delivery.counters.unreadable, 0);
  await world.delivery.stop();
});

test('a log that has lost its end is refused', async () => {
  const world = await new World().open();
  await world.log.commitFor('timeline', INBOX, 0, { offset: 7, vector: [] });
  await world.startDelivery();
  await assert.rejects(world.delivery.ended, { code: 'OFFSET_OUT_OF_RANGE' });
});

test('a slot whose topic is gone is dropped, others go on, and it comes back with a new beginning', async () => {
  const { world, gate } = await started({}, 2);
  const other = new Gate(world, 1);
  const [here, there] = [newClient('a'), newClient('b')];
  const session = world.connect(gate, here);
  world.connect(other, there);
  await world.clock.runFor(0);
  gate.read();
  const proven = session.provenTo;
  world.log.fault = (topic) => (topic === deliveryTopic(0) ? 'lost' : 'none');
  for (let at = 0; at < 5; at += 1) world.row({ sender: 'x', recipients: ['a', 'b'] });
  await world.clock.runFor(world.limits.deliverySlotSilentMs + 1_000);
  assert.ok(world.delivery.dropped > 0);
  other.read();
  assert.equal(there.rows.size, 5);
  assert.equal(
    (await world.log.committed('delivery', INBOX, 0))?.offset,
    5,
    'a dropped slot holds nothing back',
  );
  world.log.fault = () => 'none';
  await world.clock.runFor(5_000);
  gate.read();
  assert.equal(here.rows.size, 0);
  assert.ok(session.provenTo > proven, 'joined anew');
  gate.heartbeats();
  assert.equal(here.rows.size, 5);
  await world.delivery.stop();
});

test('a topic that is removed brings its slot down at once; it is probed, less often each time it fails soon', async () => {
  const { world, gate } = await started();
  const client = newClient('b');
  world.connect(gate, client);
  await world.clock.runFor(0);
  world.log.removeTopic(deliveryTopic(0));
  world.row({ sender: 'a', recipients: ['b'] });
  await world.clock.runFor(1_000);
  assert.equal((await world.log.committed('delivery', INBOX, 0))?.offset, 1);
  await world.log.ensureTopics([deliverySpec(0)]);
  await world.clock.runFor(5_000);
  assert.ok(decoded(world, world.codecs.joined).length > 0, 'it is up again');
  const probes = async (ms: number): Promise<number> => {
    const before = world.log.appends;
    await world.clock.runFor(ms);
    return world.log.appends - before;
  };
  world.log.removeTopic(deliveryTopic(0));
  world.row({ sender: 'a', recipients: ['b'] });
  await world.clock.runFor(0);
  assert.equal(await probes(9_000), 0, 'down again soon: it rests');
  assert.ok((await probes(11_000)) > 0);
  await world.delivery.stop();
});

test('a slot that stays full holds the inbox back for a bounded time', async () => {
  const { world, gate } = await started({ deliverySlotQueueBytes: 2_000 });
  world.connect(gate, newClient('b'));
  await world.clock.runFor(0);
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  world.log.fault = (topic) => (topic === deliveryTopic(0) ? held : 'none');
  for (let at = 0; at < 600; at += 1) world.row({ sender: 'a', recipients: ['b'] });
  await world.clock.runFor(1_000);
  const position = () => world.delivery.lag()[0]!.position;
  assert.ok(position() < 600, 'the inbox waits');
  await world.clock.runFor(1_500);
  assert.equal(position(), 600);
  assert.ok(world.delivery.dropped > 0);
  release();
  await world.delivery.stop();
});

test('an audience larger than one record takes several, and known audiences are bounded', async () => {
  const { world, gate } = await started({ deliveryKnownRecipients: 25_000 });
  const users = Array.from({ length: 17_000 }, (_, at) => `m${at}`);
  const last = newClient('m16999');
  for (const user of users) world.connect(gate, user === 'm16999' ? last : newClient(user));
  await world.clock.runFor(0);
  const made = { sender: 'm0', recipients: users, conversation: 'g/1' };
  world.row(made);
  world.row(made);
  world.row({ ...made, conversation: 'g/2' });
  world.row({ ...made, recipients: users.slice(0, 16_000) });
  world.row({ ...made, recipients: [...users, ...Array.from({ length: 10_000 }, (_, at) => `x${at}`)] });
  await world.clock.runFor(10);
  gate.read();
  assert.equal(gate.pushes, 4 * 17_000 + 16_000);
  assert.deepEqual([...last.rows], [0, 1, 2, 4].map(version));
  assert.equal(last.completeness.completeTo, 0);
  world.pull(last);
  assert.deepEqual(missing(world, last, version(4)), []);
  await world.delivery.stop();
});

test('a member of a kept audience who was away comes back with everything before as prevSeq', async () => {
  const { world, gate } = await started();
  const users = Array.from({ length: 40 }, (_, at) => `m${at}`);
  const made = { sender: 'm0', recipients: users, conversation: 'g/1' };
  const session = world.connect(gate, newClient('m7'));
  await world.clock.runFor(0);
  world.row(made);
  await world.clock.runFor(0);
  gate.read();
  world.disconnect(gate, session);
  await world.clock.runFor(0);
  world.row(made);
  await world.clock.runFor(0);
  const back = newClient('m7');
  world.connect(gate, back);
  await world.clock.runFor(0);
  world.row(made);
  await world.clock.runFor(0);
  const [, last] = decoded(world, world.codecs.push);
  assert.deepEqual(
    targetsOf(last!.targets).map(([, prevSeq]) => prevSeq),
    [version(2) - 1],
  );
  await world.delivery.stop();
});

test('a new owner knows every session before its first row', async () => {
  const { world, gate } = await started();
  for (let at = 0; at < 12_000; at += 1) world.connect(gate, newClient(`u${at}`));
  const last = newClient('last');
  world.connect(gate, last);
  await world.clock.runFor(1_000);
  world.crashDelivery();
  world.row({ sender: 'a', recipients: ['last'] });
  await world.startDelivery();
  await world.clock.runFor(0);
  gate.read();
  assert.deepEqual([...last.rows], [version(0)]);
  await world.delivery.stop();
});
