import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { CloseName } from '../../schemas/errors.ts';
import { DEFAULT_LIMITS as LIMITS } from '../../schemas/limits.ts';
import { OP } from '../../schemas/wire/operations.ts';
import { type SessionEffects, SessionMachine } from './session-machine.ts';

const kinds = (effects: SessionEffects): string[] => effects.map((effect) => effect.kind);
const closes = (effects: SessionEffects, code: CloseName): void =>
  assert.deepEqual(effects, [{ kind: 'close', code }]);

const authenticating = (): SessionMachine => {
  const machine = new SessionMachine(LIMITS, 0);
  assert.deepEqual(kinds(machine.clearFrame(OP.AUTH, 1, 0)), ['authenticate']);
  return machine;
};
const pending = (): SessionMachine => {
  const machine = authenticating();
  assert.deepEqual(machine.authenticated(true, 0), []);
  return machine;
};
const live = (): SessionMachine => {
  const machine = pending();
  assert.deepEqual(kinds(machine.opened(OP.HEARTBEAT, 1, 0)), ['confirm', 'heartbeat']);
  return machine;
};

test('connecting: a handshake is answered, an Auth authenticates, all else closes', () => {
  const machine = new SessionMachine(LIMITS, 0);
  assert.deepEqual(kinds(machine.clearFrame(OP.HANDSHAKE, 1, 0)), ['send-manifest']);
  assert.equal(machine.kind, 'connecting');
  assert.deepEqual(kinds(machine.clearFrame(OP.AUTH, 2, 0)), ['authenticate']);
  assert.equal(machine.kind, 'authenticating');
  for (const operation of [OP.HEARTBEAT, OP.SEND_MSG, OP.RAW, OP.AUTH_REPLY, 1]) {
    closes(new SessionMachine(LIMITS, 0).clearFrame(operation, 1, 0), 'BAD_FRAME');
  }
  closes(new SessionMachine(LIMITS, 0).clearFrame(OP.AUTH, 0, 0), 'BAD_FRAME');
});

test('authenticating: a second frame, or a part of one, closes', () => {
  closes(authenticating().clearFrame(OP.AUTH, 2, 0), 'BAD_FRAME');
  closes(authenticating().chunkEnded(true, true, 0), 'BAD_FRAME');
  assert.deepEqual(authenticating().chunkEnded(false, true, 0), []);
});

test('a refusal ends without a word of the gate, an answer after the end does nothing', () => {
  const machine = authenticating();
  assert.deepEqual(kinds(machine.authenticated(false, 0)), ['end']);
  assert.equal(machine.kind, 'closed');
  assert.deepEqual(machine.authenticated(true, 0), []);
  assert.equal(machine.kind, 'closed');
});

test('pending: confirmed by the first frame only, and before its request', () => {
  const machine = pending();
  assert.equal(machine.isLive, false);
  assert.deepEqual(kinds(machine.opened(OP.SEND_MSG, 1, 0)), ['confirm', 'command']);
  assert.equal(machine.isLive, true);
  assert.deepEqual(kinds(machine.opened(OP.SEND_MSG, 2, 0)), ['command']);
});

test('live: commands, queries, unknown operations, handshake operations', () => {
  const machine = live();
  assert.deepEqual(kinds(machine.opened(OP.SYNC, 1, 0)), ['query']);
  for (const operation of [10, 11, OP.DISCONNECT, OP.GROUP_INFO, OP.TYPING, 5, 1000, 0xffffffff]) {
    assert.deepEqual(machine.opened(operation, 1, 0), [{ kind: 'refuse', error: 'UNKNOWN_OPERATION' }]);
  }
  for (const operation of [0, 1, 7, 8]) closes(live().opened(operation, 1, 0), 'BAD_FRAME');
});

test('a request with sequence 0 closes, a heartbeat may have it', () => {
  closes(live().opened(OP.SEND_MSG, 0, 0), 'BAD_FRAME');
  closes(live().opened(999, 0, 0), 'BAD_FRAME');
  assert.deepEqual(kinds(live().opened(OP.HEARTBEAT, 0, 0)), ['heartbeat']);
});

test('raw: the operation inside passes the same list; handshake and raw inside close', () => {
  const machine = live();
  assert.deepEqual(kinds(machine.opened(OP.RAW, 0, 0)), ['unwrap']);
  assert.deepEqual(kinds(machine.unwrapped(OP.SEND_MSG, 5, 0)), ['command']);
  assert.deepEqual(kinds(machine.unwrapped(77, 5, 0)), ['refuse']);
  for (const operation of [0, 1, 7, 8, 9]) closes(live().unwrapped(operation, 1, 0), 'BAD_FRAME');
  closes(live().opened(OP.RAW, 1, 0), 'BAD_FRAME');
});

