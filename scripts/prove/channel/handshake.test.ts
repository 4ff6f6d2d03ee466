import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { nodeCryptoPort } from '../../../clients/sdk/crypto/node-crypto-port.ts';
import { webCryptoPort } from '../../../clients/sdk/crypto/web-crypto-port.ts';
import type { HandshakeInput, StoredTicket } from '../../../clients/sdk/handshake.ts';
import { openKeyRing } from '../../../gateways/auth/key-ring.ts';
import { memoryKeyStore } from '../../../gateways/auth/key-store.ts';
import { SILENT_LOGGER } from '../../../infra/logger/logger.ts';
import { decodeClientInfo, encodeClientInfo } from '../../../schemas/channel/auth-bodies.ts';
import { DEFAULT_LIMITS, TRIAL_LIMITS } from '../../../schemas/limits.ts';
import { HEADER_BYTES, writeHeader } from '../../../schemas/wire/header.ts';
import {
  type Accepted,
  ANN,
  answer,
  openRig,
  PHONE,
  type Ready,
  type Refused,
  type Rig,
  RigClock,
  speak,
  split,
} from './channel-rig.ts';

const rig = await openRig();
after(() => rig.close());

const ready = async (
  on: Rig,
  input: Partial<HandshakeInput>,
): Promise<{ outcome: Accepted; result: Ready }> => {
  const { outcome, result } = await on.login(input);
  assert.equal(outcome.kind, 'accepted', outcome.kind === 'refused' ? outcome.error : '');
  assert.equal(result.kind, 'ready', result.kind === 'refused' ? result.error : '');
  return { outcome: outcome as Accepted, result: result as Ready };
};
const refused = async (on: Rig, input: Partial<HandshakeInput>): Promise<Refused> => {
  const { outcome, result } = await on.login(input);
  assert.equal(outcome.kind, 'refused');
  assert.equal(result.kind, 'refused');
  if (outcome.kind === 'refused') assert.equal((result as Refused).error, outcome.error);
  return result as Refused;
};
const newTicket = async (on: Rig): Promise<StoredTicket> => {
  const { result } = await ready(on, { suites: [2] });
  assert.ok(result.ticket !== null);
  return result.ticket;
};
/** Input of a login by each suite. */
const bySuite = async (on: Rig, suite: number): Promise<Partial<HandshakeInput>> =>
  suite === 3 ? { ticket: await newTicket(on) } : { suites: [suite] };

const PORTS = [
  ['node', nodeCryptoPort()],
  ['web', webCryptoPort()],
] as const;

for (const [name, crypto] of PORTS) {
  for (const suite of [1, 2, 3]) {
    test(`suite ${suite}, client on ${name}: both ends talk`, async () => {
      const input = await bySuite(rig, suite);
      const handshake = await rig.start({ ...input, crypto });
      assert.equal(decodeClientInfo(split(handshake.frame).body)?.suite, suite);
      const { outcome, result } = await ready(rig, { ...input, crypto });
      assert.deepEqual(outcome.principal, {
        tenant: 'acme',
        user: 'ann',
        device: 'phone',
        deviceType: 'phone',
        generation: 0,
      });
      assert.deepEqual(result.session, {
        tenant: 'acme',
        user: 'ann',
        serverTimeMs: rig.clock.now(),
        gate: 'gate-0',
        heartbeatMs: TRIAL_LIMITS.heartbeatMs,
        limits: {
          bodyBytes: TRIAL_LIMITS.bodyBytes,
          messagesPerSecond: TRIAL_LIMITS.messagesPerSecond,
          messageBurst: TRIAL_LIMITS.messageBurst,
          outstandingPerConversation: TRIAL_LIMITS.outstandingPerConversation,
          syncRows: TRIAL_LIMITS.syncRows,
        },
      });
      for (let round = 0; round < 3; round += 1) {
        assert.equal(await speak(result.channel, outcome.channel, `c${round}`), `c${round}`);
        assert.equal(await speak(result.channel, outcome.channel, ''), '');
        assert.equal(await answer(result.channel, outcome.channel, `s${round}`), `s${round}`);
        assert.equal(await answer(result.channel, outcome.channel, ''), '');
      }
    });
  }
}

