/**
 * The catalogue of errors a client can see. Codes are wire values: final once released.
 *
 * A code's range says what to do with the request; a close code's advice says what to do with the connection.
 * Definite codes mean "this will never appear"; everything unknown is RETRY_LATER ("retry with the same id").
 */

/** What the client does about a code. */
export type Advice = 'done' | 'retry-same-id' | 'new-id' | 'stop' | 'reconnect' | 'log-in-again';

interface CodeEntry {
  readonly code: number;
  readonly advice: Advice;
  readonly sentence: string;
}

const entry = (code: number, advice: Advice, sentence: string): CodeEntry => ({ code, advice, sentence });

export const ERRORS = {
  OK: entry(0, 'done', 'Accepted.'),
  /** Durable, outcome not known yet: the row follows as a push. */
  PENDING: entry(1, 'done', 'Stored; the outcome follows.'),

  // 100-199: unknown or not now. Retry with the same id.
  RETRY_LATER: entry(100, 'retry-same-id', 'The server cannot take this now; retry with the same id.'),
  RATE_LIMITED: entry(101, 'retry-same-id', 'Too fast; wait and retry with the same id.'),
  DRAINING: entry(102, 'retry-same-id', 'The gate is closing; reconnect and retry with the same id.'),
  STORE_AWAY: entry(103, 'retry-same-id', 'The store cannot be read now; retry.'),

  // 200-299: decided by the log. Definite.
  NOT_A_MEMBER: entry(200, 'stop', 'The sender is not a member of this group.'),
  UNKNOWN_GROUP: entry(201, 'stop', 'No group has this id.'),
  GROUP_DISMISSED: entry(202, 'stop', 'This group was dismissed.'),
  FORBIDDEN: entry(203, 'stop', 'Only the owner of the group may do this.'),
  ALREADY_A_MEMBER: entry(204, 'stop', 'This user is a member already.'),
  GROUP_FULL: entry(205, 'stop', 'The group has reached its limit of members.'),
  RECALL_TOO_LATE: entry(206, 'stop', 'The message is too old to be recalled, or not known here.'),
  CONFLICT: entry(207, 'stop', 'Another message was sent under this id; use a new id.'),
  STALE_ID: entry(
    208,
    'new-id',
    'The id is too old to be recognised; pull, look for the message, else send anew under a new id.',
  ),
  UNDECODABLE: entry(209, 'stop', 'The body does not match its schema.'),
  SESSION_REVOKED: entry(210, 'log-in-again', 'The session was ended by a logout, ban or password change.'),

  // 300-399: refused by the form of the request. Definite.
  MALFORMED: entry(300, 'stop', 'The body cannot be decoded as the operation demands.'),
  TOO_LONG: entry(301, 'stop', 'The body is longer than the limit.'),
  BAD_ID: entry(302, 'stop', 'A user, group or message id has not the demanded form.'),
  UNKNOWN_OPERATION: entry(303, 'stop', 'The server does not know this operation.'),
  TOO_OLD: entry(
    304,
    'done',
    'Rows after this version are no longer kept; take a snapshot (conversation list).',
  ),
  EMPTY_MESSAGE: entry(305, 'stop', 'The message has no content.'),

  // 400-499: authentication.
  AUTH_FAILED: entry(400, 'log-in-again', 'Authentication failed.'),
  CLOCK: entry(401, 'reconnect', 'The clock of the client is wrong by more than 120 s; use serverTime.'),
  TOKEN: entry(402, 'log-in-again', 'The token is not valid: expired, wrong audience, or wrong signature.'),
  BANNED: entry(403, 'stop', 'This user is banned.'),
  KEY_RETIRED: entry(404, 'reconnect', 'The server key is retired; fetch the manifest.'),
  UPGRADE_REQUIRED: entry(405, 'stop', 'The client is too old.'),
  AUTH_BUSY: entry(406, 'reconnect', 'Too many handshakes; wait and reconnect.'),
} as const satisfies Record<string, CodeEntry>;

