/** The numbered rules of session.ts, and how sessions come about. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimClock } from '../../infra/clock/sim-clock.ts';
import type { CryptoPort } from '../../schemas/channel/crypto-port.ts';
import { ERRORS } from '../../schemas/errors.ts';
import { DEFAULT_SDK_LIMITS, type SdkLimits } from '../../schemas/limits.ts';
import type { Connection } from '../../schemas/ports/connection.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { OP, replyTo } from '../../schemas/wire/operations.ts';
import { nodeCryptoPort } from './crypto/node-crypto-port.ts';
import { webCryptoPort } from './crypto/web-crypto-port.ts';
import { Manifests } from './manifests.ts';
import type { ClientSession, SessionEnd, SessionHooks } from './session.ts';
import { openSession, type SessionOpening } from './session-opening.ts';
import { ScriptedServer } from './test/scripted-server.ts';
import { TRUST } from './test/server-handshake.ts';
import { silentConnection } from './test/silent.ts';
import type { Transport } from './transport.ts';

interface Setup {
  readonly crypto?: CryptoPort;
  readonly limits?: Partial<SdkLimits>;
  readonly hooks?: SessionHooks;
  readonly server?: (server: ScriptedServer) => void;
  readonly wrap?: (transport: Transport) => Transport;
  readonly signal?: AbortSignal;
}

interface Opened {
  readonly clock: SimClock;
  readonly server: ScriptedServer;
  readonly ends: SessionEnd[];
  readonly opening: Promise<SessionOpening>;
}

const begin = (setup: Setup = {}): Opened => {
  const clock = new SimClock();
  const server = new ScriptedServer(clock);
  setup.server?.(server);
  const crypto = setup.crypto ?? nodeCryptoPort();
  const ends: SessionEnd[] = [];
  const opening = openSession({
    transport: (setup.wrap ?? ((each) => each))(server.transport),
    crypto,
    clock,
    limits: { ...DEFAULT_SDK_LIMITS, ...setup.limits },
    manifests: new Manifests(crypto, TRUST),
    device: { clientVersion: 1, deviceId: 'd' },
    ticket: null,
    credentials: { user: 'alice', token: 'token' },
    clockOffsetMs: 0,
    hooks: { ...setup.hooks, ended: (end) => ends.push(end) },
    ...(setup.signal === undefined ? {} : { signal: setup.signal }),
  });
  return { clock, server, ends, opening };
};

const openOne = async (setup: Setup = {}): Promise<Opened & { session: ClientSession }> => {
  const begun = begin(setup);
  const opening = await settle(begun.clock, begun.opening);
  assert.equal(opening.kind, 'open');
  if (opening.kind !== 'open') throw new Error('unreachable');
  return { ...begun, session: opening.session };
};

/** WebCrypto works in threads of its own: give it real time, and simulated time to the rest. */
const settle = async <T>(clock: SimClock, promise: Promise<T>): Promise<T> => {
  let done = false;
  const mark = (): void => {
    done = true;
  };
  promise.then(mark, mark);
  for (let round = 0; !done && round < 20_000; round += 1) await clock.runFor(1);
  return promise;
};

const body = (text: string): Uint8Array => new TextEncoder().encode(text);
const echo = (server: ScriptedServer): void => {
  server.intercept = ({ connection, operation, sequence, body: bytes }) => {
    if (operation !== OP.GROUP_INFO) return false;
    connection.sealed(replyTo(operation), sequence, bytes);
    return true;
  };
};

test('rule 1: what is sent in one turn goes out in one write, in order', async () => {
  const writes: number[] = [];
  const wrap = (transport: Transport): Transport => ({
    connect: async (handler, signal) => {
      const connection = await transport.connect(handler, signal);
      const counted: Connection = {
        ...connection,
        send: (frames) => {
          writes.push(frames.length);
          connection.send(frames);
        },
      };
      return counted;
    },
  });
  const { clock, session } = await openOne({ wrap, server: echo });
  await clock.runFor(10);
  writes.length = 0;
  const replies: string[] = [];
  for (let index = 0; index < 50; index += 1) {
    session.request(OP.GROUP_INFO, body(String(index)), (reply) =>
      replies.push(Buffer.from(reply!).toString()),
    );
  }
  await clock.runFor(10);
  assert.deepEqual(writes, [50]);
  assert.deepEqual(
    replies,
    Array.from({ length: 50 }, (_, index) => String(index)),
  );
  assert.equal(session.outstanding, 0);
  session.close();
});