for (const suite of [1, 2, 3]) {
  test(`suite ${suite}: every byte of the request flipped is refused, and the true one still accepted`, async () => {
    const handshake = await rig.start(await bySuite(rig, suite));
    for (let index = 0; index < handshake.frame.length; index += 1) {
      const flipped = Uint8Array.from(handshake.frame);
      flipped[index]! ^= 1 << (index % 8);
      const outcome = await rig.ask(flipped);
      assert.equal(outcome.kind, 'refused', `byte ${index}`);
      const error = outcome.kind === 'refused' ? outcome.error : 'OK';
      assert.ok(error === 'AUTH_FAILED' || error === 'KEY_RETIRED', `byte ${index}: ${error}`);
    }
    assert.equal((await rig.ask(handshake.frame)).kind, 'accepted');
  });

  test(`suite ${suite}: every byte of the answer flipped is refused by the client`, async () => {
    const handshake = await rig.start(await bySuite(rig, suite));
    const { frame } = await rig.ask(handshake.frame);
    for (let index = 0; index < frame.length; index += 1) {
      const flipped = Uint8Array.from(frame);
      flipped[index]! ^= 1 << (index % 8);
      const { header, body } = split(flipped);
      const result = await handshake.complete(header, body);
      assert.equal(result.kind, 'refused', `byte ${index}`);
      assert.equal((result as Refused).sealed, false);
      assert.equal((result as Refused).dropTicket, false);
    }
    const { header, body } = split(frame);
    assert.equal((await handshake.complete(header, body)).kind, 'ready');
  });

  test(`suite ${suite}: a replayed request is refused, at once or while the first is under way`, async () => {
    const handshake = await rig.start(await bySuite(rig, suite));
    const together = await Promise.all([rig.ask(handshake.frame), rig.ask(handshake.frame)]);
    assert.equal(together.filter((outcome) => outcome.kind === 'accepted').length, 1);
    const later = await rig.ask(handshake.frame);
    assert.equal(later.kind === 'refused' && later.error, 'AUTH_FAILED');
  });
}

/** A ClientInfo changed after it was made, with a header that fits. */
const altered = (frame: Uint8Array, change: Partial<Parameters<typeof encodeClientInfo>[0]>): Uint8Array => {
  const info = decodeClientInfo(split(frame).body)!;
  const body = encodeClientInfo({ ...info, ...change });
  const out = new Uint8Array(HEADER_BYTES + body.length);
  writeHeader(out, 0, 7, 5, body.length);
  out.set(body, HEADER_BYTES);
  return out;
};

test('downgrade, wrong kid, splice of two requests: refused', async () => {
  const errorOf = async (frame: Uint8Array): Promise<string> => {
    const outcome = await rig.ask(frame);
    return outcome.kind === 'refused' ? outcome.error : 'OK';
  };
  const rsaKid = rig.keys.rsaKeys()[0]!.kid;
  const point = await rig.start({ suites: [2] });
  const other = decodeClientInfo(split((await rig.start({ suites: [2] })).frame).body)!;
  assert.equal(await errorOf(altered(point.frame, { suite: 1 })), 'KEY_RETIRED');
  assert.equal(await errorOf(altered(point.frame, { suite: 1, kid: rsaKid })), 'AUTH_FAILED');
  assert.equal(await errorOf(altered(point.frame, { suite: 3 })), 'AUTH_FAILED');
  assert.equal(await errorOf(altered(point.frame, { suite: 0 })), 'AUTH_FAILED'); // a missing field
  assert.equal(await errorOf(altered(point.frame, { suite: 4 })), 'KEY_RETIRED');
  assert.equal(await errorOf(altered(point.frame, { kid: 999 })), 'KEY_RETIRED');
  assert.equal(await errorOf(altered(point.frame, { rsaData: other.rsaData })), 'AUTH_FAILED');
  assert.equal(await errorOf(altered(point.frame, { aesData: other.aesData })), 'AUTH_FAILED');
  assert.equal(await errorOf(altered(point.frame, {})), 'OK');
});

test('plain failures of all suites are identical but for the sequence id, and wait for a multiple of 100 ms', async () => {
  const frames: Uint8Array[] = [];
  for (const suite of [1, 2, 3]) {
    const { frame } = await rig.start(await bySuite(rig, suite));
    const info = decodeClientInfo(split(frame).body)!;
    const damaged = Uint8Array.from(info.rsaData);
    damaged[damaged.length - 1]! ^= 1;
    frames.push(altered(frame, { aesData: new Uint8Array(info.aesData.length) }));
    frames.push(altered(frame, { aesData: new Uint8Array(3) }));
    frames.push(altered(frame, { rsaData: damaged }));
    frames.push(altered(frame, { rsaData: info.rsaData.subarray(1) }));
    frames.push(altered(frame, { rsaData: new Uint8Array(info.rsaData.length) }));
    await rig.ask(frame);
    frames.push(frame); // replayed
  }
  const truncated = Uint8Array.from(frames[0]!.subarray(0, 60));
  writeHeader(truncated, 0, 7, 5, truncated.length - HEADER_BYTES);
  frames.push(truncated);
  rig.clock.waits.length = 0;
  const answers = new Set<string>();
  for (const frame of frames) answers.add(Buffer.from((await rig.ask(frame)).frame).toString('hex'));
  assert.equal(answers.size, 1);
  assert.deepEqual(
    rig.clock.waits,
    frames.map(() => 100),
  );
});

