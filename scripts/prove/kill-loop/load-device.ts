/** One device under load: the real SDK over real sockets, its frames recorded, its sends one after another. */
import { BubbleClient } from '../../../clients/sdk/client.ts';
import { nodeCryptoPort } from '../../../clients/sdk/crypto/node-crypto-port.ts';
import { Manifests, type TrustAnchors } from '../../../clients/sdk/manifests.ts';
import type { Outcome } from '../../../clients/sdk/outbox.ts';
import type { Row } from '../../../clients/sdk/rows.ts';
import type { GateTransport } from '../../../clients/sdk/transport.ts';
import { systemClock } from '../../../infra/clock/system-clock.ts';
import type { SeededRandom } from '../../../infra/random/seeded-random.ts';
import { isBubbleError } from '../../../schemas/errors.ts';
import type { SdkLimits } from '../../../schemas/limits.ts';
import type { HistoryEvent } from '../checker/history.ts';
import { FrameRecorder } from '../recording/frame-recorder.ts';
import { recordingCrypto } from '../recording/recording-crypto.ts';
import { unreliableTransport } from './unreliable-transport.ts';

/** Impatient, so that a server that is back is used at once. */
const LIMITS: Partial<SdkLimits> = {
  connectDeadlineMs: 5_000,
  backoffBaseMs: 40,
  backoffMaxMs: 400,
  stableSessionMs: 500,
  resendMs: 3_000,
  retryLaterBaseMs: 40,
  retryLaterMaxMs: 500,
  pullRetryBaseMs: 100,
  pullRetryMaxMs: 1_000,
};

export interface LoadDeviceOptions {
  readonly tenant: string;
  readonly user: string;
  readonly device: string;
  readonly token: string;
  readonly trust: TrustAnchors;
  /** Of each gate. */
  readonly transports: readonly GateTransport[];
  readonly random: SeededRandom;
  readonly cutAfterMs: () => number;
  readonly emit: (event: HistoryEvent) => void;
  /** Resolves when the next send may go. */
  readonly turn: () => Promise<void>;
  /** Whom to write to next. */
  readonly target: (random: SeededRandom, user: string) => Target;
}

export type Target =
  | { readonly kind: 'message'; readonly to: string }
  | { readonly kind: 'join'; readonly group: string }
  | { readonly kind: 'leave'; readonly group: string };

const RECENT_ROWS = 32;

export class LoadDevice {
  readonly client: BubbleClient;
  readonly user: string;
  readonly #options: LoadDeviceOptions;
  readonly #recorder: FrameRecorder;
  readonly #name: string;
  readonly #recent: Row[] = [];
  #counter = 0;
  #sending = false;
  #isOnline = false;
  #wasCutOnPurpose = false;
  #cutUnanswered = 0;

  constructor(options: LoadDeviceOptions) {
    const { tenant, user, device, emit, trust, token, random } = options;
    this.#options = options;
    this.user = user;
    this.#recorder = new FrameRecorder({ tenant, user, device, emit });
    this.#name = this.#recorder.name;
    const plain = nodeCryptoPort();
    const crypto = recordingCrypto(plain, this.#recorder);
    this.client = new BubbleClient({
      user,
      device: { clientVersion: 1, deviceId: device },
      token: () => token,
      transport: options.transports.map((inner) => ({
        address: inner.address,
        ...unreliableTransport({
          inner,
          clock: systemClock,
          random,
          cutAfterMs: options.cutAfterMs,
          onCut: () => {
            this.#wasCutOnPurpose = true;
          },
        }),
      })),
      crypto,
      clock: systemClock,
      random,
      manifests: new Manifests(plain, trust),
      suites: [2],
      limits: LIMITS,
    });
    this.#listen();
  }

  #listen(): void {
    const { emit } = this.#options;
    const device = this.#name;
    this.client.on('row', (row) => {
      emit({ type: 'shown', device, seq: row.seq });
      if (row.kind === 'message') this.#remember(row);
    });
    this.client.on('complete', (completeTo) => emit({ type: 'claimed', device, completeTo }));
    this.client.on('state', (phase) => {
      if (phase.kind === 'online') {
        this.#isOnline = true;
        this.#wasCutOnPurpose = false;
        emit({ type: 'opened', device, completeTo: this.client.completeTo });
      } else if (this.#isOnline) {
        this.#isOnline = false;
        if (!this.#wasCutOnPurpose) this.#cutUnanswered += this.#recorder.unanswered;
        this.#recorder.sessionBegins();
        emit({ type: 'closed', device });
      }
    });
  }

  #remember(row: Row): void {
    if (this.#recent.length >= RECENT_ROWS) this.#recent.shift();
    this.#recent.push(row);
  }

  get unanswered(): number {
    return this.#recorder.unanswered;
  }

  get answered(): number {
    return this.#recorder.answers;
  }

  /** Sends that were unanswered when connections ended that nobody cut on purpose. Counts anew from here. */
  takeCut(): number {
    const count = this.#cutUnanswered;
    this.#cutUnanswered = 0;
    return count;
  }

  async start(): Promise<void> {
    this.#options.emit({ type: 'opened', device: this.#name, completeTo: 0 });
    await this.client.start();
  }

  /** Keeps this many commands on their way until `quiet`. */
  load(atOnce: number): void {
    this.#sending = true;
    for (let index = 0; index < atOnce; index += 1) void this.#sendOneAfterAnother();
  }

  quiet(): void {
    this.#sending = false;
  }

  async #sendOneAfterAnother(): Promise<void> {
    while (this.#sending) {
      await this.#options.turn();
      if (!this.#sending) return;
      try {
        await this.#sendOne();
      } catch (error) {
        if (isBubbleError(error, 'REFUSED')) return; // stopped
        throw error;
      }
    }
  }

  #sendOne(): Promise<Outcome> {
    const { random, user, target } = this.#options;
    const recent = this.#recent.at(random.below(RECENT_ROWS));
    if (recent !== undefined && random.oneIn(20))
      return this.client.read(recent.conversation, recent.convSeq);
    if (recent?.own === true && random.oneIn(4)) return this.client.recall(recent);
    const wanted = target(random, user);
    if (wanted.kind === 'join') return this.client.joinGroup(wanted.group);
    if (wanted.kind === 'leave') return this.client.leaveGroup(wanted.group);
    this.#counter += 1;
    return this.client.send(wanted.to, `${this.#name} says ${this.#counter}`);
  }

  finished(): void {
    this.#options.emit({ type: 'finished', device: this.#name, completeTo: this.client.completeTo });
  }
}
