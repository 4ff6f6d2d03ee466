/**
 * A device of the rolling proof: the real SDK with its default limits over real sockets, its frames recorded. It sends
 * one message after another, with a pause between, as a lively person does. Its connection may be cut, as the networks of
 * phones do it.
 */
import { BubbleClient } from '../../../clients/sdk/client.ts';
import { nodeCryptoPort } from '../../../clients/sdk/crypto/node-crypto-port.ts';
import { Manifests } from '../../../clients/sdk/manifests.ts';
import { gatesInFile } from '../../../clients/sdk/node/connect-node.ts';
import { readTrust } from '../../../clients/sdk/node/trust.ts';
import type { Outcome } from '../../../clients/sdk/outbox.ts';
import type { GateTransport } from '../../../clients/sdk/transport.ts';
import { systemClock } from '../../../infra/clock/system-clock.ts';
import type { SeededRandom } from '../../../infra/random/seeded-random.ts';
import { isBubbleError } from '../../../schemas/errors.ts';
import type { Connection } from '../../../schemas/ports/connection.ts';
import type { HistoryEvent } from '../checker/history.ts';
import { FrameRecorder } from '../recording/frame-recorder.ts';
import { recordingCrypto } from '../recording/recording-crypto.ts';
import type { DeviceWatch, ServiceWatch } from './service-watch.ts';

export interface RollingDeviceOptions {
  readonly tenant: string;
  readonly user: string;
  readonly device: string;
  readonly token: string;
  /** Read at each attempt to connect: so a device learns of a new gate. */
  readonly clientFile: string;
  readonly prefers: 'tcp' | 'websocket';
  readonly random: SeededRandom;
  /** Between an answer and the next send, on average, ms. */
  readonly pauseMs: number;
  readonly watch: ServiceWatch;
  readonly emit: (event: HistoryEvent) => void;
  /** Whom to write to next. */
  readonly target: (random: SeededRandom) => string;
}

export class RollingDevice {
  readonly user: string;
  readonly client: BubbleClient;
  readonly #options: RollingDeviceOptions;
  readonly #watch: DeviceWatch;
  readonly #recorder: FrameRecorder;
  #connection: Connection | null = null;
  #counter = 0;
  #newest = 0;
  #pausing: { readonly timer: NodeJS.Timeout; readonly over: () => void } | null = null;
  /** Null: it sends nothing. */
  #sending: Promise<void> | null = null;
  #goesOn = false;

  constructor(options: RollingDeviceOptions) {
    const { tenant, user, device, watch } = options;
    this.#options = options;
    this.user = user;
    this.#recorder = new FrameRecorder({ tenant, user, device, emit: (event) => this.#seen(event) });
    this.#watch = watch.device(this.#recorder.name);
    this.client = this.#make();
  }

  /** The highest version among its own messages. */
  get newestSeq(): number {
    return this.#newest;
  }

  #make(): BubbleClient {
    const { user, device, token, clientFile, prefers, random } = this.#options;
    const { trust } = readTrust(clientFile);
    const gates = gatesInFile(clientFile, prefers);
    const plain = nodeCryptoPort();
    const client = new BubbleClient({
      user,
      device: { clientVersion: 1, deviceId: device },
      token: () => token,
      transport: async () => (await gates()).map((gate) => this.#remembering(gate)),
      crypto: recordingCrypto(plain, this.#recorder),
      clock: systemClock,
      random,
      manifests: new Manifests(plain, trust),
      suites: [2],
    });
    this.#listen(client);
    return client;
  }

  #remembering({ address, connect }: GateTransport): GateTransport {
    return {
      address,
      connect: async (handler, signal) => {
        const connection = await connect(handler, signal);
        this.#connection = connection;
        return connection;
      },
    };
  }

  #listen(client: BubbleClient): void {
    const { emit } = this.#options;
    const device = this.#recorder.name;
    let isOnline = false;
    client.on('row', ({ seq }) => emit({ type: 'shown', device, seq }));
    client.on('complete', (completeTo) => emit({ type: 'claimed', device, completeTo }));
    client.on('outcome', (outcome) => this.#settled(outcome));
    client.on('state', (phase) => {
      const { kind } = phase;
      if (kind === 'online') {
        isOnline = true;
        emit({ type: 'opened', device, completeTo: client.completeTo });
        this.#watch.online(`online at ${client.gate}`);
        return;
      }
      if (kind === 'stopped') this.#watch.away();
      else if (kind === 'waiting') this.#watch.offline(`waits ${phase.delayMs} ms: ${phase.reason}`);
      else this.#watch.offline(`${kind} to ${client.gate}`);
      if (!isOnline) return;
      isOnline = false;
      this.#recorder.sessionBegins();
      emit({ type: 'closed', device });
    });
  }

  #seen(event: HistoryEvent): void {
    this.#options.emit(event);
    if (event.type === 'answered') this.#watch.answered(event.ret);
  }

  #settled(outcome: Outcome): void {
    this.#watch.settled(outcome);
    if (outcome.kind === 'accepted') this.#newest = Math.max(this.#newest, outcome.seq);
  }

  async start(): Promise<void> {
    this.#options.emit({ type: 'opened', device: this.#recorder.name, completeTo: 0 });
    await this.client.start();
  }

  createGroup(title: string, members: readonly string[]): Promise<Outcome> {
    this.#watch.sent();
    return this.client.createGroup(title, members);
  }

  send(): void {
    if (this.#sending !== null) return;
    this.#goesOn = true;
    this.#sending = this.#sendOneAfterAnother();
  }

  /** Resolves when the last send has its outcome. */
  async quiet(): Promise<void> {
    this.#goesOn = false;
    if (this.#pausing !== null) {
      clearTimeout(this.#pausing.timer);
      this.#pausing.over();
    }
    await this.#sending;
    this.#sending = null;
  }

  /** Its network is gone for a moment. Resolves when it has a session again. */
  cut(): Promise<void> {
    return new Promise((resolve) => {
      const forget = this.client.on('state', ({ kind }) => {
        if (kind !== 'online') return;
        forget();
        resolve();
      });
      this.#connection?.destroy();
    });
  }

  async #sendOneAfterAnother(): Promise<void> {
    const { random, pauseMs, target } = this.#options;
    while (this.#goesOn) {
      await this.#pause(random.below(2 * pauseMs));
      if (!this.#goesOn) return;
      this.#counter += 1;
      this.#watch.sent();
      try {
        await this.client.send(target(random), `${this.#recorder.name} says ${this.#counter}`);
      } catch (error) {
        if (isBubbleError(error, 'REFUSED')) return; // stopped
        throw error;
      }
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const over = (): void => {
        this.#pausing = null;
        resolve();
      };
      this.#pausing = { timer: setTimeout(over, ms), over };
    });
  }

  finished(): void {
    const { completeTo } = this.client;
    this.#options.emit({ type: 'finished', device: this.#recorder.name, completeTo });
  }
}
