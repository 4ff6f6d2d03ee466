/** One device of a simulation: the real SDK in a simulated process, its outbox and state on a disk that survives it. */
import { BubbleClient } from '../../../clients/sdk/client.ts';
import { nodeCryptoPort } from '../../../clients/sdk/crypto/node-crypto-port.ts';
import { Manifests, type TrustAnchors } from '../../../clients/sdk/manifests.ts';
import { MemoryOutbox } from '../../../clients/sdk/outbox-storage.ts';
import type { Row } from '../../../clients/sdk/rows.ts';
import { MemoryState } from '../../../clients/sdk/state-storage.ts';
import type { SeededRandom } from '../../../infra/random/seeded-random.ts';
import { isBubbleError } from '../../../schemas/errors.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import type { HistoryEvent } from '../checker/history.ts';
import { FrameRecorder } from '../recording/frame-recorder.ts';
import { recordingCrypto } from '../recording/recording-crypto.ts';
import { sdkLimits } from './plan.ts';
import { TENANT, tokenOf } from './sim-authentication.ts';
import type { SimNetwork } from './sim-network.ts';
import { SimProcess } from './sim-process.ts';

export interface DeviceWorld {
  readonly clock: Clock;
  readonly network: SimNetwork;
  readonly random: SeededRandom;
  readonly trust: TrustAnchors;
  readonly users: readonly string[];
  /** Ids of the groups that exist so far. */
  readonly groups: string[];
  readonly emit: (event: HistoryEvent) => void;
  /** A fault of the client that no protocol allows: a repeated nonce, an error that is not one of ours. */
  readonly problem: (text: string) => void;
}

const RECENT_ROWS = 16;
/** A device that has so many commands under way waits. */
const UNANSWERED_MAX = 6;

export class SimDevice {
  readonly user: string;
  readonly name: string;
  readonly #device: string;
  readonly #world: DeviceWorld;
  readonly #random: SeededRandom;
  readonly #recorder: FrameRecorder;
  readonly #outbox = new MemoryOutbox();
  readonly #state = new MemoryState();
  readonly #recent: Row[] = [];
  #process: SimProcess;
  #client: BubbleClient;
  #lives = 0;
  #counter = 0;

  constructor(world: DeviceWorld, user: string, device: string) {
    this.#world = world;
    this.user = user;
    this.#device = device;
    this.#random = world.random.fork();
    this.#recorder = new FrameRecorder({ tenant: TENANT, user, device, emit: world.emit });
    this.name = this.#recorder.name;
    this.#process = new SimProcess(this.name, world.clock);
    this.#client = this.#makeClient();
  }

  get client(): BubbleClient {
    return this.#client;
  }

  get isAlive(): boolean {
    return this.#process.state !== 'dead';
  }

  #makeClient(): BubbleClient {
    const { network, trust, problem } = this.#world;
    const process = this.#process;
    const random = this.#random.fork();
    const plain = nodeCryptoPort((length) => random.bytes(length));
    // Frames of a life that has ended do not belong to the history.
    const isCurrent = (): boolean => this.#process === process && process.state !== 'dead';
    const crypto = recordingCrypto(plain, {
      sent: (operation, sequence, body) => {
        if (isCurrent()) this.#recorder.sent(operation, sequence, body);
      },
      received: (operation, sequence, body) => {
        if (isCurrent()) this.#recorder.received(operation, sequence, body);
      },
      nonceRepeated: (direction) => problem(`${this.name}: a nonce was used twice (${direction})`),
    });
    return new BubbleClient({
      user: this.user,
      device: { clientVersion: 1, deviceId: this.#device },
      token: () => tokenOf(this.user),
      transport: {
        connect: async (handler, signal) => (await network.connect(process, handler, signal)).connection,
      },
      crypto,
      clock: process,
      random,
      manifests: new Manifests(plain, trust),
      limits: sdkLimits,
      outbox: this.#outbox,
      state: this.#state,
    });
  }

