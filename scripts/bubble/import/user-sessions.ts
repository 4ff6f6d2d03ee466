/**
 * The connections of an import: a user's is opened when it is needed and kept, up to a bound; the one that was not
 * used for longest goes first. Users who are off line keep none: theirs ends with their last outstanding command.
 */
import { nodeCryptoPort } from '../../../clients/sdk/crypto/node-crypto-port.ts';
import { Manifests } from '../../../clients/sdk/manifests.ts';
import { transportTo } from '../../../clients/sdk/node/connect-node.ts';
import { nodeClock } from '../../../clients/sdk/node/node-ports.ts';
import type { ClientFile } from '../../../clients/sdk/node/trust.ts';
import type { ClientSession } from '../../../clients/sdk/session.ts';
import { openSession, type SessionOpening } from '../../../clients/sdk/session-opening.ts';
import { BubbleError, ERRORS } from '../../../schemas/errors.ts';
import { DEFAULT_SDK_LIMITS } from '../../../schemas/limits.ts';

export interface UserSessionOptions {
  readonly server: ClientFile;
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

const addressOf = ({ tcp, websocket }: ClientFile): string => (tcp === '' ? websocket : `tcp://${tcp}`);

export class UserSessions {
  readonly #options: UserSessionOptions;
  readonly #crypto = nodeCryptoPort();
  readonly #manifests: Manifests;
  readonly #transport;
  readonly #opening = new Turnstile(OPENING_AT_ONCE);
  /** In the order of use: the first one was not used for longest. */
  readonly #holders = new Map<string, Holder>();
  readonly #waiting: (() => void)[] = [];
  #opened = 0;
  #closed = false;
  #hinted = false;

  constructor(options: UserSessionOptions) {
    this.#options = options;
    this.#manifests = new Manifests(this.#crypto, options.server.trust);
    this.#transport = transportTo(addressOf(options.server));
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
    try {
      const { user } = holder;
      const opening = await openSession({
        transport: this.#transport,
        crypto: this.#crypto,
        clock: nodeClock,
        limits: DEFAULT_SDK_LIMITS,
        manifests: this.#manifests,
        device: { clientVersion: 1, deviceId: this.#options.device },
        ticket: null,
        credentials: { user, token: await this.#options.tokenOf(user) },
        clockOffsetMs: 0,
        hooks: {
          // Rows are read back in the end; here they only have to be taken.
          push: () => {},
          ended: () => {
            holder.session = null;
            holder.opening = null;
          },
        },
      });
      if (opening.kind !== 'open') throw this.#refusal(user, opening);
      this.#opened += 1;
      holder.session = opening.session;
      return opening.session;
    } catch (error) {
      // The next one who needs it tries again.
      holder.opening = null;
      throw error;
    } finally {
      this.#opening.leave();
    }
  }

  #refusal(user: string, opening: Exclude<SessionOpening, { kind: 'open' }>): BubbleError {
    const reason = JSON.stringify(opening);
    const retryable =
      opening.kind === 'disconnected' ||
      (opening.kind === 'refused' && ['reconnect', 'retry-same-id'].includes(ERRORS[opening.error].advice));
    if (retryable && !this.#hinted) {
      this.#hinted = true;
      this.#options.hint(
        `the server limits how fast users may come (${reason}); for imports: bubble serve --limits trial`,
      );
    }
    return new BubbleError('REFUSED', `the server did not let ${user} in: ${reason}`, { retryable });
  }

  /** Whoever waits or comes later is refused. */
  close(): void {
    this.#closed = true;
    for (const wake of this.#waiting.splice(0)) wake();
    for (const holder of [...this.#holders.values()]) this.#drop(holder);
  }
}
