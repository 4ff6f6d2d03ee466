/**
 * Connections full of rubbish against a real server, beside two well-behaved clients who must not notice.
 *
 * A connection does one of: bytes of no form, a valid frame cut at some byte, lying lengths, a handshake that goes
 * wrong at some step, or a whole login and then mutated bodies under valid seals, or broken seals.
 */
import { connect, type Socket } from 'node:net';
import { BubbleClient } from '../../../clients/sdk/client.ts';
import { nodeCryptoPort } from '../../../clients/sdk/crypto/node-crypto-port.ts';
import { manifestRequest } from '../../../clients/sdk/handshake.ts';
import { Manifests } from '../../../clients/sdk/manifests.ts';
import { connectTcp } from '../../../clients/sdk/node/tcp-transport.ts';
import { type ClientFile, readTrust } from '../../../clients/sdk/node/trust.ts';
import { connectWebSocket } from '../../../clients/sdk/node/websocket-transport.ts';
import type { ClientSession } from '../../../clients/sdk/session.ts';
import { openSession } from '../../../clients/sdk/session-opening.ts';
import { systemClock } from '../../../infra/clock/system-clock.ts';
import { type OwnKeys, openOwnKeys } from '../../../infra/identity/own-keys.ts';
import { SeededRandom } from '../../../infra/random/seeded-random.ts';
import { DEFAULT_SDK_LIMITS } from '../../../schemas/limits.ts';
import { OP } from '../../../schemas/wire/operations.ts';
import { requests } from './corpus.ts';
import { deepGroups, deepProtobuf, frameOf, lyingFrame, mutate } from './mutations.ts';

const TENANT = 'main';
const AT_ONCE = 32;
const LINGER_MS = 20;
const REPLY_WITHIN_MS = 500;
const FRAMES_PER_SESSION = 20;

export interface SocketFuzzResult {
  readonly connections: number;
  readonly sealedFrames: number;
  /** Messages that the two well-behaved clients exchanged meanwhile. */
  readonly exchanged: number;
  /** What the well-behaved clients noticed. */
  readonly harms: readonly string[];
}

export interface SocketFuzzOptions {
  readonly clientFile: string;
  readonly dataFolder: string;
  readonly connections: number;
  readonly seed: number;
  readonly progress: (done: number) => void;
}

class SocketFuzz {
  readonly #options: SocketFuzzOptions;
  readonly #file: ClientFile;
  readonly #keys: OwnKeys;
  readonly #manifests: Manifests;
  sealedFrames = 0;

  constructor(options: SocketFuzzOptions, file: ClientFile, keys: OwnKeys) {
    this.#options = options;
    this.#file = file;
    this.#keys = keys;
    this.#manifests = new Manifests(nodeCryptoPort(), file.trust);
  }

  token(user: string): Promise<string> {
    return this.#keys.issue({ tenant: TENANT, user, ttlSec: 86_400 });
  }

  async one(number: number): Promise<void> {
    const random = new SeededRandom(this.#options.seed * 2 ** 24 + number);
    const dice = random.below(10);
    if (dice < 4) await this.#raw(random, [random.bytes(1 + random.below(2_000))]);
    else if (dice === 4) await this.#raw(random, this.#cutFrames(random));
    else if (dice === 5) await this.#raw(random, [lyingFrame(random, random.below(20), random.bytes(100))]);
    else if (dice < 8) await this.#raw(random, this.#brokenHandshake(random));
    else await this.#session(random, number);
  }

  /** A valid frame, cut at one byte, and whatever follows. */
  #cutFrames(random: SeededRandom): Uint8Array[] {
    const frame = random.oneIn(2) ? manifestRequest(1) : frameOf(OP.AUTH, 1, random.bytes(500));
    const at = random.below(frame.length);
    return random.oneIn(2) ? [frame.subarray(0, at)] : [frame.subarray(0, at), frame.subarray(at)];
  }

