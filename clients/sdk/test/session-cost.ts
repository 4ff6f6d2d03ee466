/**
 * What the SDK costs: microseconds of this process per sent and answered message and per received row, without
 * sockets and without the server's work (its frames are sealed beforehand). `node --import tsx` this file.
 */

import { DEFAULT_SDK_LIMITS } from '../../../schemas/limits.ts';
import type { Clock, Timer } from '../../../schemas/ports/clock.ts';
import type { Connection, ConnectionHandler } from '../../../schemas/ports/connection.ts';
import { bubble } from '../../../schemas/wire/generated/bubble.js';
import { longOf, longOfId } from '../../../schemas/wire/int64.ts';
import { OP, replyTo } from '../../../schemas/wire/operations.ts';
import { BubbleClient } from '../client.ts';
import { nodeCryptoPort } from '../crypto/node-crypto-port.ts';
import { Manifests } from '../manifests.ts';
import { nodeRandom } from '../node/node-ports.ts';
import type { SessionHooks } from '../session.ts';
import { openSession } from '../session-opening.ts';
import type { Transport } from '../transport.ts';
import { ScriptedServer } from './scripted-server.ts';
import type { ServerConnection } from './server-connection.ts';
import { TRUST } from './server-handshake.ts';

const { CommandAck, NewChatMsg, PushMsg } = bubble.wire;
const crypto = nodeCryptoPort();
const TEXT = new Uint8Array(Buffer.from('a message of the usual length, about sixty bytes of plain text'));

/** Runs what is due at once when told to. */
class HandClock implements Clock {
  #due: (() => void)[] = [];
  now = (): number => Date.now();
  monotonic = (): number => performance.now();
  after(delayMs: number, action: () => void): Timer {
    let live = true;
    if (delayMs <= 1) this.#due.push(() => live && action());
    return {
      cancel: () => {
        live = false;
      },
    };
  }
  turn(): void {
    const due = this.#due;
    this.#due = [];
    for (const action of due) action();
  }
}

const wrapped = (
  server: ScriptedServer,
  opened: { handler?: ConnectionHandler; deaf: boolean },
): Transport => ({
  connect: async (handler, signal) => {
    const connection = await server.transport.connect(handler, signal);
    opened.handler = handler;
    const outer: Connection = {
      ...connection,
      send: (frames) => {
        if (!opened.deaf) connection.send(frames);
      },
    };
    return outer;
  },
});

const turns = async (clock: HandClock): Promise<void> => {
  for (let round = 0; round < 200; round += 1) {
    clock.turn();
    await new Promise((resolve) => setImmediate(resolve));
  }
};

const openRaw = async (hooks: SessionHooks) => {
  const clock = new HandClock();
  const server = new ScriptedServer(clock);
  const state: { handler?: ConnectionHandler; deaf: boolean } = { deaf: false };
  const opening = openSession({
    transport: wrapped(server, state),
    crypto,
    clock,
    limits: DEFAULT_SDK_LIMITS,
    manifests: new Manifests(crypto, TRUST),
    device: { clientVersion: 1, deviceId: 'd' },
    ticket: null,
    credentials: { user: 'alice', token: 't' },
    clockOffsetMs: 0,
    hooks,
  });
  await turns(clock);
  const result = await opening;
  if (result.kind !== 'open') throw new Error(result.kind);
  state.deaf = true;
  return { clock, server, session: result.session, handler: state.handler!, far: server.open[0]! };
};

const row = (index: number): bubble.wire.AddMsg.$Properties => ({
  fromUserName: 'bob-the-sender',
  toUserName: '#abcdefghijklmnop',
  msgType: 1,
  content: TEXT,
  createTime: longOf(Date.now()),
  serverMsgId: longOfId(0x1234_5678_9abc_def0n + BigInt(index)),
  clientMsgId: longOfId(BigInt(Date.now()) << 20n),
  serverMsgSeq: longOf(2 ** 45 + index + 1),
  prevSeq: longOf(index === 0 ? 0 : 2 ** 45 + index),
  convSeq: longOf(2 ** 45 + index),
  serverTime: longOf(Date.now()),
  isRoom: true,
  deviceId: 'phone',
});

/** User and system time of this process, its collector's threads included, ms: other processes do not count. */
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

const report = (name: string, count: number, startedMs: number): void => {
  const took = cpuMs() - startedMs;
  console.log(`${name.padEnd(58)} ${((took * 1_000) / count).toFixed(2).padStart(7)} us`);
};

const pushes = (far: ServerConnection, frames: number, rowsEach: number): Uint8Array[] =>
  Array.from({ length: frames }, (_, frame) => {
    const msg = Array.from({ length: rowsEach }, (_, index) => row(frame * rowsEach + index));
    return far.channel?.seal(OP.SEND_MSG_REPLY, 0, PushMsg.encode({ msg }).finish()) as Uint8Array;
  });

