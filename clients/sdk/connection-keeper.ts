/** Keeps one session open: the thin shell around reconnect.ts, with gates, tickets, tokens and the server's clock. */
import type { CryptoPort, MaybePromise } from '../../schemas/channel/crypto-port.ts';
import { BubbleError, isBubbleError } from '../../schemas/errors.ts';
import type { SdkLimits } from '../../schemas/limits.ts';
import type { Clock, Timer } from '../../schemas/ports/clock.ts';
import type { Random } from '../../schemas/ports/random.ts';
import { assert } from './assert.ts';
import { GateChoice, type Move, moveAfterClose, moveAfterRefusal } from './gate-choice.ts';
import { GateList, type GateSource } from './gate-list.ts';
import type { Credentials, Device, StoredTicket } from './handshake.ts';
import type { Manifests } from './manifests.ts';
import { type Credential, type Phase, Reconnect, type ReconnectEvent } from './reconnect.ts';
import type { ClientSession, SessionEnd, SessionHooks } from './session.ts';
import { openSession, type SessionOpening } from './session-opening.ts';
import {
  NO_TICKETS,
  type Tickets,
  ticketConfirmed,
  ticketReceived,
  ticketRefused,
  ticketToTry,
} from './tickets.ts';
import type { GateTransport, Transport } from './transport.ts';

export interface KeeperOptions {
  readonly user: string;
  readonly device: Device;
  /** @param fresh the token given before was refused */
  readonly token: (fresh: boolean) => MaybePromise<string>;
  readonly signDevice?: Credentials['signDevice'];
  /**
   * To the server; or to each gate of the deployment, of which this device then uses one at a time; or who tells which
   * gates there are. Asked before each attempt; where that fails (told as an `error`) the last answer still holds.
   */
  readonly transport: Transport | readonly GateTransport[] | GateSource;
  readonly crypto: CryptoPort;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: SdkLimits;
  readonly manifests: Manifests;
  readonly suites?: readonly number[];
}

export interface KeeperHooks {
  readonly session: Omit<SessionHooks, 'ended' | 'confirmed'>;
  opened(session: ClientSession): void;
  closed(): void;
  phase(phase: Phase): void;
  error(error: BubbleError): void;
  /** Tickets, clock offset or the manifest's serial have changed. */
  stateChanged(): void;
}

export class ConnectionKeeper {
  readonly #options: KeeperOptions;
  readonly #hooks: KeeperHooks;
  readonly #reconnect: Reconnect;
  readonly #list: GateList;
  readonly #choice: GateChoice<GateTransport>;
  #tickets: Tickets = NO_TICKETS;
  #clockOffsetMs = 0;
  #session: ClientSession | null = null;
  #attempt: AbortController | null = null;
  #retryTimer: Timer | null = null;

  constructor(options: KeeperOptions, hooks: KeeperHooks) {
    this.#options = options;
    this.#hooks = hooks;
    this.#list = new GateList(options.transport, options.clock);
    this.#choice = new GateChoice(options.user, options.device.deviceId);
    this.#choice.update(this.#list.gates);
    this.#reconnect = new Reconnect(options.limits, options.random, () => this.#choice.count);
  }

  get phase(): Phase {
    return this.#reconnect.phase;
  }

  /** Of the gate where the session is, or is tried next; '' before any is known. */
  get gate(): string {
    return this.#choice.current?.address ?? '';
  }

  get session(): ClientSession | null {
    return this.#session;
  }

  get tickets(): Tickets {
    return this.#tickets;
  }

  get clockOffsetMs(): number {
    return this.#clockOffsetMs;
  }

  /** The server's time as far as is known, ms. */
  now(): number {
    return this.#options.clock.now() + this.#clockOffsetMs;
  }

  start(tickets: Tickets, clockOffsetMs: number): void {
    this.#tickets = tickets;
    this.#clockOffsetMs = clockOffsetMs;
    this.#step({ kind: 'start' });
  }

  stop(): void {
    this.#attempt?.abort();
    this.#attempt = null;
    this.#step({ kind: 'stop' });
    this.#session?.close();
  }

  /** Ends a wait: the network is back, or the user is impatient. */
  retryNow(): void {
    this.#step({ kind: 'retry' });
  }

  serverTime(serverTimeMs: number): void {
    if (serverTimeMs > 0) this.#clockOffsetMs = serverTimeMs - this.#options.clock.now();
  }

  #step(event: ReconnectEvent): void {
    const before = this.#reconnect.phase;
    const phase = this.#reconnect.on(event);
    if (phase === before) return;
    this.#retryTimer?.cancel();
    this.#retryTimer = null;
    if (this.#reconnect.credential === 'fresh-token') this.#setTickets(NO_TICKETS);
    if (phase.kind === 'waiting') {
      this.#retryTimer = this.#options.clock.after(phase.delayMs, () => this.#step({ kind: 'retry' }));
    }
    this.#hooks.phase(phase);
    // A listener may have stopped the client.
    if (this.#reconnect.phase === phase && phase.kind === 'connecting') void this.#connect(phase.credential);
  }

  #fail(move: Move, event: ReconnectEvent): void {
    this.#choice.ended(move);
    this.#step(event);
  }

  #setTickets(tickets: Tickets): void {
    if (tickets === this.#tickets) return;
    this.#tickets = tickets;
    this.#hooks.stateChanged();
  }

