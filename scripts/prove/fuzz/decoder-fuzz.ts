/**
 * Bytes into everything that decodes, in this process: frame cutters, bodies of commands, records, the fold that
 * decides about them, the session machine. Whatever comes in, a value comes out, or an error of the documented kind.
 */
import assert from 'node:assert/strict';
import { decodeAck } from '../../../clients/sdk/commands.ts';
import { FrameReader } from '../../../clients/sdk/frame-reader.ts';
import { decodePush } from '../../../clients/sdk/rows.ts';
import { parseCommand } from '../../../gateways/gate/commands.ts';
import { SessionMachine } from '../../../gateways/session/session-machine.ts';
import { SeededRandom } from '../../../infra/random/seeded-random.ts';
import { PartitionFold } from '../../../processors/fan-out/fold.ts';
import { PartitionState } from '../../../processors/fan-out/partition-state.ts';
import { decodeAuthRet, decodeClientInfo } from '../../../schemas/channel/auth-bodies.ts';
import { isBubbleError } from '../../../schemas/errors.ts';
import { makeCodecs } from '../../../schemas/events/codecs.ts';
import { COMMAND } from '../../../schemas/events/inbound.ts';
import { readInbox } from '../../../schemas/events/inbox-view.ts';
import { DEFAULT_LIMITS } from '../../../schemas/limits.ts';
import { EVENTS } from '../../../schemas/topics.ts';
import { FrameSplitter, wholeFrame } from '../../../schemas/wire/frames.ts';
import { OP } from '../../../schemas/wire/operations.ts';
import { pushBody, requests } from './corpus.ts';
import { deepGroups, deepProtobuf, frameOf, lyingFrame, mutate } from './mutations.ts';

const PRINCIPAL = { tenant: 'main', user: 'ada', device: 'phone', deviceType: '', generation: 0 };
const GROUP = '#abcdefghijklmnop';
const SAMPLES = requests('bob', GROUP);
const PUSH = pushBody();

/** Errors a client's decoder may throw: protobufjs throws plain errors, int64 a RangeError. */
const tolerated = (decode: () => unknown): void => {
  try {
    decode();
  } catch (error) {
    assert(error instanceof Error && !(error instanceof assert.AssertionError), String(error));
    assert(!/Maximum call stack|out of memory/i.test(error.message), error.message);
  }
};

let schemaIds = 0;
const CODECS = makeCodecs(() => {
  schemaIds += 1;
  return schemaIds;
});

/** A body: as it was, mutated, or of somebody else's making. */
const bodyOf = (random: SeededRandom): { operation: number; body: Buffer } => {
  const sample = SAMPLES[random.below(SAMPLES.length)]!;
  const dice = random.below(20);
  if (dice === 0) return { operation: sample.operation, body: Buffer.from(random.bytes(random.below(300))) };
  if (dice === 1) {
    const field = 1 + random.below(15);
    const depth = 1 + random.below(2_000);
    return {
      operation: sample.operation,
      body: random.oneIn(2) ? deepProtobuf(depth, field) : deepGroups(depth, field),
    };
  }
  return { operation: sample.operation, body: mutate(random, sample.body) };
};

const commands = (random: SeededRandom): void => {
  const { operation, body } = bodyOf(random);
  if (operation === OP.HEARTBEAT || operation === OP.SYNC || operation === OP.UNREAD) return;
  const parsed = parseCommand(operation, body, PRINCIPAL, DEFAULT_LIMITS);
  assert(parsed.ok ? parsed.clientMsgId > 0n : parsed.error.length > 0);
};

const clientDecoders = (random: SeededRandom): void => {
  const body = random.oneIn(30) ? deepProtobuf(1 + random.below(2_000), 1) : mutate(random, PUSH);
  tolerated(() => decodePush(body));
  tolerated(() => decodeAck(body));
  decodeClientInfo(body);
  decodeAuthRet(body);
};

/** Inbound records as a broken or hostile producer might have written them, into the fold. */
class Fold {
  readonly #fold: PartitionFold;
  #offset = 0;

  constructor() {
    const state = new PartitionState(DEFAULT_LIMITS, { epoch: 1, inboxPartitions: 2 }, false);
    this.#fold = new PartitionFold({ state, source: 0, codecs: CODECS, limits: DEFAULT_LIMITS });
  }

