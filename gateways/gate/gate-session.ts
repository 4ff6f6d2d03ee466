/** One connection: bytes in, effects of the session machine out. No timer and no closure of its own. */
import type { Logger } from '../../infra/logger/logger.ts';
import type { CloseName, ErrorName } from '../../schemas/errors.ts';
import { assertNever } from '../../schemas/errors.ts';
import type { Limits } from '../../schemas/limits.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import type { Connection, ConnectionHandler } from '../../schemas/ports/connection.ts';
import { type Frame, type FrameFault, FrameSplitter, wholeFrame } from '../../schemas/wire/frames.ts';
import { OP, replyTo } from '../../schemas/wire/operations.ts';
import type { Authenticator, AuthRequest, Principal, ServerChannel } from '../auth/authenticator.ts';
import { type SessionEffects, SessionMachine } from '../session/session-machine.ts';
import { type ConnectionQueue, PAUSED_FOR_RATE } from './connection-queue.ts';
import type { GateCounts } from './gate-counts.ts';
import type { Bucket } from './rates.ts';
import { clearFrame, disconnectBody, errorBody } from './replies.ts';

/** What a session needs of its gate. */
export interface SessionServices {
  readonly limits: Limits;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly authenticator: Authenticator;
  readonly counts: GateCounts;
  /** The session becomes real. @returns why it must be closed instead, or null */
  confirmed(session: GateSession): CloseName | null;
  heartbeat(session: GateSession, sequence: number, body: Uint8Array): void;
  command(session: GateSession, operation: number, sequence: number, body: Uint8Array, now: number): void;
  query(session: GateSession, operation: number, sequence: number, body: Uint8Array): void;
  /** Whether a draining session still waits for something. */
  isOwed(session: GateSession): boolean;
  retryAfterMs(code: CloseName): number;
  closed(session: GateSession, reason: string): void;
}

/** A pull that is under way; the newest wish for `until` counts. */
export interface ActivePull {
  readonly from: number;
  readonly count: number;
  until: number;
  /** Requests that wait for the same page. */
  readonly sequences: number[];
}

const NO_BYTES = new Uint8Array(0);
const RAW_HEADER_BYTES = 8;

export class GateSession implements ConnectionHandler {
  readonly connection: Connection;
  readonly number: number;
  readonly queue: ConnectionQueue;
  /** By which connections are counted; '' after it was given back. */
  readonly addressKey: string;
  /** Set when authenticated. */
  principal: Principal | null = null;
  /** Set when confirmed. */
  inboxPartition = -1;
  recordKey = '';
  /** ms, wall clock. */
  since = 0;
  bucket: Bucket | null = null;
  pull: ActivePull | null = null;
  /** Queries other than pulls that are under way. */
  queries = 0;
  readonly #services: SessionServices;
  readonly #machine: SessionMachine;
  readonly #splitter: FrameSplitter | null;
  #channel: ServerChannel | null = null;
  #spendTicket: (() => void) | null = null;

  constructor(
    services: SessionServices,
    connection: Connection,
    number: number,
    queue: ConnectionQueue,
    addressKey: string,
  ) {
    this.#services = services;
    this.connection = connection;
    this.number = number;
    this.queue = queue;
    this.addressKey = addressKey;
    this.#machine = new SessionMachine(services.limits, services.clock.monotonic());
    this.#splitter = connection.messageFramed ? null : new FrameSplitter();
  }

  get kind(): SessionMachine['kind'] {
    return this.#machine.kind;
  }

  get isLive(): boolean {
    return this.#machine.isLive;
  }