  #brokenHandshake(random: SeededRandom): Uint8Array[] {
    const auth = frameOf(OP.AUTH, 1 + random.below(3), mutate(random, random.bytes(200 + random.below(600))));
    const deep = frameOf(OP.AUTH, 1, deepProtobuf(600, 1 + random.below(4)));
    const frames: Uint8Array[] = random.oneIn(2)
      ? [manifestRequest(1), auth]
      : [random.oneIn(3) ? deep : auth];
    if (random.oneIn(3)) frames.push(frameOf(random.below(20), 2, random.bytes(30)));
    return frames;
  }

  async #raw(random: SeededRandom, chunks: readonly Uint8Array[]): Promise<void> {
    const { hostname, port } = new URL(random.oneIn(4) ? this.#file.websocket : `tcp://${this.#file.tcp}`);
    await new Promise<void>((resolve) => {
      const socket: Socket = connect({ host: hostname, port: Number(port) });
      socket.on('error', () => {});
      socket.once('close', () => resolve());
      socket.resume();
      socket.once('connect', () => {
        for (const chunk of chunks) socket.write(chunk);
        setTimeout(() => (random.oneIn(2) ? socket.destroy() : socket.end()), random.below(LINGER_MS));
        setTimeout(() => socket.destroy(), 4 * LINGER_MS);
      });
    });
  }

  /** A whole login; then bodies gone wrong, sealed as they should be. */
  async #session(random: SeededRandom, number: number): Promise<void> {
    const user = `fuzz${number % 50}`;
    const opening = await openSession({
      transport: random.oneIn(2) ? connectTcp(this.#file.tcp) : connectWebSocket(this.#file.websocket),
      crypto: nodeCryptoPort(),
      clock: systemClock,
      limits: DEFAULT_SDK_LIMITS,
      manifests: this.#manifests,
      device: { clientVersion: 1, deviceId: `device${random.below(4)}` },
      ticket: null,
      credentials: { user, token: await this.token(user) },
      clockOffsetMs: 0,
      suites: [2],
      hooks: {},
    });
    if (opening.kind !== 'open') return;
    const { session } = opening;
    const samples = requests('fuzz0', '#abcdefghijklmnop');
    const replies: Promise<void>[] = [];
    for (let frame = 0; frame < FRAMES_PER_SESSION && session.isOpen; frame += 1) {
      const sample = samples[random.below(samples.length)]!;
      const operation = random.oneIn(6) ? random.below(400) : sample.operation;
      replies.push(this.#request(session, operation, bodyOf(random, sample.body)));
      this.sealedFrames += 1;
    }
    await Promise.race([Promise.all(replies), delay(REPLY_WITHIN_MS)]);
    session.close();
  }

  #request(session: ClientSession, operation: number, body: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      session.request(operation, body, () => resolve());
    });
  }
}

const delay = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });

const bodyOf = (random: SeededRandom, body: Uint8Array): Uint8Array => {
  const dice = random.below(12);
  if (dice === 0) return random.bytes(random.below(3_000));
  if (dice === 1) return deepProtobuf(random.below(1_500), 1 + random.below(15));
  if (dice === 2) return deepGroups(random.below(3_000), 1 + random.below(15));
  return mutate(random, body);
};

/** Two clients who write to one another all the time and look at what comes back. */
class Bystanders {
  readonly harms: string[] = [];
  exchanged = 0;
  readonly #clients: BubbleClient[] = [];
  #talking = true;
  #talk: Promise<void> = Promise.resolve();

  async start(file: ClientFile, tokenOf: (user: string) => Promise<string>): Promise<void> {
    for (const user of ['calm', 'quiet']) {
      const token = await tokenOf(user);
      const crypto = nodeCryptoPort();
      const client = new BubbleClient({
        user,
        device: { clientVersion: 1, deviceId: 'phone' },
        token: () => token,
        transport: user === 'calm' ? connectTcp(file.tcp) : connectWebSocket(file.websocket),
        crypto,
        clock: systemClock,
        random: new SeededRandom(1),
        manifests: new Manifests(crypto, file.trust),
        suites: [2],
      });
      let wasOnline = false;
      client.on('state', (phase) => {
        if (phase.kind === 'online') wasOnline = true;
        else if (wasOnline && this.#talking)
          this.harms.push(`${user} lost its connection: ${JSON.stringify(phase)}`);
      });
      this.#clients.push(client);
      await client.start();
    }
    this.#talk = this.#talkOn();
  }

  async #talkOn(): Promise<void> {
    const [calm, quiet] = this.#clients;
    let received = 0;
    quiet?.on('row', () => {
      received += 1;
    });
    while (this.#talking) {
      const outcome = await calm!.send('quiet', `number ${this.exchanged}`);
      if (outcome.kind !== 'accepted') this.harms.push(`a message was ${outcome.kind}`);
      this.exchanged += 1;
      await delay(2);
    }
    for (let wait = 0; wait < 100 && received < this.exchanged; wait += 1) await delay(20);
    if (received !== this.exchanged) this.harms.push(`${this.exchanged} sent, ${received} received`);
  }

  async stop(): Promise<void> {
    this.#talking = false;
    await this.#talk;
    for (const client of this.#clients) await client.stop();
  }
}

export const fuzzSockets = async (options: SocketFuzzOptions): Promise<SocketFuzzResult> => {
  const file = readTrust(options.clientFile);
  const keys = await openOwnKeys({ folder: options.dataFolder, clock: systemClock });
  const fuzz = new SocketFuzz(options, file, keys);
  const bystanders = new Bystanders();
  await bystanders.start(file, (user) => fuzz.token(user));
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < options.connections) {
      next += 1;
      // A connection that the server refuses or resets is what fuzzing is for.
      await fuzz.one(next).catch(() => {});
      if (next % 1_000 === 0) options.progress(next);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, options.connections) }, work));
  await bystanders.stop();
  const { harms, exchanged } = bystanders;
  return { connections: options.connections, sealedFrames: fuzz.sealedFrames, exchanged, harms };
};
