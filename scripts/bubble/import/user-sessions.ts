/**
 * The connections of an import: a user's is opened when it is needed and kept, up to a bound; the one that was not
 * used for longest goes first. Users who are off line keep none: theirs ends with their last outstanding command. The
 * session of a gate that goes away is opened anew at another gate, when it is needed again.
 */
import { nodeCryptoPort } from '../../../clients/sdk/crypto/node-crypto-port.ts';
import { moveAfterClose, moveAfterRefusal } from '../../../clients/sdk/gate-choice.ts';
import { Manifests, type TrustAnchors } from '../../../clients/sdk/manifests.ts';
import { nodeClock } from '../../../clients/sdk/node/node-ports.ts';
import type { ClientSession, SessionEnd } from '../../../clients/sdk/session.ts';
import { openSession, type SessionOpening } from '../../../clients/sdk/session-opening.ts';
import { BubbleError, closeNameOf, ERRORS } from '../../../schemas/errors.ts';
import { DEFAULT_SDK_LIMITS, type SdkLimits } from '../../../schemas/limits.ts';
import type { ImportGate, ImportGates } from './gates.ts';

export interface UserSessionOptions {
  readonly trust: TrustAnchors;
  readonly gates: ImportGates;
  readonly device: string;
  readonly tokenOf: (user: string) => Promise<string>;
  /** Open at a time, at most. */
  readonly connections: number;
  readonly keepsOpen: (user: string) => boolean;
  /** Told once, where the server slows the import down. */
  readonly hint: (sentence: string) => void;
}

interface Holder {
  readonly user: string;
  session: ClientSession | null;
  opening: Promise<ClientSession> | null;
  /** Users of the session at the moment. */
  uses: number;
}

const OPENING_AT_ONCE = 32;
/** A gate whose machine is gone does not even refuse: with others at hand it is not waited for as long. */
const GATE_DEADLINE_MS = 5_000;

/** Lets so many in at a time, in the order of asking. */
export class Turnstile {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async enter(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}

/** Whether the end says that the gate has gone, or wants nobody. */
const sendsAway = (end: SessionEnd): boolean =>
  end.kind === 'disconnected' ? moveAfterClose(end.code) === 'next' : end.kind !== 'closed';

type Failed = Exclude<SessionOpening, { kind: 'open' }>;

const isOfTheGate = (opening: Failed): boolean => {
  switch (opening.kind) {
    case 'refused':
      return moveAfterRefusal(opening.error, opening.sealed) === 'next';
    case 'disconnected':
      return moveAfterClose(opening.code) === 'next';
    case 'manifest-refused':
      return true;
    case 'needs-token':
      return false;
  }
};

/** Another attempt, perhaps at another gate, may go better. */
const isRetryable = (opening: Failed): boolean =>
  opening.kind === 'refused'
    ? ['reconnect', 'retry-same-id'].includes(ERRORS[opening.error].advice)
    : opening.kind === 'disconnected' ||
      (opening.kind === 'manifest-refused' && opening.fault === 'older-serial');

const isTooFast = (opening: Failed): boolean =>
  opening.kind === 'refused'
    ? opening.error === 'AUTH_BUSY' || opening.error === 'RATE_LIMITED'
    : opening.kind === 'disconnected' && closeNameOf(opening.code) === 'ADMISSION';

export class UserSessions {
  readonly #options: UserSessionOptions;
  readonly #crypto = nodeCryptoPort();
  readonly #manifests: Manifests;
  readonly #limits: SdkLimits;
  readonly #opening = new Turnstile(OPENING_AT_ONCE);
  /** In the order of use: the first one was not used for longest. */
  readonly #holders = new Map<string, Holder>();
  readonly #waiting: (() => void)[] = [];
  #opened = 0;
  #closed = false;
  #hinted = false;

  constructor(options: UserSessionOptions) {
    this.#options = options;
    this.#manifests = new Manifests(this.#crypto, options.trust);
    const { connectDeadlineMs } = DEFAULT_SDK_LIMITS;
    this.#limits = {
      ...DEFAULT_SDK_LIMITS,
      connectDeadlineMs: options.gates.count > 1 ? GATE_DEADLINE_MS : connectDeadlineMs,
    };
  }

