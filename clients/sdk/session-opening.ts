/** From nothing to a session: connection, manifest, handshake; one deadline for all of it. */
import type { CryptoPort } from '../../schemas/channel/crypto-port.ts';
import { BubbleError, isBubbleError } from '../../schemas/errors.ts';
import type { SdkLimits } from '../../schemas/limits.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { OP, replyTo } from '../../schemas/wire/operations.ts';
import { type Frame, FrameStream } from './frame-stream.ts';
import {
  type Credentials,
  type Device,
  type HandshakeResult,
  manifestRequest,
  type StoredTicket,
  startHandshake,
} from './handshake.ts';
import type { Manifest, ManifestFault, Manifests } from './manifests.ts';
import { ClientSession, type SessionHooks } from './session.ts';
import type { Transport } from './transport.ts';

export interface SessionOptions {
  readonly transport: Transport;
  readonly crypto: CryptoPort;
  readonly clock: Clock;
  readonly limits: SdkLimits;
  readonly manifests: Manifests;
  readonly device: Device;
  /** Tried first; null: log in with the credentials. */
  readonly ticket: StoredTicket | null;
  readonly credentials: Credentials | null;
  /** Added to the own clock to get the server's, ms. */
  readonly clockOffsetMs: number;
  /** Suites of full logins to choose from; the manifest's order decides. Default: all. */
  readonly suites?: readonly number[];
  readonly hooks: SessionHooks;
  /** Gives up. */
  readonly signal?: AbortSignal;
}

export type Refused = Extract<HandshakeResult, { kind: 'refused' }>;

export type SessionOpening =
  | { readonly kind: 'open'; readonly session: ClientSession; readonly ticket: StoredTicket | null }
  | Refused
  /** Outside the channel: a hint. */
  | { readonly kind: 'disconnected'; readonly code: number; readonly retryAfterMs: number }
  /** The ticket is not usable and there are no credentials. */
  | { readonly kind: 'needs-token' }
  /** Not the deployment that is trusted, or a manifest that is too old; the connection was closed. */
  | { readonly kind: 'manifest-refused'; readonly fault: ManifestFault | 'no-usable-key' };

/** Sequence ids of the two frames before the session; the session begins anew at 1. */
const MANIFEST_SEQUENCE = 1;
const AUTH_SEQUENCE = 2;

/**
 * Opens a session. Exactly one connection is made; unless the result is `open`, it is closed again.
 * @throws BubbleError CONNECTION_LOST, TIMEOUT (both retryable); REFUSED where the signal was given
 */
export const openSession = async (options: SessionOptions): Promise<SessionOpening> => {
  const { clock, limits, signal } = options;
  const stream = new FrameStream(limits.frameBytes);
  const abort = new AbortController();
  const giveUp = (error: BubbleError): void => {
    stream.fail(error);
    abort.abort(error);
  };
  const onAbort = (): void => giveUp(new BubbleError('REFUSED', 'the attempt to connect was given up'));
  if (signal?.aborted === true) onAbort();
  signal?.addEventListener('abort', onAbort);
  const deadline = clock.after(limits.connectDeadlineMs, () =>
    giveUp(new BubbleError('TIMEOUT', 'no session within the deadline', { retryable: true })),
  );
  try {
    const opening = await attempt(options, stream, abort.signal);
    if (opening.kind !== 'open') stream.connection.destroy();
    return opening;
  } catch (error) {
    // The first failure says why; what follows from it (a rejected connect) does not.
    const failure = stream.failure ?? error;
    if (!isBubbleError(failure)) stream.fail(new BubbleError('CONNECTION_LOST', 'the attempt broke off'));
    throw failure;
  } finally {
    deadline.cancel();
    signal?.removeEventListener('abort', onAbort);
  }
};

const attempt = async (
  options: SessionOptions,
  stream: FrameStream,
  signal: AbortSignal,
): Promise<SessionOpening> => {
  const connection = await options.transport.connect(stream, signal);
  stream.attach(connection);
  if (stream.failure !== null) throw stream.failure;
  const manifest = await manifestOf(options, stream);
  if ('kind' in manifest) return manifest;
  const handshake = await startHandshake({
    crypto: options.crypto,
    manifest,
    device: options.device,
    ticket: options.ticket,
    credentials: options.credentials,
    nowMs: nowOf(options),
    sequence: AUTH_SEQUENCE,
    ...(options.suites === undefined ? {} : { suites: options.suites }),
  });
  if (handshake.kind === 'needs-token') return handshake;
  if (handshake.kind === 'needs-manifest') {
    options.manifests.forget();
    return { kind: 'manifest-refused', fault: 'no-usable-key' };
  }
  connection.send([handshake.frame]);
  const answer = await stream.next();
  if (answer.header.operation === OP.DISCONNECT) return disconnectOf(answer);
  const result = await handshake.complete(answer.headerBytes, answer.body);
  if (stream.failure !== null) throw stream.failure;
  if (result.kind === 'refused') {
    if (result.advice === 'fetch-manifest') options.manifests.forget();
    return result;
  }
  const { clock, limits, hooks } = options;
  const session = new ClientSession({
    stream,
    channel: result.channel,
    info: result.session,
    clock,
    limits,
    hooks,
  });
  return { kind: 'open', session, ticket: result.ticket };
};

const nowOf = (options: SessionOptions): number => options.clock.now() + options.clockOffsetMs;

const manifestOf = async (
  options: SessionOptions,
  stream: FrameStream,
): Promise<Manifest | Exclude<SessionOpening, { kind: 'open' }>> => {
  const known = options.manifests.current(nowOf(options));
  if (known !== null) return known;
  stream.connection.send([manifestRequest(MANIFEST_SEQUENCE)]);
  const answer = await stream.next();
  if (answer.header.operation === OP.DISCONNECT) return disconnectOf(answer);
  if (answer.header.operation !== replyTo(OP.HANDSHAKE))
    return { kind: 'manifest-refused', fault: 'malformed' };
  const manifest = await options.manifests.accept(answer.body, nowOf(options));
  return typeof manifest === 'string' ? { kind: 'manifest-refused', fault: manifest } : manifest;
};

const disconnectOf = (frame: Frame): SessionOpening & { kind: 'disconnected' } => {
  try {
    const { code, retryAfterMs } = bubble.wire.DisconnectMsg.decode(frame.body);
    return { kind: 'disconnected', code, retryAfterMs };
  } catch (cause) {
    throw new BubbleError('CONNECTION_LOST', 'closed with a body that cannot be decoded', {
      retryable: true,
      cause,
    });
  }
};