test('sealed refusals have one length, say why, and advise', async () => {
  const lengths = new Set<number>();
  const check = async (
    input: Partial<HandshakeInput>,
    error: string,
    advice: string,
    on: Rig = rig,
  ): Promise<void> => {
    const handshake = await on.start(input);
    const outcome = await on.ask(handshake.frame);
    lengths.add(outcome.frame.length);
    const { header, body } = split(outcome.frame);
    const result = (await handshake.complete(header, body)) as Refused;
    assert.deepEqual(
      { kind: result.kind, error: result.error, advice: result.advice, sealed: result.sealed },
      { kind: 'refused', error, advice, sealed: true },
    );
    assert.equal(result.serverTimeMs, on.clock.now());
  };
  const now = rig.clock.now();
  await check({ credentials: { user: 'ann', token: 'expired' } }, 'TOKEN', 'new-token');
  await check({ credentials: { user: 'ann', token: 'audience' } }, 'TOKEN', 'new-token');
  await check({ credentials: { user: 'bob', token: 'acme/ann' } }, 'TOKEN', 'new-token');
  await check({ credentials: { user: 'ann', token: 'sso-away' } }, 'RETRY_LATER', 'back-off');
  await check({ nowMs: now + 120_001 }, 'CLOCK', 'correct-clock');
  await check({ nowMs: now - 120_001 }, 'CLOCK', 'correct-clock');
  await check({ device: { ...PHONE, deviceId: 'a/b' } }, 'BAD_ID', 'back-off');
  const standing = { value: 'banned' as 'banned' | 'revoked' };
  const strict = await openRig({ generations: { check: () => standing.value }, minVersion: 1 });
  await check({}, 'BANNED', 'stop', strict);
  standing.value = 'revoked';
  await check({}, 'SESSION_REVOKED', 'new-token', strict);
  // The client's own manifest does not confirm the minimum, so it does not give up.
  await check({ device: { ...PHONE, clientVersion: 0 } }, 'UPGRADE_REQUIRED', 'fetch-manifest', strict);
  await strict.close();
  assert.equal(lengths.size, 1);
  await ready(rig, { nowMs: now + 120_000 });
  await ready(rig, { nowMs: now - 120_000 });
});

test('a generation that was raised ends tickets of the old one', async () => {
  let newest = 0;
  const strict = await openRig({
    generations: { check: ({ generation }) => (generation < newest ? 'revoked' : 'current') },
  });
  const ticket = await newTicket(strict);
  newest = 1;
  const result = await refused(strict, { ticket });
  assert.equal(result.error, 'SESSION_REVOKED');
  assert.equal(result.advice, 'full-login');
  assert.equal(result.dropTicket, true);
  strict.sso.claims = { generation: 1 };
  await ready(strict, {});
  await strict.close();
});

test('lost answers with a ticket lock nobody out; a ticket is spent by the first sealed frame only', async () => {
  const ticket = await newTicket(rig);
  for (let lost = 0; lost < 5; lost += 1) {
    assert.equal((await rig.ask((await rig.start({ ticket })).frame)).kind, 'accepted');
  }
  const first = await ready(rig, { ticket });
  const second = await ready(rig, { ticket });
  assert.equal(await speak(second.result.channel, second.outcome.channel), 'hello');
  assert.equal(await speak(first.result.channel, first.outcome.channel), null, 'the slower session ends');
  const again = await refused(rig, { ticket });
  assert.deepEqual([again.error, again.advice, again.dropTicket], ['TOKEN', 'full-login', true]);
  const renewed = await ready(rig, { ticket: second.result.ticket! });
  assert.equal(await speak(renewed.result.channel, renewed.outcome.channel), 'hello');
});