  get open(): number {
    return this.#holders.size;
  }
  /** Handshakes so far. */
  get opened(): number {
    return this.#opened;
  }

  /** Rejects with what opening or the action rejects with. The session stays open at least until it settles. */
  async use<T>(user: string, action: (session: ClientSession) => Promise<T>): Promise<T> {
    const holder = await this.#hold(user);
    try {
      holder.opening ??= this.#open(holder);
      const session = await holder.opening;
      if (!session.isOpen) {
        throw new BubbleError('CONNECTION_LOST', 'the session has ended', { retryable: true });
      }
      return await action(session);
    } finally {
      holder.uses -= 1;
      if (holder.uses === 0 && (holder.opening === null || !this.#options.keepsOpen(user)))
        this.#drop(holder);
      this.#waiting.shift()?.();
    }
  }

  async #hold(user: string): Promise<Holder> {
    for (;;) {
      if (this.#closed) throw new BubbleError('REFUSED', 'the import has ended');
      const known = this.#holders.get(user);
      if (known !== undefined) {
        this.#holders.delete(user);
        this.#holders.set(user, known);
        known.uses += 1;
        return known;
      }
      if (this.#holders.size < this.#options.connections || this.#evict()) {
        const holder: Holder = { user, session: null, opening: null, uses: 1 };
        this.#holders.set(user, holder);
        return holder;
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #evict(): boolean {
    for (const holder of this.#holders.values()) {
      if (holder.uses > 0) continue;
      this.#drop(holder);
      return true;
    }
    return false;
  }

  #drop(holder: Holder): void {
    if (this.#holders.get(holder.user) === holder) this.#holders.delete(holder.user);
    holder.session?.close();
    holder.session = null;
    holder.opening = null;
  }

  async #open(holder: Holder): Promise<ClientSession> {
    await this.#opening.enter();
    const { gates, device } = this.#options;
    const gate = gates.of(holder.user, device, nodeClock.monotonic());
    try {
      const session = await this.#openAt(gate, holder);
      this.#opened += 1;
      holder.session = session;
      return session;
    } catch (error) {
      // The next one who needs it tries again.
      holder.opening = null;
      throw error;
    } finally {
      this.#opening.leave();
    }
  }

  async #openAt(gate: ImportGate, holder: Holder): Promise<ClientSession> {
    const { user } = holder;
    const token = await this.#options.tokenOf(user);
    const opening = await openSession({
      transport: gate.transport,
      crypto: this.#crypto,
      clock: nodeClock,
      limits: this.#limits,
      manifests: this.#manifests,
      device: { clientVersion: 1, deviceId: this.#options.device },
      ticket: null,
      credentials: { user, token },
      clockOffsetMs: 0,
      hooks: {
        // Rows are read back in the end; here they only have to be taken.
        push: () => {},
        ended: (end) => {
          gate.ended(end.kind !== 'closed');
          if (sendsAway(end)) gate.failed(nodeClock.monotonic());
          holder.session = null;
          holder.opening = null;
        },
      },
    }).catch((error: unknown) => {
      gate.failed(nodeClock.monotonic());
      throw error;
    });
    if (opening.kind === 'open') {
      gate.opened();
      return opening.session;
    }
    if (isOfTheGate(opening)) gate.failed(nodeClock.monotonic());
    throw this.#refusal(user, opening);
  }

  #refusal(user: string, opening: Failed): BubbleError {
    const reason = JSON.stringify(opening);
    if (isTooFast(opening) && !this.#hinted) {
      this.#hinted = true;
      this.#options.hint(
        `the server limits how fast users may come (${reason}); for imports: bubble serve --limits trial`,
      );
    }
    const retryable = isRetryable(opening);
    return new BubbleError('REFUSED', `the server did not let ${user} in: ${reason}`, { retryable });
  }

  /** Whoever waits or comes later is refused. */
  close(): void {
    this.#closed = true;
    for (const wake of this.#waiting.splice(0)) wake();
    for (const holder of [...this.#holders.values()]) this.#drop(holder);
  }
}