for (const [name, crypto] of [
  ['synchronous', nodeCryptoPort()],
  ['asynchronous', webCryptoPort()],
] as const) {
  test(`rule 2: ${name} cryptography keeps the order both ways`, async () => {
    const pushes: number[] = [];
    const hooks: SessionHooks = { push: (bytes) => pushes.push(bytes.length) };
    const { clock, session, server } = await openOne({ crypto, hooks, server: echo });
    const replies: number[] = [];
    const asked: Promise<unknown>[] = [];
    for (let index = 0; index < 40; index += 1) {
      // Long ones between short ones: their seals and opens would overtake each other.
      const bytes = new Uint8Array(index % 2 === 0 ? 40_000 : 10);
      asked.push(session.ask(OP.GROUP_INFO, bytes).then(() => replies.push(index)));
    }
    await settle(clock, Promise.all(asked));
    assert.deepEqual(
      replies,
      Array.from({ length: 40 }, (_, index) => index),
    );
    const sizes = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 30_000 : 5));
    for (const size of sizes) server.open[0]?.push([{ content: new Uint8Array(size) }]);
    await settle(clock, session.ask(OP.GROUP_INFO, body('fence')));
    assert.equal(pushes.length, 20);
    assert.ok(pushes.every((length, index) => length >= sizes[index]! && length < sizes[index]! + 20));
    session.close();
  });
}

test('rule 3: the first frame is a heartbeat with C', async () => {
  const { clock, server, session } = await openOne({ hooks: { completeTo: () => 77 } });
  await clock.runFor(5);
  assert.equal(server.requests[0]?.operation, OP.HEARTBEAT);
  assert.equal(bubble.wire.HeartbeatReq.decode(server.requests[0]!.body).completeTo.toNumber(), 77);
  session.close();
});

test('rule 4: heartbeats at the gate’s period; without anything within the grace the session ends', async () => {
  const { clock, server, session, ends } = await openOne({
    server: (each) => {
      each.heartbeatMs = 10_000;
    },
  });
  await clock.runFor(35_000);
  assert.equal(server.requestsOf(OP.HEARTBEAT).length, 4);
  server.intercept = ({ operation }) => operation === OP.HEARTBEAT;
  await clock.runFor(5_100);
  // Something else arrives: the server lives.
  server.open[0]?.push([]);
  await clock.runFor(9_000);
  assert.equal(session.isOpen, true);
  await clock.runFor(9_000);
  assert.deepEqual(ends, [{ kind: 'heartbeat-missed' }]);
  assert.equal(clock.waiting, 0);
});

test('rule 5: the end is told once, to every request first; no timer is left', async () => {
  const { clock, server, session, ends } = await openOne();
  await clock.runFor(5);
  const told: string[] = [];
  server.intercept = () => true;
  session.request(OP.SYNC, body(''), (reply) => told.push(reply === null ? 'none' : 'some'));
  const asked = assert.rejects(session.ask(OP.UNREAD, body('')), {
    code: 'CONNECTION_LOST',
    retryable: true,
  });
  await clock.runFor(5);
  server.open[0]?.disconnect('DRAIN', 1_500);
  await clock.runFor(10);
  await asked;
  assert.deepEqual(told, ['none']);
  assert.equal(ends.length, 1);
  assert.deepEqual(
    { ...ends[0], reason: '' },
    { kind: 'disconnected', code: 1, reason: '', retryAfterMs: 1_500 },
  );
  session.close();
  assert.equal(ends.length, 1);
  assert.equal(clock.waiting, 0);
});

test('close sends what was asked to be sent', async () => {
  const { clock, server, session } = await openOne();
  await clock.runFor(5);
  const { connection } = server.requests[0]!;
  assert.equal(connection.isOpen, true);
  session.request(OP.READ, body(''), () => {});
  session.close();
  assert.equal(session.isOpen, false);
  await clock.runFor(5);
  assert.equal(server.requestsOf(OP.READ).length, 1);
  assert.equal(connection.isOpen, false);
  assert.equal(clock.waiting, 0);
});

test('late answers, pushes and notices go to their hooks', async () => {
  const seen: string[] = [];
  const { clock, server, session } = await openOne({
    hooks: {
      rows: (rows) => seen.push(`rows ${rows.length}`),
      notice: ({ newestSeq, unproven }) => seen.push(`notice ${newestSeq} ${unproven}`),
      lateReply: (operation, sequence) => seen.push(`late ${operation} ${sequence}`),
      confirmed: () => seen.push('confirmed'),
    },
  });
  await clock.runFor(5);
  assert.equal(seen[0], 'confirmed');
  seen.length = 0;
  const connection = server.open[0]!;
  connection.push([{ msgType: 1 }, { msgType: 2 }]);
  connection.notice(12, { unproven: true });
  connection.sealed(5, 4_000, new Uint8Array(0));
  const raw = Buffer.alloc(8);
  raw.writeUInt32BE(OP.SEND_MSG_REPLY);
  connection.sealed(OP.RAW, 0, raw);
  await clock.runFor(5);
  assert.deepEqual(seen, ['rows 2', 'notice 12 true', 'late 5 4000', 'rows 0']);
  session.close();
});

