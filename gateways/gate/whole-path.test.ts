/** The gate between the real embedded log, fan-out, delivery and timeline, on a simulated clock and disk. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimClock } from '../../infra/clock/sim-clock.ts';
import { SimDisk } from '../../infra/disk/sim-disk.ts';
import { openEmbeddedLog } from '../../infra/log/embedded/embedded-log.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { SeededRandom } from '../../infra/random/seeded-random.ts';
import { openFileSnapshots } from '../../infra/snapshots/file-snapshots.ts';
import { openEmbeddedTimeline } from '../../infra/timeline/embedded/embedded-timeline.ts';
import { EpochTimelines } from '../../infra/timeline/epochs.ts';
import { startDelivery } from '../../processors/delivery/delivery.ts';
import { startFanOut } from '../../processors/fan-out/fan-out.ts';
import { startTimeline } from '../../processors/timeline/timeline.ts';
import { CLOSE_CODES, ERRORS } from '../../schemas/errors.ts';
import { EVENT_SCHEMAS, makeCodecs } from '../../schemas/events/codecs.ts';
import { TRIAL_LIMITS } from '../../schemas/limits.ts';
import { topicSpecs } from '../../schemas/topics.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { longOf, longOfId, numberOf } from '../../schemas/wire/int64.ts';
import { OP } from '../../schemas/wire/operations.ts';
import { openGate } from './gate.ts';
import { RIG_LAYOUT } from './testing/gate-rig.ts';
import { PlainAuthenticator } from './testing/plain-authenticator.ts';
import { RigClient } from './testing/rig-client.ts';

const { CommandAck, GroupReq, HeartbeatRep, MsgReadReq, SyncMsgRep, SyncMsgReq, UnreadRep, UnreadReq } =
  bubble.wire;
const EMPTY = new Uint8Array(0);
/** Ids hold a time, and very old ones are refused. */
const ID = BigInt(new SimClock().now()) << 20n;

const openServer = async (clock: SimClock, disk: SimDisk, seed: number) => {
  const mount = disk.mount();
  const names = Object.values(EVENT_SCHEMAS).map((each) => each.subject);
  const codecs = makeCodecs((event) => names.indexOf(event.subject) + 1);
  const base = {
    clock,
    codecs,
    disk: mount,
    layout: RIG_LAYOUT,
    limits: TRIAL_LIMITS,
    logger: SILENT_LOGGER,
  };
  const log = await openEmbeddedLog({ ...base, folder: '/data/log' });
  await log.ensureTopics(topicSpecs(RIG_LAYOUT));
  const snapshots = openFileSnapshots({ ...base, folder: '/data/snapshots' });
  const timeline = await openEmbeddedTimeline({ ...base, records: log, folder: '/data/timeline' });
  const processors = [
    await startFanOut({ ...base, log, snapshots }),
    await startDelivery({ ...base, log }),
    await startTimeline({ ...base, log, store: timeline }),
  ];
  const authenticator = new PlainAuthenticator();
  const random = new SeededRandom(seed);
  const reader = new EpochTimelines([{ layout: base.layout, store: timeline }]);
  const gate = await openGate({
    ...base,
    log,
    timeline: reader,
    authenticator,
    random,
    slot: 0,
    gateName: 'one',
  });
  const live = async (user: string, device = 'phone'): Promise<RigClient> => {
    const client = new RigClient(false, '10.0.0.1');
    client.attach(gate.accept(client));
    client.auth(user, device);
    await clock.runFor(1);
    client.request(OP.HEARTBEAT, EMPTY);
    await clock.runFor(200);
    return client;
  };
  const close = async (): Promise<void> => {
    await gate.drain();
    await gate.close();
    for (const processor of processors) await processor.stop();
    await timeline.close();
    await log.close();
  };
  return { gate, log, live, close };
};

