/**
 * What one connection may do and when: pure, without I/O. Time comes in as `now` (monotonic ms), what is to be done
 * goes out as effects.
 *
 *   connecting -> authenticating -> pending -> live -> draining -> closed      (closed from anywhere)
 *
 * Invariants:
 * 1. Before `pending` only Handshake (0) and one Auth (7) are taken, in clear; any byte after Auth and before its
 *    answer closes.
 * 2. `pending` has no effects on anybody else: `confirm` comes once, with the first frame that opens, and first.
 * 3. After `closed` there are no effects but `destroy`.
 * 4. Every request of a live session is answered: there is an effect for every operation.
 */
import type { CloseName, ErrorName } from '../../schemas/errors.ts';
import { assertNever } from '../../schemas/errors.ts';
import type { Limits } from '../../schemas/limits.ts';
import { OP } from '../../schemas/wire/operations.ts';

export type SessionState =
  | { readonly kind: 'connecting'; readonly since: number }
  /** `since` when the connection was opened: one deadline for the whole of authentication. */
  | { readonly kind: 'authenticating'; readonly since: number }
  | { readonly kind: 'pending'; readonly since: number }
  /** `since` when it was authenticated. */
  | { readonly kind: 'live'; readonly since: number }
  | { readonly kind: 'draining'; readonly since: number }
  | { readonly kind: 'closed'; readonly since: number };

export type SessionEffect =
  | { readonly kind: 'send-manifest' }
  | { readonly kind: 'authenticate' }
  /** The session is real now: count it, write its route, spend its ticket. */
  | { readonly kind: 'confirm' }
  | { readonly kind: 'heartbeat' }
  | { readonly kind: 'command' }
  | { readonly kind: 'query' }
  /** The body holds the real operation (Raw): unwrap it and call `unwrapped`. */
  | { readonly kind: 'unwrap' }
  | { readonly kind: 'refuse'; readonly error: ErrorName }
  /** Tell the client to move; answers that are pending still come. */
  | { readonly kind: 'move' }
  /** Say why, then end the connection. */
  | { readonly kind: 'close'; readonly code: CloseName }
  /** End the connection: the client knows why. */
  | { readonly kind: 'end' }
  | { readonly kind: 'destroy' };

export type SessionEffects = readonly SessionEffect[];

const NONE: SessionEffects = [];
const CONFIRM: SessionEffect = { kind: 'confirm' };
const UNKNOWN: SessionEffects = [{ kind: 'refuse', error: 'UNKNOWN_OPERATION' }];
const DRAINING: SessionEffects = [{ kind: 'refuse', error: 'DRAINING' }];
const COMMAND: SessionEffects = [{ kind: 'command' }];
const QUERY: SessionEffects = [{ kind: 'query' }];
const HEARTBEAT: SessionEffects = [{ kind: 'heartbeat' }];
const UNWRAP: SessionEffects = [{ kind: 'unwrap' }];
const END: SessionEffects = [{ kind: 'end' }];
const DESTROY: SessionEffects = [{ kind: 'destroy' }];

/** The allow-list of a sealed session; what is not here is answered UNKNOWN_OPERATION. */
const ALLOWED = new Map<number, SessionEffects>([
  [OP.HEARTBEAT, HEARTBEAT],
  [OP.RAW, UNWRAP],
  ...[
    OP.SEND_MSG,
    OP.SEND_APP_MSG,
    OP.READ,
    OP.RECALL,
    OP.GROUP_CREATE,
    OP.GROUP_JOIN,
    OP.GROUP_LEAVE,
    OP.GROUP_INVITE,
    OP.GROUP_KICK,
    OP.GROUP_DISMISS,
  ].map((operation): [number, SessionEffects] => [operation, COMMAND]),
  ...[OP.SYNC, OP.UNREAD, OP.CONVERSATION_LIST].map((operation): [number, SessionEffects] => [
    operation,
    QUERY,
  ]),
]);

/** Belong to the handshake: inside a session they close it. */
const isHandshake = (operation: number): boolean =>
  operation === OP.HANDSHAKE ||
  operation === OP.HANDSHAKE + 1 ||
  operation === OP.AUTH ||
  operation === OP.AUTH_REPLY;

const NOT_PARTIAL = -1;

export class SessionMachine {
  readonly #limits: Limits;
  #state: SessionState;
  #heardAt: number;
  #partialSince = NOT_PARTIAL;

  constructor(limits: Limits, now: number) {
    this.#limits = limits;
    this.#state = { kind: 'connecting', since: now };
    this.#heardAt = now;
  }

  get kind(): SessionState['kind'] {
    return this.#state.kind;
  }

  /** Rows and answers may be sent: the client has proven that it holds the keys. */
  get isLive(): boolean {
    return this.#state.kind === 'live' || this.#state.kind === 'draining';
  }