test('tickets end: after 24 h, 7 days after the full login, with their device, user and key', async () => {
  const own = await openRig();
  let ticket = await newTicket(own);
  const other = await own.login({ ticket: { ...ticket, user: 'bob' }, credentials: null });
  assert.equal(other.result.kind === 'refused' && other.result.error, 'TOKEN');
  const stolen = { ...ticket, deviceId: 'laptop' };
  const laptop = await own.login({
    ticket: stolen,
    device: { ...PHONE, deviceId: 'laptop' },
    credentials: null,
  });
  assert.equal(laptop.result.kind === 'refused' && laptop.result.error, 'TOKEN');
  const hour = 3_600_000;
  const start = own.clock.nowMs;
  own.clock.nowMs = start + 24 * hour - 1;
  await ready(own, { ticket });
  // The client's clock is 100 s behind, so it tries a ticket that has just ended.
  own.clock.nowMs = start + 24 * hour;
  assert.equal((await refused(own, { ticket, nowMs: own.clock.nowMs - 100_000 })).error, 'TOKEN');
  // Renewed every 12 h it lives on until seven days after the login; then there is none.
  own.clock.nowMs = start;
  let renewals = 0;
  for (let hours = 0; hours <= 200; hours += 12) {
    own.clock.nowMs = start + hours * hour;
    await own.keys.tickets.check();
    const { result } = await ready(own, { ticket });
    if (result.ticket === null) break;
    ticket = result.ticket;
    renewals += 1;
    assert.ok(ticket.expiresAtMs <= start + 7 * 24 * hour);
    if (ticket.expiresAtMs <= own.clock.nowMs + 12 * hour) break;
  }
  assert.equal(renewals, 14);
  await own.close();
});

test('a key retired in an emergency voids its tickets and those renewed from them', async () => {
  const own = await openRig();
  const first = await ready(own, { suites: [2] });
  const renewed = await ready(own, { ticket: first.result.ticket! });
  await own.keys.retire(own.manifest.keys.find((key) => key.suite === 2)!.kid);
  assert.equal((await refused(own, { ticket: first.result.ticket! })).error, 'TOKEN');
  assert.equal((await refused(own, { ticket: renewed.result.ticket! })).error, 'TOKEN');
  const { outcome, result } = await own.login({ suites: [2] });
  assert.equal(outcome.kind === 'refused' && outcome.error, 'KEY_RETIRED');
  assert.equal(result.kind === 'refused' && result.advice, 'fetch-manifest');
  await own.close();
});

test('an erased ticket key: the client is told to log in fully, and keeps its ticket', async () => {
  const own = await openRig();
  const ticket = { ...(await newTicket(own)), expiresAtMs: Number.MAX_SAFE_INTEGER };
  own.clock.nowMs += 37 * 3_600_000;
  await own.keys.tickets.check();
  const result = await refused(own, { ticket });
  assert.deepEqual(
    [result.error, result.sealed, result.advice, result.dropTicket],
    ['KEY_RETIRED', false, 'full-login', false],
  );
  await own.close();
});

test('device keys: the token bound to one demands its signature over this very request', async () => {
  const { generateKeyPairSync, sign } = await import('node:crypto');
  const pair = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const spki = pair.publicKey.export({ format: 'der', type: 'spki' });
  const signDevice = (message: Uint8Array): Uint8Array =>
    sign('sha256', message, { key: pair.privateKey, dsaEncoding: 'ieee-p1363' });
  const own = await openRig();
  own.sso.claims = { deviceKey: spki.subarray(spki.length - 65) };
  assert.equal((await refused(own, {})).error, 'TOKEN');
  const wrong = (): Uint8Array => signDevice(Buffer.from('another request'));
  assert.equal((await refused(own, { credentials: { ...ANN, signDevice: wrong } })).error, 'TOKEN');
  for (const suite of [1, 2]) await ready(own, { suites: [suite], credentials: { ...ANN, signDevice } });
  await own.close();
});

test('the replay filter at its limit: AUTH_BUSY, nothing is forgotten early, room again after 240 s', async () => {
  const own = await openRig({ limits: { ...TRIAL_LIMITS, replayEntries: 3 } });
  const first = await own.start({});
  assert.equal((await own.ask(first.frame)).kind, 'accepted');
  await ready(own, {});
  await ready(own, {});
  const full = await own.ask((await own.start({})).frame);
  assert.equal(full.kind === 'refused' && full.error, 'AUTH_BUSY');
  own.clock.nowMs += 239_000;
  const still = await own.ask((await own.start({})).frame);
  assert.equal(still.kind === 'refused' && still.error, 'AUTH_BUSY');
  own.clock.nowMs += 32_000;
  await ready(own, {});
  const replayed = await own.ask(first.frame);
  assert.equal(
    replayed.kind === 'refused' && replayed.error,
    'CLOCK',
    'forgotten only when its time is over',
  );
  await own.close();
});