test('messages, groups, receipts, pulls, devices and a restart', async () => {
  const clock = new SimClock();
  const disk = new SimDisk({ random: new SeededRandom(3) });
  const server = await clock.until(openServer(clock, disk, 1));
  const ann = await server.live('ann');
  const tablet = await server.live('ann', 'tablet');
  const bob = await server.live('bob');
  assert.equal(bob.notices().length, 1, 'joined');

  // One message: the sender's row as the reply, pushes for the peer and the sender's other device.
  const sequence = ann.say('bob', ID + 7n, 'hi');
  await clock.runFor(200);
  const ack = CommandAck.decode(ann.replyTo(sequence)!.body);
  assert.equal(ack.ret, 0);
  const seq = numberOf(ack.serverMsgSeq);
  const [row] = bob.pushedRows();
  assert.equal(Buffer.from(row!.content).toString(), 'hi');
  assert.equal(row!.own, false);
  assert.deepEqual([row!.fromUserName, row!.toUserName], ['ann', 'bob']);
  const [own] = tablet.pushedRows();
  assert.deepEqual([own?.own, numberOf(own?.serverMsgSeq)], [true, seq]);
  assert.equal(ann.pushes().length, 0);

  // The same id again: the first outcome, no row.
  const again = ann.say('bob', ID + 7n, 'hi');
  await clock.runFor(200);
  const duplicate = CommandAck.decode(ann.replyTo(again)!.body);
  assert.deepEqual([duplicate.ret, duplicate.duplicate], [0, true]);
  assert.equal(bob.pushedRows().length, 1);

  // A group, a message in it, and one who is no member.
  const create = GroupReq.encode({ clientMsgId: longOfId(ID + 8n), users: ['bob'], title: 'pair' }).finish();
  const created = ann.request(OP.GROUP_CREATE, create);
  await clock.runFor(200);
  const group = CommandAck.decode(ann.replyTo(created)!.body).toUserName;
  assert.match(group, /^#/);
  bob.say(group, ID + 1n, 'in the group');
  const cid = await server.live('cid');
  const outside = cid.say(group, ID + 1n, 'let me in');
  await clock.runFor(200);
  assert.equal(CommandAck.decode(cid.replyTo(outside)!.body).ret, ERRORS.NOT_A_MEMBER.code);
  assert.equal(ann.pushedRows().at(-1)?.toUserName, group);

  // Unread, then a receipt.
  const unread = async (): Promise<number> => {
    const asked = bob.request(OP.UNREAD, UnreadReq.encode({ userName: 'ann' }).finish());
    await clock.runFor(200);
    return UnreadRep.decode(bob.replyTo(asked)!.body).conversation[0]?.unread ?? 0;
  };
  assert.equal(await unread(), 1);
  const read = { userName: 'ann', clientMsgId: longOfId(ID + 9n), convSeq: row!.convSeq };
  bob.request(OP.READ, MsgReadReq.encode(read).finish());
  await clock.runFor(200);
  assert.equal(await unread(), 0);

  // Everything again by a pull, up to the version that the heartbeat names.
  const beat = bob.request(OP.HEARTBEAT, EMPTY);
  await clock.runFor(6_000);
  const { newestSeq, unproven } = HeartbeatRep.decode(bob.replyTo(beat)!.body);
  assert.equal(unproven, false);
  const pull = SyncMsgReq.encode({ serverMsgSeq: longOf(0), until: newestSeq }).finish();
  const pulled = bob.request(OP.SYNC, pull);
  await clock.runFor(1_500);
  const page = SyncMsgRep.decode(bob.replyTo(pulled)!.body);
  assert.equal(page.ret, 0);
  assert.equal(page.msg.length, bob.pushedRows().length + 2, 'pushed rows and the two own ones answered');

  await clock.until(server.close());
  assert.equal(ann.disconnectCode(), CLOSE_CODES.DRAIN.code);

  const next = await clock.until(openServer(clock, disk, 2));
  assert.ok(next.gate.stats().slotEpoch > 0);
  const back = await next.live('bob');
  const rest = back.request(OP.SYNC, SyncMsgReq.encode({ serverMsgSeq: longOf(0) }).finish());
  await clock.runFor(1_500);
  assert.deepEqual(SyncMsgRep.decode(back.replyTo(rest)!.body).msg, page.msg);
  const old = await next.live('ann');
  const retried = old.say('bob', ID + 7n, 'hi');
  await clock.runFor(500);
  assert.equal(CommandAck.decode(old.replyTo(retried)!.body).duplicate, true);
  await clock.until(next.close());
});

test('a full disk: RETRY_LATER while it lasts, pulls go on, then sends go on by themselves', async () => {
  const clock = new SimClock();
  const disk = new SimDisk({ random: new SeededRandom(5) });
  const server = await clock.until(openServer(clock, disk, 3));
  const ann = await server.live('ann');
  const bob = await server.live('bob');
  ann.say('bob', ID + 1n);
  await clock.runFor(300);
  disk.full = true;
  let refused: number | undefined;
  // The first records may still fit into what the log has laid out ahead.
  for (let id = 2n; id < 60n && refused === undefined; id += 1n) {
    const sequence = ann.say('bob', ID + id, 'x'.repeat(50_000));
    await clock.runFor(300);
    const reply = ann.replyTo(sequence);
    if (reply !== undefined && CommandAck.decode(reply.body).ret !== 0) refused = sequence;
  }
  assert.ok(refused !== undefined);
  assert.equal(CommandAck.decode(ann.replyTo(refused)!.body).ret, ERRORS.RETRY_LATER.code);
  const pulled = bob.request(OP.SYNC, SyncMsgReq.encode({ serverMsgSeq: longOf(0) }).finish());
  await clock.runFor(300);
  assert.equal(SyncMsgRep.decode(bob.replyTo(pulled)!.body).ret, 0);
  disk.full = false;
  await clock.runFor(10_000);
  const again = ann.say('bob', ID + 100n);
  await clock.runFor(3_000);
  assert.equal(CommandAck.decode(ann.replyTo(again)!.body).ret, 0);
  await clock.until(server.close());
});