const deadline = (machine: SessionMachine, atMs: number, code: CloseName): void => {
  assert.deepEqual(machine.tick(atMs - 1), []);
  closes(machine.tick(atMs), code);
  assert.equal(machine.kind, 'closed');
};

test('deadlines: authentication, pending, heartbeat, age, half a frame', () => {
  deadline(new SessionMachine(LIMITS, 0), 5_000, 'AUTH_TIMEOUT');
  deadline(authenticating(), 5_000, 'AUTH_TIMEOUT');
  deadline(pending(), 5_000, 'AUTH_TIMEOUT');
  deadline(live(), 33_000, 'HEARTBEAT_MISSED');
  const heard = live();
  heard.opened(OP.HEARTBEAT, 2, 20_000);
  deadline(heard, 53_000, 'HEARTBEAT_MISSED');
  const old = live();
  old.opened(OP.HEARTBEAT, 2, LIMITS.sessionMaxMs - 10);
  deadline(old, LIMITS.sessionMaxMs, 'REAUTH');
  const half = live();
  half.chunkEnded(true, true, 1_000);
  half.chunkEnded(true, false, 9_000);
  deadline(half, 11_000, 'BAD_FRAME');
  const goesOn = live();
  goesOn.chunkEnded(true, true, 1_000);
  goesOn.chunkEnded(true, true, 9_000);
  goesOn.chunkEnded(false, true, 10_000);
  assert.deepEqual(goesOn.tick(19_500), []);
});

test('draining: told to move once, commands refused, queries answered, ended when settled or at the deadline', () => {
  const machine = live();
  assert.deepEqual(kinds(machine.drain(100)), ['move']);
  assert.deepEqual(machine.opened(OP.SEND_MSG, 3, 100), [{ kind: 'refuse', error: 'DRAINING' }]);
  assert.deepEqual(kinds(machine.opened(OP.SYNC, 4, 100)), ['query']);
  assert.deepEqual(machine.tick(100 + LIMITS.drainMs - 1), []);
  assert.deepEqual(kinds(machine.tick(100 + LIMITS.drainMs)), ['end']);
  const settled = live();
  settled.drain(0);
  assert.deepEqual(kinds(settled.settled(1)), ['end']);
  closes(pending().drain(0), 'DRAIN');
  assert.deepEqual(live().settled(0), []);
});

test('closed: nothing but destruction after the grace', () => {
  const machine = live();
  closes(machine.close('SLOW', 50), 'SLOW');
  assert.deepEqual(machine.close('RATE', 51), []);
  assert.deepEqual(machine.opened(OP.SEND_MSG, 1, 60), []);
  assert.deepEqual(machine.tick(50 + LIMITS.closeGraceMs - 1), []);
  assert.deepEqual(kinds(machine.tick(50 + LIMITS.closeGraceMs)), ['destroy']);
});

test('any events: confirm comes at most once and never from a closed session', () => {
  const event = fc.record({
    what: fc.constantFrom('clear', 'auth', 'refused', 'opened', 'inner', 'tick', 'drain', 'settled', 'close'),
    operation: fc.constantFrom(0, 1, 2, 4, 6, 7, 8, 9, 100, 102, 4242),
    sequence: fc.nat(2),
    wait: fc.nat(4_000),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      const machine = new SessionMachine(LIMITS, 0);
      let now = 0;
      let confirmed = 0;
      for (const { what, operation, sequence, wait } of events) {
        now += wait;
        const before = machine.kind;
        const clear = before === 'connecting' || before === 'authenticating' || before === 'closed';
        const effects =
          what === 'clear' && clear
            ? machine.clearFrame(operation, sequence, now)
            : what === 'auth' || what === 'refused'
              ? machine.authenticated(what === 'auth', now)
              : what === 'opened' && !clear
                ? machine.opened(operation, sequence, now)
                : what === 'inner' && !clear
                  ? machine.unwrapped(operation, sequence, now)
                  : what === 'tick'
                    ? machine.tick(now)
                    : what === 'drain'
                      ? machine.drain(now)
                      : what === 'settled'
                        ? machine.settled(now)
                        : what === 'close'
                          ? machine.close('RATE', now)
                          : [];
        confirmed += effects.filter((effect) => effect.kind === 'confirm').length;
        if (before === 'closed') assert.ok(effects.every((effect) => effect.kind === 'destroy'));
        if (machine.isLive) assert.equal(confirmed, 1);
      }
      assert.ok(confirmed <= 1);
    }),
    { numRuns: 300 },
  );
});