  /** A whole frame in clear. */
  clearFrame(operation: number, sequence: number, now: number): SessionEffects {
    switch (this.#state.kind) {
      case 'connecting':
        if (operation === OP.HANDSHAKE) return [{ kind: 'send-manifest' }];
        if (operation !== OP.AUTH || sequence === 0) return this.close('BAD_FRAME', now);
        this.#state = { kind: 'authenticating', since: this.#state.since };
        return [{ kind: 'authenticate' }];
      case 'authenticating':
        return this.close('BAD_FRAME', now);
      case 'pending':
      case 'live':
      case 'draining':
        throw new Error(`a frame in clear was taken in state ${this.#state.kind}`);
      case 'closed':
        return NONE;
      default:
        return assertNever(this.#state);
    }
  }

  /**
   * To be called after the frames of a chunk. @param partial the beginning of a frame is here, its end is not
   * @param progressed a frame was completed by this chunk
   */
  chunkEnded(partial: boolean, progressed: boolean, now: number): SessionEffects {
    if (!partial) this.#partialSince = NOT_PARTIAL;
    else if (progressed || this.#partialSince === NOT_PARTIAL) this.#partialSince = now;
    return partial && this.#state.kind === 'authenticating' ? this.close('BAD_FRAME', now) : NONE;
  }

  /** The answer to Auth is on its way to the client. */
  authenticated(accepted: boolean, now: number): SessionEffects {
    if (this.#state.kind !== 'authenticating') return NONE;
    this.#state = accepted ? { kind: 'pending', since: now } : { kind: 'closed', since: now };
    return accepted ? NONE : END;
  }

  /** A sealed frame has opened. */
  opened(operation: number, sequence: number, now: number): SessionEffects {
    if (this.#state.kind === 'pending') {
      this.#state = { kind: 'live', since: this.#state.since };
      return [CONFIRM, ...this.#request(operation, sequence, now)];
    }
    return this.#request(operation, sequence, now);
  }

  /** The operation inside a Raw frame that has opened. */
  unwrapped(operation: number, sequence: number, now: number): SessionEffects {
    return operation === OP.RAW ? this.close('BAD_FRAME', now) : this.#request(operation, sequence, now);
  }

  #request(operation: number, sequence: number, now: number): SessionEffects {
    if (!this.isLive) return NONE;
    this.#heardAt = now;
    if (isHandshake(operation)) return this.close('BAD_FRAME', now);
    const effects = ALLOWED.get(operation) ?? UNKNOWN;
    // A reply with sequence 0 would pass for a push; Raw has its sequence inside.
    if (effects === UNWRAP) return sequence === 0 ? UNWRAP : this.close('BAD_FRAME', now);
    if (sequence === 0 && effects !== HEARTBEAT) return this.close('BAD_FRAME', now);
    return effects === COMMAND && this.#state.kind === 'draining' ? DRAINING : effects;
  }

  tick(now: number): SessionEffects {
    const state = this.#state;
    const limits = this.#limits;
    const age = now - state.since;
    if (state.kind === 'closed') return age >= limits.closeGraceMs ? DESTROY : NONE;
    if (this.#partialSince !== NOT_PARTIAL && now - this.#partialSince >= limits.frameDeadlineMs) {
      return this.close('BAD_FRAME', now);
    }
    switch (state.kind) {
      case 'connecting':
      case 'authenticating':
        return age >= limits.authDeadlineMs ? this.close('AUTH_TIMEOUT', now) : NONE;
      case 'pending':
        return age >= limits.pendingSessionMs ? this.close('AUTH_TIMEOUT', now) : NONE;
      case 'live':
        if (now - this.#heardAt >= limits.heartbeatMs + limits.heartbeatGraceMs) {
          return this.close('HEARTBEAT_MISSED', now);
        }
        return age >= limits.sessionMaxMs ? this.close('REAUTH', now) : NONE;
      case 'draining':
        return age >= limits.drainMs ? this.settled(now) : NONE;
      default:
        return assertNever(state);
    }
  }

  /** The gate is closing. */
  drain(now: number): SessionEffects {
    if (this.#state.kind !== 'live') return this.close('DRAIN', now);
    this.#state = { kind: 'draining', since: now };
    return [{ kind: 'move' }];
  }

  /** Nothing is pending any more, or no longer waited for: a draining session ends. */
  settled(now: number): SessionEffects {
    if (this.#state.kind !== 'draining') return NONE;
    this.#state = { kind: 'closed', since: now };
    return END;
  }

  close(code: CloseName, now: number): SessionEffects {
    const { kind } = this.#state;
    if (kind === 'closed') return NONE;
    this.#state = { kind: 'closed', since: now };
    // A draining client has been told to move already.
    return kind === 'draining' && code === 'DRAIN' ? END : [{ kind: 'close', code }];
  }
}