  apply(random: SeededRandom): void {
    const { body } = bodyOf(random);
    const whole = CODECS.inbound.encode({
      tenant: 'main',
      conversation: random.oneIn(2) ? 'd/ada/bob' : `g/${GROUP}`,
      kind: random.oneIn(4) ? random.below(20) : COMMAND.MESSAGE,
      sender: random.oneIn(8) ? '' : 'ada',
      device: 'phone',
      generation: 0,
      clientMsgId: BigInt(random.next()) * BigInt(random.next()),
      to: 'bob',
      body,
      bodyKey: null,
      gateTime: random.next(),
      slot: random.below(3) - 1,
      slotEpoch: 1,
      connection: random.next(),
      request: random.next(),
    });
    const value = random.oneIn(3) ? mutate(random, whole) : whole;
    try {
      assert.equal(this.#fold.apply(this.#offset, this.#offset, value, true), null);
      this.#offset += 1;
      for (const { topic, record } of this.#fold.takeOutputs()) {
        const value = record.value!;
        if (topic === EVENTS) assert(CODECS.publicEvent.decode(value) !== null);
        else assert(readInbox(CODECS.inbox, value) !== null);
      }
    } catch (error) {
      // A foreign schema id stops the partition with an alarm, and so do facts of rules it does not know.
      if (!isBubbleError(error, 'UNKNOWN_SCHEMA') && !isBubbleError(error, 'UNKNOWN_RULES')) throw error;
    }
    tolerated(() => readInbox(CODECS.inbox, mutate(random, whole)));
    tolerated(() => CODECS.push.decode(mutate(random, whole)));
  }
}

/** A stream of whole frames, cut anywhere, gives the same frames; lies and rubbish give faults. */
const frames = (random: SeededRandom): void => {
  const bodies = Array.from({ length: 1 + random.below(5) }, () => random.bytes(random.below(200)));
  const stream = Buffer.concat(bodies.map((body, index) => frameOf(OP.SEND_MSG, index + 1, body)));
  const splitter = new FrameSplitter();
  const reader = new FrameReader(false, 4_096);
  const seen: number[] = [];
  const read: number[] = [];
  for (let at = 0; at < stream.length; ) {
    const end = Math.min(stream.length, at + 1 + random.below(random.oneIn(2) ? 3 : 64));
    const chunk = Buffer.from(stream.subarray(at, end));
    splitter.feed(chunk);
    for (let frame = splitter.next(4_096); frame !== null; frame = splitter.next(4_096)) {
      assert(typeof frame !== 'string', String(frame));
      assert(Buffer.from(frame.body).equals(Buffer.from(bodies[seen.length]!)));
      seen.push(frame.header.sequence);
    }
    assert.equal(
      reader.feed(chunk, (header) => read.push(header.sequence)),
      null,
    );
    at = end;
  }
  assert.equal(seen.length, bodies.length);
  assert.deepEqual(read, seen);
  const lie = random.oneIn(2) ? lyingFrame(random, OP.SEND_MSG, random.bytes(40)) : mutate(random, stream);
  wholeFrame(lie, 4_096);
  const liar = new FrameSplitter();
  liar.feed(lie);
  for (let times = 0; times < 50; times += 1) {
    const frame = liar.next(4_096);
    if (frame === null || typeof frame === 'string') break;
  }
  new FrameReader(random.oneIn(2), 4_096).feed(lie, () => {});
};

const ALL_OPERATIONS = [...Object.values(OP), 1, 3, 5, 8, 10, 11, 500, 1_000, 0xffff_ffff];

/** Any order of events: invariants 2 and 3 of the machine, and that it answers. */
const machine = (random: SeededRandom): void => {
  const limits = DEFAULT_LIMITS;
  let now = 0;
  const session = new SessionMachine(limits, now);
  let confirmed = 0;
  let wasClosed = false;
  for (let step = 0; step < 12; step += 1) {
    now += random.below(3_000);
    const operation = random.oneIn(3) ? OP.AUTH : ALL_OPERATIONS[random.below(ALL_OPERATIONS.length)]!;
    const isClear = session.kind === 'connecting' || session.kind === 'authenticating';
    const sequence = random.below(3);
    const dice = random.below(12);
    const effects =
      dice < 7
        ? isClear
          ? session.clearFrame(operation, sequence, now)
          : session.opened(operation, sequence, now)
        : dice === 7
          ? session.tick(now)
          : dice === 8
            ? session.drain(now)
            : dice === 9
              ? session.unwrapped(operation, sequence, now)
              : session.authenticated(random.below(4) > 0, now);
    for (const { kind } of effects) {
      if (kind === 'confirm') confirmed += 1;
      assert(!wasClosed || kind === 'destroy', `${kind} after the end`);
    }
    wasClosed = session.kind === 'closed';
  }
  assert(confirmed <= 1, 'confirmed twice');
};

export interface DecoderFuzzResult {
  readonly inputs: number;
  readonly crashes: readonly string[];
}

const MOST_CRASHES = 10;

/** @param frames inputs, over all kinds */
export const fuzzDecoders = (inputs: number, seed: number): DecoderFuzzResult => {
  const crashes: string[] = [];
  let fold = new Fold();
  const kinds: [string, (random: SeededRandom) => void][] = [
    ['frames', frames],
    ['commands', commands],
    ['client decoders', clientDecoders],
    ['fold', (random) => fold.apply(random)],
    ['session machine', machine],
  ];
  for (let input = 0; input < inputs && crashes.length < MOST_CRASHES; input += 1) {
    const [name, feed] = kinds[input % kinds.length]!;
    try {
      feed(new SeededRandom(seed * 2 ** 24 + input));
    } catch (error) {
      crashes.push(
        `${name}, input ${input} of seed ${seed}: ${error instanceof Error ? error.stack : String(error)}`,
      );
      fold = new Fold();
    }
  }
  return { inputs, crashes };
};