test('the spent tickets at their limit: resumptions are refused, full logins go on', async () => {
  const own = await openRig({ limits: { ...TRIAL_LIMITS, spentTickets: 1 } });
  const ticket = await newTicket(own);
  const { outcome, result } = await ready(own, { ticket });
  assert.equal(await speak(result.channel, outcome.channel), 'hello');
  assert.equal((await refused(own, { ticket: result.ticket! })).error, 'TOKEN');
  await ready(own, {});
  await own.close();
});

test('admission: logins and resumptions of an address have buckets of their own', async () => {
  const limits = { ...DEFAULT_LIMITS, handshakesPerSecond: 1, handshakeBurst: 2 };
  const own = await openRig({ limits });
  const ticket = await newTicket(own);
  await ready(own, {});
  const busy = await refused(own, {});
  assert.deepEqual([busy.error, busy.sealed, busy.advice], ['AUTH_BUSY', false, 'back-off']);
  await ready(own, { ticket });
  await ready(own, { ticket });
  assert.equal((await refused(own, { ticket })).error, 'AUTH_BUSY');
  assert.equal((await own.ask((await own.start({})).frame, '192.0.2.2')).kind, 'accepted');
  own.clock.nowMs += 1_000;
  await ready(own, {});
  assert.equal((await refused(own, {})).error, 'AUTH_BUSY');
  await own.close();
});

test('a full RSA queue refuses before any cryptography; other suites go on', async () => {
  let asked = 0;
  const full = {
    isFull: true,
    decrypt: async () => {
      asked += 1;
      return null;
    },
    setKeys: () => {},
    close: async () => {},
  };
  const own = await openRig({ rsa: full });
  assert.equal((await refused(own, { suites: [1] })).error, 'AUTH_BUSY');
  assert.equal(asked, 0);
  await ready(own, { suites: [2] });
  await own.close();
});

test('RSA in its own thread: as many as may wait are served, the rest told to come back', async () => {
  const own = await openRig({ rsa: 'worker', limits: { ...TRIAL_LIMITS, rsaQueue: 3 } });
  const frames = await Promise.all(Array.from({ length: 5 }, () => own.start({ suites: [1] })));
  const outcomes = await Promise.all(frames.map(({ frame }) => own.ask(frame)));
  const errors = outcomes.map((outcome) => (outcome.kind === 'refused' ? outcome.error : 'OK'));
  assert.deepEqual(errors, ['OK', 'OK', 'OK', 'AUTH_BUSY', 'AUTH_BUSY']);
  await ready(own, { suites: [1] });
  await own.close();
});

test('many answers to one request share no key: each gate draws its own random', async () => {
  const handshake = await rig.start({ suites: [2] });
  const seen = new Set<string>();
  for (let gate = 0; gate < 100; gate += 1) {
    const other = await openRig({ keys: rig.keys });
    const outcome = await other.ask(handshake.frame);
    assert.equal(outcome.kind, 'accepted');
    const { header, body } = split(outcome.frame);
    const result = await handshake.complete(header, body);
    assert.equal(result.kind, 'ready');
    const frame = (outcome as Accepted).channel.seal(3, 0, new Uint8Array(16));
    seen.add(Buffer.from(frame.subarray(HEADER_BYTES)).toString('hex'));
    seen.add(Buffer.from(outcome.frame.subarray(HEADER_BYTES)).toString('hex'));
  }
  assert.equal(seen.size, 200);
});

test('with one seed both ends say the same bytes again', async () => {
  const run = async (seed: number): Promise<string> => {
    let state = seed;
    const random = (length: number): Uint8Array =>
      Uint8Array.from({ length }, () => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return state >>> 24;
      });
    const clock = new RigClock();
    const store = memoryKeyStore();
    const logger = SILENT_LOGGER;
    const keys = await openKeyRing({ store, deployment: 'rig', clock, logger, suites: [2], random });
    const own = await openRig({ keys, random });
    const handshake = await own.start({ crypto: nodeCryptoPort(random) });
    const outcome = await own.ask(handshake.frame);
    const { header, body } = split(outcome.frame);
    assert.equal((await handshake.complete(header, body)).kind, 'ready');
    await own.close();
    return Buffer.concat([handshake.frame, outcome.frame]).toString('hex');
  };
  assert.equal(await run(1), await run(1));
  assert.notEqual(await run(1), await run(2));
});