  /** One attempt. Rejects only where a listener throws, which is a programmer error. */
  async #connect(credential: Credential): Promise<void> {
    const attempt = new AbortController();
    this.#attempt = attempt;
    const { clock } = this.#options;
    let ended: SessionEnd | null = null;
    const onEnded = (end: SessionEnd): void => {
      ended = end;
      if (this.#session !== null) this.#sessionEnded(end);
    };
    const ticket = credential === 'any' ? this.#usableTicket() : null;
    const result = await this.#open(ticket, credential, attempt.signal, onEnded).catch(failureOf);
    if (this.#attempt !== attempt) {
      if (!(result instanceof BubbleError) && result.kind === 'open') result.session.close();
      return;
    }
    this.#attempt = null;
    if (result instanceof BubbleError) {
      this.#hooks.error(result);
      this.#fail('next', { kind: 'lost', reason: result.message, now: clock.monotonic() });
      return;
    }
    this.#concluded(result, ticket);
    if (ended !== null && this.#session !== null) this.#sessionEnded(ended);
  }

  #usableTicket(): StoredTicket | null {
    const { user, device } = this.#options;
    const ticket = ticketToTry(this.#tickets);
    if (ticket === null || ticket.user !== user || ticket.deviceId !== device.deviceId) return null;
    return ticket.expiresAtMs > this.now() ? ticket : null;
  }

  /** The gates as they are now; where that cannot be learned, as they were. */
  async #learnGates(signal: AbortSignal): Promise<void> {
    const list = this.#list;
    await list.refresh(this.#deadlineMs(), signal).catch((error: BubbleError) => {
      if (list.gates.length === 0) throw error;
      this.#hooks.error(error);
    });
    signal.throwIfAborted();
    this.#choice.update(list.gates);
  }

  #deadlineMs(): number {
    return this.#choice.deadlineMs(this.#options.limits.connectDeadlineMs);
  }

  async #open(
    ticket: StoredTicket | null,
    credential: Credential,
    signal: AbortSignal,
    ended: (end: SessionEnd) => void,
  ): Promise<SessionOpening> {
    const { user, token, signDevice, crypto, clock, manifests, device, suites } = this.#options;
    await this.#learnGates(signal);
    const gate = this.#choice.current;
    assert(gate !== null, 'there is a gate to go to');
    let credentials: Credentials | null = null;
    if (ticket === null) {
      const login = { user, token: await token(credential === 'fresh-token') };
      credentials = signDevice === undefined ? login : { ...login, signDevice };
    }
    const confirmed = (): void => this.#setTickets(ticketConfirmed(this.#tickets));
    return openSession({
      transport: gate,
      crypto,
      clock,
      limits: { ...this.#options.limits, connectDeadlineMs: this.#deadlineMs() },
      manifests,
      device,
      ticket,
      credentials,
      clockOffsetMs: this.#clockOffsetMs,
      signal,
      hooks: { ...this.#hooks.session, confirmed, ended },
      ...(suites === undefined ? {} : { suites }),
    });
  }

  #concluded(opening: SessionOpening, ticket: StoredTicket | null): void {
    const now = this.#options.clock.monotonic();
    switch (opening.kind) {
      case 'open':
        this.#session = opening.session;
        this.#choice.opened();
        this.serverTime(opening.session.info.serverTimeMs);
        this.#setTickets(ticketReceived(this.#tickets, opening.ticket));
        this.#hooks.stateChanged();
        this.#step({ kind: 'opened', now });
        this.#hooks.opened(opening.session);
        return;
      case 'refused':
        if (opening.sealed) this.serverTime(opening.serverTimeMs);
        if (opening.dropTicket && ticket !== null) this.#setTickets(ticketRefused(this.#tickets, ticket));
        this.#hooks.error(refusal(opening.error));
        this.#fail(moveAfterRefusal(opening.error, opening.sealed), {
          kind: 'refused',
          error: opening.error,
          advice: opening.advice,
        });
        return;
      case 'disconnected':
        this.#fail(moveAfterClose(opening.code), { ...opening, sealed: false, now });
        return;
      case 'needs-token':
        this.#fail('stay', { kind: 'refused', error: 'TOKEN', advice: 'full-login' });
        return;
      case 'manifest-refused':
        this.#hooks.error(new BubbleError('REFUSED', `the manifest is not trusted: ${opening.fault}`));
        this.#fail('next', { kind: 'lost', reason: `manifest ${opening.fault}`, now });
        return;
    }
  }

  #sessionEnded(end: SessionEnd): void {
    this.#session = null;
    this.#hooks.closed();
    const now = this.#options.clock.monotonic();
    switch (end.kind) {
      case 'closed':
        return;
      case 'disconnected':
        this.#fail(moveAfterClose(end.code), {
          kind: 'disconnected',
          code: end.code,
          retryAfterMs: end.retryAfterMs,
          sealed: true,
          now,
        });
        return;
      case 'lost':
      case 'bad-frame':
        this.#fail('next', { kind: 'lost', reason: `${end.kind}: ${end.reason}`, now });
        return;
      case 'heartbeat-missed':
        this.#fail('next', { kind: 'lost', reason: end.kind, now });
        return;
    }
  }
}

/** What the token callback or the cryptography library throws delays the next attempt like any other failure. */
const failureOf = (error: unknown): BubbleError =>
  isBubbleError(error)
    ? error
    : new BubbleError('CONNECTION_LOST', 'the attempt to connect failed', { retryable: true, cause: error });

const refusal = (name: string): BubbleError =>
  new BubbleError('REFUSED', `authentication was refused: ${name}`);