  received(bytes: Uint8Array): void {
    this.#services.counts.bytesReceived += bytes.length;
    const now = this.#services.clock.monotonic();
    const splitter = this.#splitter;
    if (splitter === null) {
      this.#take(wholeFrame(bytes, this.#mostBody()), now);
      return;
    }
    let progressed = false;
    splitter.feed(bytes);
    while (this.#machine.kind !== 'closed') {
      const frame = splitter.next(this.#mostBody());
      if (frame === null) {
        this.#run(this.#machine.chunkEnded(splitter.partial, progressed, now), 0, 0, NO_BYTES, now);
        return;
      }
      progressed = true;
      this.#take(frame, now);
    }
  }

  drained(): void {
    this.queue.drained();
  }

  closed(reason: string): void {
    this.#machine.close('DRAIN', this.#services.clock.monotonic());
    this.#services.closed(this, reason);
  }

  reply(operation: number, sequence: number, body: Uint8Array, seq = 0): void {
    if (this.#machine.isLive) this.queue.frame(replyTo(operation) >>> 0, sequence, body, seq);
  }

  refuse(operation: number, sequence: number, error: ErrorName): void {
    this.reply(operation, sequence, errorBody(error));
  }

  close(code: CloseName): void {
    const now = this.#services.clock.monotonic();
    this.#run(this.#machine.close(code, now), 0, 0, NO_BYTES, now);
  }

  drain(now: number): void {
    this.#run(this.#machine.drain(now), 0, 0, NO_BYTES, now);
  }

  tick(now: number): void {
    this.#run(this.#machine.tick(now), 0, 0, NO_BYTES, now);
    if (this.#machine.kind === 'closed') return;
    if (!this.queue.tick(now)) this.close('SLOW');
    else if (this.#machine.kind === 'draining' && !this.#services.isOwed(this)) {
      this.#run(this.#machine.settled(now), 0, 0, NO_BYTES, now);
    }
  }

  /** Stops reading until the rate allows more. */
  slowDown(): void {
    this.queue.pause(PAUSED_FOR_RATE);
  }

  goOn(): void {
    this.queue.resume(PAUSED_FOR_RATE);
  }

  #mostBody(): number {
    const { limits } = this.#services;
    return this.#channel === null ? limits.bodyBytesBeforeAuth : limits.bodyBytes;
  }

  #take(frame: Frame | FrameFault, now: number): void {
    if (typeof frame === 'string') {
      this.close(frame === 'too-large' ? 'FRAME_TOO_LARGE' : 'BAD_FRAME');
      return;
    }
    const { header } = frame;
    if (this.#channel === null) {
      const effects = this.#machine.clearFrame(header.operation, header.sequence, now);
      this.#run(effects, header.operation, header.sequence, frame.body, now, frame.headerBytes);
      return;
    }
    if (this.#machine.kind === 'closed') return;
    const body = this.#channel.open(frame.headerBytes, frame.body);
    if (body === null) {
      this.close('BAD_FRAME');
      return;
    }
    const effects = this.#machine.opened(header.operation, header.sequence, now);
    this.#run(effects, header.operation, header.sequence, body, now);
  }

  #run(
    effects: SessionEffects,
    operation: number,
    sequence: number,
    body: Uint8Array,
    now: number,
    headerBytes: Uint8Array = NO_BYTES,
  ): void {
    const services = this.#services;
    for (let index = 0; index < effects.length; index += 1) {
      const effect = effects[index]!;
      switch (effect.kind) {
        case 'command':
          services.command(this, operation, sequence, body, now);
          break;
        case 'query':
          services.query(this, operation, sequence, body);
          break;
        case 'heartbeat':
          services.heartbeat(this, sequence, body);
          break;
        case 'unwrap':
          this.#unwrap(body, now);
          break;
        case 'refuse':
          this.refuse(operation, sequence, effect.error);
          break;
        case 'confirm':
          if (!this.#confirm()) return;
          break;
        case 'send-manifest':
          this.queue.wholeFrame(clearFrame(OP.HANDSHAKE + 1, sequence, services.authenticator.manifest()));
          break;
        case 'authenticate':
          // The bytes are the connection's: they outlive this call as copies only.
          void this.#authenticate({
            header: new Uint8Array(headerBytes),
            body: new Uint8Array(body),
            address: this.connection.remoteAddress,
          });
          break;
        case 'move':
          this.#disconnect('DRAIN');
          break;
        case 'close':
          this.#close(effect.code);
          break;
        case 'end':
          this.queue.flush();
          this.connection.end();
          break;
        case 'destroy':
          this.connection.destroy();
          break;
        default:
          assertNever(effect);
      }
    }
  }

  async #authenticate(request: AuthRequest): Promise<void> {
    const { authenticator, clock, counts, logger } = this.#services;
    try {
      const outcome = await authenticator.authenticate(request);
      counts.authentications.add(outcome.kind === 'accepted' ? 'accepted' : 'refused');
      if (this.#machine.kind !== 'authenticating') return;
      const now = clock.monotonic();
      this.queue.wholeFrame(outcome.frame);
      if (outcome.kind === 'accepted') {
        this.principal = outcome.principal;
        this.#channel = outcome.channel;
        this.#spendTicket = outcome.confirmed;
        this.queue.sealWith(outcome.channel);
      }
      this.#run(this.#machine.authenticated(outcome.kind === 'accepted', now), 0, 0, NO_BYTES, now);
    } catch (error) {
      counts.authentications.add('failed');
      logger.error({ error: String(error) }, 'authentication failed to give an answer');
      this.close('AUTH_TIMEOUT');
    }
  }

  #confirm(): boolean {
    this.#spendTicket?.();
    this.#spendTicket = null;
    const code = this.#services.confirmed(this);
    if (code !== null) this.close(code);
    return code === null;
  }

  #unwrap(body: Uint8Array, now: number): void {
    if (body.length < RAW_HEADER_BYTES) {
      this.close('BAD_FRAME');
      return;
    }
    const view = new DataView(body.buffer, body.byteOffset, RAW_HEADER_BYTES);
    const operation = view.getUint32(0);
    const sequence = view.getUint32(4);
    const effects = this.#machine.unwrapped(operation, sequence, now);
    this.#run(effects, operation, sequence, body.subarray(RAW_HEADER_BYTES), now);
  }

  #disconnect(code: CloseName): void {
    const body = disconnectBody(code, this.#services.retryAfterMs(code));
    if (this.#channel === null) this.queue.wholeFrame(clearFrame(OP.DISCONNECT, 0, body));
    else this.queue.frame(OP.DISCONNECT, 0, body);
  }

  #close(code: CloseName): void {
    this.#services.counts.closes.add(code);
    // A client that does not read would not read the reason either.
    if (code === 'SLOW') {
      this.connection.destroy();
      return;
    }
    this.#disconnect(code);
    this.queue.flush();
    this.connection.end();
  }
}