test('a frame that does not open, is cut or cannot be decoded ends the session', async () => {
  const breakers: ((server: ScriptedServer) => void)[] = [
    (server) =>
      server.open[0]?.plain(
        Buffer.from('bf0011000200000005000000000000001000112233445566778899aabbccddeeff', 'hex'),
      ),
    (server) => server.open[0]?.plain(Buffer.from('no frame at all, but long enough')),
    (server) => server.open[0]?.sealed(OP.SEND_MSG_REPLY, 0, Uint8Array.of(0x0a, 0xff)),
    (server) => server.open[0]?.sealed(OP.DISCONNECT, 0, Uint8Array.of(0x12, 0xff)),
  ];
  for (const breaker of breakers) {
    const { clock, server, ends } = await openOne({ hooks: { rows: () => {} } });
    await clock.runFor(5);
    breaker(server);
    await clock.runFor(5);
    assert.equal(ends[0]?.kind, 'bad-frame');
    assert.equal(clock.waiting, 0);
  }
});

test('requests without an answer are bounded', async () => {
  const { session } = await openOne({ limits: { requestsOutstanding: 3 } });
  // The first heartbeat is one of them.
  session.request(OP.SYNC, body(''), () => {});
  session.request(OP.SYNC, body(''), () => {});
  assert.throws(() => session.request(OP.SYNC, body(''), () => {}), { code: 'REFUSED', retryable: true });
  session.close();
});

test('opening: refusals, hints, a server that says nothing, one that is not there, giving up', async () => {
  const refused = begin({
    server: (each) => {
      each.auth = () => ({ kind: 'refuse', error: 'BANNED' });
    },
  });
  const refusal = await settle(refused.clock, refused.opening);
  assert.ok(refusal.kind === 'refused' && refusal.sealed && refusal.error === 'BANNED');
  const hinted = begin({
    server: (each) => {
      each.auth = () => ({ kind: 'hint', error: 'AUTH_FAILED' });
    },
  });
  const hint = await settle(hinted.clock, hinted.opening);
  assert.ok(hint.kind === 'refused' && !hint.sealed && ERRORS[hint.error].code === 400);
  const disconnected = begin({
    server: (each) => {
      each.network = 'ADMISSION';
    },
  });
  assert.deepEqual(await settle(disconnected.clock, disconnected.opening), {
    kind: 'disconnected',
    code: 14,
    retryAfterMs: 0,
  });
  const silent = begin({ wrap: () => ({ connect: async () => silentConnection }) });
  await assert.rejects(settle(silent.clock, silent.opening), { code: 'TIMEOUT', retryable: true });
  const absent = begin({
    server: (each) => {
      each.network = 'refuse';
    },
  });
  await assert.rejects(settle(absent.clock, absent.opening), { code: 'CONNECTION_LOST', retryable: true });
  const abort = new AbortController();
  const given = begin({ signal: abort.signal });
  abort.abort();
  await assert.rejects(settle(given.clock, given.opening), { code: 'REFUSED' });
  for (const { clock, server, ends } of [refused, hinted, disconnected, silent, absent, given]) {
    await clock.runFor(5);
    assert.equal(server.open.length, 0, 'the connection is closed');
    assert.equal(clock.waiting, 0);
    assert.deepEqual(ends, [], 'there was no session');
  }
});

test('opening: another deployment is refused', async () => {
  const clock = new SimClock();
  const server = new ScriptedServer(clock);
  const crypto = nodeCryptoPort();
  const opening = openSession({
    transport: server.transport,
    crypto,
    clock,
    limits: DEFAULT_SDK_LIMITS,
    manifests: new Manifests(crypto, { ...TRUST, deployment: 'elsewhere' }),
    device: { clientVersion: 1, deviceId: 'd' },
    ticket: null,
    credentials: { user: 'alice', token: 'secret' },
    clockOffsetMs: 0,
    hooks: {},
  });
  assert.deepEqual(await settle(clock, opening), { kind: 'manifest-refused', fault: 'deployment' });
  assert.equal(server.logins.length, 0, 'no token left this device');
});