  async start(): Promise<void> {
    const { emit } = this.#world;
    const device = this.name;
    const stored = await this.#state.load();
    const completeTo = stored?.completeTo ?? 0;
    emit({ type: this.#lives === 0 ? 'opened' : 'restarted', device, completeTo });
    this.#lives += 1;
    const client = this.#client;
    client.on('row', (row) => {
      emit({ type: 'shown', device, seq: row.seq });
      if (row.kind === 'message') this.#remember(row);
      if (row.membership?.change === 'created' && !this.#world.groups.includes(row.conversation)) {
        this.#world.groups.push(row.conversation);
      }
    });
    client.on('complete', (to) => emit({ type: 'claimed', device, completeTo: to }));
    client.on('state', (phase) => {
      if (phase.kind === 'online') this.#recorder.sessionBegins();
    });
    await client.start();
  }

  #remember(row: Row): void {
    if (this.#recent.length >= RECENT_ROWS) this.#recent.shift();
    this.#recent.push(row);
  }

  /** The process dies; what it has stored stays. */
  kill(): void {
    this.#process.kill();
  }

  async revive(): Promise<void> {
    if (this.isAlive) return;
    this.#process = new SimProcess(this.name, this.#world.clock);
    this.#client = this.#makeClient();
    await this.start();
  }

  /** Gives one command to the SDK. @returns false where the device has enough to do */
  act(): boolean {
    if (!this.isAlive || this.#client.unanswered >= UNANSWERED_MAX) return false;
    this.#command().catch((error: unknown) => {
      if (!isBubbleError(error) && this.isAlive) this.#world.problem(`${this.name}: ${String(error)}`);
    });
    return true;
  }

  async createGroup(users: readonly string[]): Promise<void> {
    const outcome = await this.#client.createGroup('group', users);
    if (outcome.kind === 'accepted' && !this.#world.groups.includes(outcome.to)) {
      this.#world.groups.push(outcome.to);
    }
  }

  #pick<T>(items: readonly T[]): T | undefined {
    return items.length === 0 ? undefined : items[this.#random.below(items.length)];
  }

  async #command(): Promise<void> {
    const random = this.#random;
    const client = this.#client;
    const dice = random.below(100);
    const group = this.#pick(this.#world.groups);
    const recent = this.#pick(this.#recent);
    const other = this.#pick(this.#world.users) ?? this.user;
    // A receipt to oneself cannot be told from read-all by its row: it is left out.
    const readable = recent !== undefined && recent.conversation !== this.user;
    if (dice < 6 && readable) await client.read(recent.conversation, recent.convSeq);
    else if (dice < 8) await client.readAll();
    else if (dice < 12 && recent !== undefined) await client.recall(recent);
    else if (dice < 15 && group !== undefined) await client.joinGroup(group);
    else if (dice < 17 && group !== undefined) await client.leaveGroup(group);
    else if (dice < 19 && group !== undefined) await client.invite(group, [other]);
    else if (dice < 20 && group !== undefined) await client.kick(group, [other]);
    else if (dice < 22) await client.conversationList();
    else if (dice < 45 && group !== undefined) await client.send(group, this.#text());
    else await client.send(this.#peer(other), this.#text());
  }

  /** Mostly the same one, so that some conversations are busy. */
  #peer(other: string): string {
    const { users } = this.#world;
    const favourite = users[(users.indexOf(this.user) + 1) % users.length] ?? other;
    return this.#random.below(3) === 0 ? other : favourite;
  }

  #text(): string {
    this.#counter += 1;
    const text = `${this.name} ${this.#lives}.${this.#counter}`;
    return this.#random.oneIn(12) ? text.padEnd(700, '.') : text;
  }

  finished(): void {
    this.#world.emit({ type: 'finished', device: this.name, completeTo: this.#client.completeTo });
  }
}
