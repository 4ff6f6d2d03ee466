/**
 * When to connect, to wait and to give up. Pure: events and randomness come in, the next phase goes out.
 *
 * 1. There is at most one connection attempt or session at a time.
 * 2. Every failure but those of rule 4 leads to another attempt, after a delay drawn evenly from
 *    [0, min(max, base * 2^failures)), plus what the server asked to wait, which counts up to 60 s. With several
 *    gates failures count in rounds: each gate is tried once before the delay doubles.
 * 3. A session that lived long enough forgets earlier failures; a shorter one counts as a failure itself.
 * 4. Advice to stop, given inside the channel, ends it: only `start` begins anew.
 *    But REPLACED is doubted while an attempt or session of this client has ended, not by it, in the last
 *    `replacedDoubtMs`: the log of a slow gate may have told of that one after the present one. Whoever has a newer
 *    session for longer wins, for doubt does not renew itself.
 * 5. Advice to log in again, given inside the channel, drops the tickets and asks for a fresh token.
 * 6. What is said outside the channel is a hint: it delays, and never drops credentials or ends anything. A ticket
 *    that was refused by a hint is left out of one attempt and then tried again.
 */
import {
  assertNever,
  CLOSE_CODES,
  type CloseName,
  closeNameOf,
  type ErrorName,
} from '../../schemas/errors.ts';
import type { SdkLimits } from '../../schemas/limits.ts';
import type { Random } from '../../schemas/ports/random.ts';
import type { RefusalAdvice } from './handshake.ts';

export type Phase =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'connecting'; readonly credential: Credential }
  | { readonly kind: 'online'; readonly since: number }
  | { readonly kind: 'waiting'; readonly delayMs: number; readonly reason: string }
  /** Ended by the server's advice. */
  | { readonly kind: 'ended'; readonly reason: CloseName | ErrorName | 'UNKNOWN' };

/** any: a ticket if there is one, else a token. token: no ticket. fresh-token: nor the token used before. */
export type Credential = 'any' | 'token' | 'fresh-token';

export type ReconnectEvent =
  | { readonly kind: 'start' }
  | { readonly kind: 'stop' }
  /** The delay is over, or the network is back. */
  | { readonly kind: 'retry' }
  | { readonly kind: 'opened'; readonly now: number }
  /** The advice is the handshake's, which knows what was said inside the channel. */
  | { readonly kind: 'refused'; readonly error: ErrorName; readonly advice: RefusalAdvice }
  | {
      readonly kind: 'disconnected';
      readonly code: number;
      readonly retryAfterMs: number;
      readonly sealed: boolean;
      readonly now: number;
    }
  | { readonly kind: 'lost'; readonly reason: string; readonly now: number };

export class Reconnect {
  readonly #limits: SdkLimits;
  readonly #random: Random;
  readonly #gates: () => number;
  #phase: Phase = { kind: 'stopped' };
  #credential: Credential = 'any';
  #failures = 0;
  /** When an attempt or session last ended otherwise than by REPLACED, monotonic ms. */
  #formerEndedAt = Number.NEGATIVE_INFINITY;

  /** @param gates how many are tried in turn, at present */
  constructor(limits: SdkLimits, random: Random, gates = () => 1) {
    this.#limits = limits;
    this.#random = random;
    this.#gates = gates;
  }

  /** What the next attempt will log in with. */
  get credential(): Credential {
    return this.#credential;
  }

  get phase(): Phase {
    return this.#phase;
  }

  on(event: ReconnectEvent): Phase {
    this.#phase = this.#next(event);
    return this.#phase;
  }

  #next(event: ReconnectEvent): Phase {
    const phase = this.#phase;
    if (event.kind === 'stop') return { kind: 'stopped' };
    if (event.kind === 'start') {
      if (phase.kind !== 'stopped' && phase.kind !== 'ended') return phase;
      this.#failures = 0;
      this.#formerEndedAt = Number.NEGATIVE_INFINITY;
      return this.#connecting();
    }
    switch (phase.kind) {
      case 'stopped':
      case 'ended':
        return phase;
      case 'waiting':
        return event.kind === 'retry' ? this.#connecting() : phase;
      case 'connecting':
        return this.#whileConnecting(event, phase);
      case 'online':
        return this.#whileOnline(event, phase);
    }
  }

  #connecting(): Phase {
    return { kind: 'connecting', credential: this.#credential };
  }

  #whileConnecting(event: ReconnectEvent, phase: Phase & { kind: 'connecting' }): Phase {
    switch (event.kind) {
      case 'opened':
        this.#credential = 'any';
        return { kind: 'online', since: event.now };
      case 'refused':
        return this.#refused(event.error, event.advice, phase);
      case 'disconnected':
      case 'lost':
        return this.#ended(event);
      default:
        return phase;
    }
  }

  #refused(error: ErrorName, advice: RefusalAdvice, phase: Phase & { kind: 'connecting' }): Phase {
    switch (advice) {
      case 'stop':
      case 'upgrade':
        return { kind: 'ended', reason: error };
      case 'new-token':
        this.#credential = 'fresh-token';
        break;
      case 'full-login':
        this.#credential = 'token';
        break;
      case 'back-off':
      case 'fetch-manifest':
      case 'correct-clock':
        if (phase.credential === 'token') this.#credential = 'any';
        break;
      default:
        assertNever(advice);
    }
    return this.#wait(error, 0);
  }

  #whileOnline(event: ReconnectEvent, phase: Phase & { kind: 'online' }): Phase {
    if (event.kind !== 'lost' && event.kind !== 'disconnected') return phase;
    if (event.now - phase.since >= this.#limits.stableSessionMs) this.#failures = 0;
    return this.#ended(event);
  }

  #ended(event: ReconnectEvent & { kind: 'lost' | 'disconnected' }): Phase {
    if (event.kind === 'lost') {
      this.#formerEndedAt = event.now;
      return this.#wait(event.reason, 0);
    }
    const name = closeNameOf(event.code) ?? 'UNKNOWN';
    const advice = event.sealed && name !== 'UNKNOWN' ? CLOSE_CODES[name].advice : 'reconnect';
    const isDoubted = name === 'REPLACED' && event.now - this.#formerEndedAt <= this.#limits.replacedDoubtMs;
    if (advice === 'stop' && !isDoubted) return { kind: 'ended', reason: name };
    if (name !== 'REPLACED') this.#formerEndedAt = event.now;
    if (advice === 'log-in-again') this.#credential = 'fresh-token';
    return this.#wait(name, event.retryAfterMs);
  }

  #wait(reason: string, retryAfterMs: number): Phase {
    const { backoffBaseMs, backoffMaxMs, retryAfterMaxMs } = this.#limits;
    const rounds = Math.floor(this.#failures / Math.max(1, this.#gates()));
    const ceiling = Math.min(backoffMaxMs, backoffBaseMs * 2 ** Math.min(rounds, 16));
    this.#failures += 1;
    const delayMs = this.#random.below(Math.ceil(ceiling)) + Math.min(retryAfterMs, retryAfterMaxMs);
    return { kind: 'waiting', delayMs, reason };
  }
}