export type ErrorName = keyof typeof ERRORS;

export const CLOSE_CODES = {
  DRAIN: entry(1, 'reconnect', 'The gate is closing; reconnect, best to another one.'),
  REAUTH: entry(2, 'reconnect', 'The session is old; reconnect by resumption.'),
  HEARTBEAT_MISSED: entry(3, 'reconnect', 'No heartbeat arrived in time.'),
  SLOW: entry(4, 'reconnect', 'The client did not read for too long.'),
  SLOT_LOST: entry(5, 'reconnect', 'The gate has lost its log.'),
  RATE: entry(6, 'reconnect', 'Far too fast.'),
  AUTH_TIMEOUT: entry(7, 'reconnect', 'Authentication did not finish in time.'),
  BAD_FRAME: entry(8, 'reconnect', 'A frame was malformed or did not open.'),
  TOO_MANY_SESSIONS: entry(9, 'stop', 'The user has too many sessions.'),
  REPLACED: entry(10, 'stop', 'A newer session of this device has taken over.'),
  REVOKED: entry(11, 'log-in-again', 'The session was ended by a logout, ban or password change.'),
  /** Not 'stop': a frame's header is not sealed, so anybody on the path could end a client for good. */
  FRAME_TOO_LARGE: entry(12, 'reconnect', 'A frame is larger than the limit.'),
  AUTH_REFUSED: entry(13, 'log-in-again', 'Authentication was refused.'),
  ADMISSION: entry(14, 'reconnect', 'Too many connections or handshakes from this address.'),
} as const satisfies Record<string, CodeEntry>;

export type CloseName = keyof typeof CLOSE_CODES;

const byCode = new Map<number, ErrorName>(
  Object.entries(ERRORS).map(([name, e]) => [e.code, name as ErrorName]),
);
const closeByCode = new Map<number, CloseName>(
  Object.entries(CLOSE_CODES).map(([name, e]) => [e.code, name as CloseName]),
);

export const errorNameOf = (code: number): ErrorName | undefined => byCode.get(code);
export const closeNameOf = (code: number): CloseName | undefined => closeByCode.get(code);
export const isRetryable = (name: ErrorName): boolean => ERRORS[name].advice === 'retry-same-id';

/** Codes of operating failures inside the servers (not on the wire). */
export type FailureCode =
  | 'DISK_FULL'
  | 'DISK_FAILED'
  | 'FILE_NOT_FOUND'
  | 'LOG_DAMAGED'
  | 'LOG_LOCKED'
  | 'LOG_CLOSED'
  | 'LOG_TIMEOUT'
  | 'LOG_BUSY'
  | 'OFFSET_OUT_OF_RANGE'
  | 'UNKNOWN_TOPIC'
  | 'TOPIC_MISMATCH'
  | 'RECORD_TOO_LARGE'
  | 'LEASE_LOST'
  | 'STORE_AWAY'
  | 'STORE_CONFLICT'
  | 'UNKNOWN_SCHEMA'
  | 'UNKNOWN_RULES'
  | 'SLOT_LOST'
  | 'CONFIG'
  | 'ADDRESS_IN_USE'
  | 'FOLDER_NOT_WRITABLE'
  | 'CONNECTION_LOST'
  | 'OUTBOX_FULL'
  | 'REFUSED'
  | 'TIMEOUT';

/** An operating failure: the only class of error thrown on purpose. Programmer errors are assertions. */
export class BubbleError extends Error {
  readonly code: FailureCode;
  readonly retryable: boolean;

  constructor(code: FailureCode, message: string, options: { retryable?: boolean; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'BubbleError';
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

export const isBubbleError = (error: unknown, code?: FailureCode): error is BubbleError =>
  error instanceof BubbleError && (code === undefined || error.code === code);

export function assertNever(value: never): never {
  throw new Error(`impossible value ${JSON.stringify(value)}`);
}