const sends = async (rounds: number, batch: number): Promise<void> => {
  const { clock, session, handler, far } = await openRaw({});
  const message = NewChatMsg.encode({
    msgType: 1,
    toUserName: 'bob',
    content: TEXT,
    clientMsgId: longOfId(1n << 60n),
  }).finish();
  const ack = CommandAck.encode({
    serverMsgId: longOfId(1n << 60n),
    serverMsgSeq: longOf(2 ** 45),
    convSeq: longOf(2 ** 45),
    serverTime: longOf(Date.now()),
    toUserName: 'bob',
  }).finish();
  let sequence = 1;
  for (let round = 0; round < rounds; round += 1) {
    const replies: Uint8Array[] = [];
    for (let index = 0; index < batch; index += 1) {
      sequence += 1;
      replies.push(far.channel?.seal(replyTo(OP.SEND_MSG), sequence, ack) as Uint8Array);
    }
    spans.stop();
    const bytes = Buffer.concat(replies);
    spans.start();
    for (let index = 0; index < batch; index += 1) session.request(OP.SEND_MSG, message, () => {});
    clock.turn();
    handler.received(bytes);
    spans.stop();
  }
};

/** A stopwatch that is stopped while the far end's frames are made. */
const spans = {
  total: 0,
  from: 0,
  start(): void {
    this.from = cpuMs();
  },
  stop(): void {
    if (this.from > 0) this.total += cpuMs() - this.from;
    this.from = 0;
  },
  take(): number {
    const { total } = this;
    this.total = 0;
    return total;
  },
};

const clientSends = async (rounds: number, conversations: number): Promise<void> => {
  const clock = new HandClock();
  const server = new ScriptedServer(clock);
  const state: { handler?: ConnectionHandler; deaf: boolean } = { deaf: false };
  const client = new BubbleClient({
    user: 'alice',
    device: { clientVersion: 1, deviceId: 'd' },
    token: () => 't',
    transport: wrapped(server, state),
    crypto,
    clock,
    random: nodeRandom,
    manifests: new Manifests(crypto, TRUST),
  });
  await client.start();
  await turns(clock);
  state.deaf = true;
  const far = server.open[0]!;
  let sequence = 0;
  // Sequence ids in use so far: heartbeat and pull.
  for (const request of server.requests) sequence = Math.max(sequence, request.sequence);
  let seq = 2 ** 45 + 1_000;
  for (let round = 0; round < rounds; round += 1) {
    const replies: Uint8Array[] = [];
    for (let index = 0; index < conversations; index += 1) {
      sequence += 1;
      seq += 1;
      const ack = CommandAck.encode({
        serverMsgId: longOfId(BigInt(seq)),
        serverMsgSeq: longOf(seq),
        prevSeq: longOf(0),
        convSeq: longOf(seq),
        serverTime: longOf(Date.now()),
      }).finish();
      replies.push(far.channel?.seal(replyTo(OP.SEND_MSG), sequence, ack) as Uint8Array);
    }
    const bytes = Buffer.concat(replies);
    spans.start();
    const outcomes: Promise<unknown>[] = [];
    for (let index = 0; index < conversations; index += 1) {
      outcomes.push(
        client.send(`user-${index}`, 'a message of the usual length, about sixty bytes of plain text'),
      );
    }
    clock.turn();
    state.handler!.received(bytes);
    await Promise.all(outcomes);
    spans.stop();
  }
};

for (let warm = 0; warm < 3; warm += 1) {
  const last = warm === 2;
  await sends(400, 16);
  const raw = spans.take();
  if (last)
    console.log(
      `${'session: request + reply, 16 in a turn'.padEnd(58)} ${((raw * 1_000) / 6_400).toFixed(2).padStart(7)} us`,
    );
  await clientSends(1_000, 10);
  const whole = spans.take();
  if (last)
    console.log(
      `${'client: send + outcome (outbox in memory), 10 in a turn'.padEnd(58)} ${((whole * 1_000) / 10_000).toFixed(2).padStart(7)} us`,
    );
  for (const rowsEach of [1, 10, 100]) {
    const frames = 20_000 / rowsEach;
    let _seen = 0;
    const rawSession = await openRaw({
      push: (body) => {
        _seen += body.length;
      },
    });
    const sealed = pushes(rawSession.far, frames, rowsEach);
    let started = cpuMs();
    for (const frame of sealed) rawSession.handler.received(frame);
    if (last) report(`session: raw push, ${rowsEach} rows a frame, per row`, frames * rowsEach, started);
    const decoding = await openRaw({
      rows: (rows) => {
        _seen += rows.length;
      },
    });
    const again = pushes(decoding.far, frames, rowsEach);
    started = cpuMs();
    for (const frame of again) decoding.handler.received(frame);
    if (last) report(`session: decoded rows, ${rowsEach} a frame, per row`, frames * rowsEach, started);
    rawSession.session.close();
    decoding.session.close();
  }
}
