/**
 * Every limit of the system, with its default. A deployment chooses a profile and overrides single values by
 * configuration; trials and benchmarks name the profile they use.
 */

export interface Limits {
  // Bytes and times of frames.
  readonly bodyBytesBeforeAuth: number;
  readonly bodyBytes: number;
  readonly authDeadlineMs: number;
  readonly frameDeadlineMs: number;
  readonly contentBytes: number;
  readonly protobufDepth: number;
  readonly websocketFragments: number;
  // Rates.
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
  readonly conversationPerSecond: number;
  readonly conversationBurst: number;
  readonly handshakesPerSecond: number;
  readonly handshakeBurst: number;
  readonly connectionsPerAddress: number;
  readonly pendingSessionsPerAddress: number;
  // Sessions.
  readonly connections: number;
  readonly sessionsPerUser: number;
  readonly heartbeatMs: number;
  readonly heartbeatGraceMs: number;
  readonly sessionMaxMs: number;
  readonly outboundSoftBytes: number;
  readonly outboundHardBytes: number;
  readonly outboundStalledMs: number;
  readonly drainMs: number;
  readonly rsaQueue: number;
  // Sends.
  readonly outstandingPerConversation: number;
  readonly pendingAnswerMs: number;
  readonly laneGiveUpMs: number;
  readonly pendingSends: number;
  // Pulls.
  readonly syncRows: number;
  readonly syncBytes: number;
  readonly syncWaitMs: number;
  // Groups and decisions.
  readonly groupMembers: number;
  readonly membershipRowsBelow: number;
  readonly outcomesPerDevice: number;
  readonly outcomesPerDeviceMax: number;
  readonly recallMs: number;
  readonly outcomeIdleMs: number;
  // The log.
  readonly recordBytes: number;
  readonly laneQueueRecords: number;
  readonly laneQueueBytes: number;
}

const DAY_MS = 24 * 3_600_000;

export const DEFAULT_LIMITS: Limits = {
  bodyBytesBeforeAuth: 4 * 1024,
  bodyBytes: 64 * 1024,
  authDeadlineMs: 5_000,
  frameDeadlineMs: 10_000,
  contentBytes: 60 * 1024,
  protobufDepth: 16,
  websocketFragments: 64,
  messagesPerSecond: 20,
  messageBurst: 60,
  conversationPerSecond: 200,
  conversationBurst: 400,
  handshakesPerSecond: 10,
  handshakeBurst: 30,
  connectionsPerAddress: 1_000,
  pendingSessionsPerAddress: 100,
  connections: 20_000,
  sessionsPerUser: 10,
  heartbeatMs: 25_000,
  heartbeatGraceMs: 8_000,
  sessionMaxMs: 12 * 3_600_000,
  outboundSoftBytes: 256 * 1024,
  outboundHardBytes: 1024 * 1024,
  outboundStalledMs: 10_000,
  drainMs: 5_000,
  rsaQueue: 64,
  outstandingPerConversation: 16,
  pendingAnswerMs: 3_000,
  laneGiveUpMs: 2_000,
  pendingSends: 100_000,
  syncRows: 200,
  syncBytes: 512 * 1024,
  syncWaitMs: 1_000,
  groupMembers: 500,
  membershipRowsBelow: 200,
  outcomesPerDevice: 16,
  outcomesPerDeviceMax: 256,
  recallMs: 120_000,
  outcomeIdleMs: 30 * DAY_MS,
  recordBytes: 1024 * 1024,
  laneQueueRecords: 20_000,
  laneQueueBytes: 32 * 1024 * 1024,
};

/** For trials, imports and benchmarks from one address: no rate is limited, groups may be large. */
export const TRIAL_LIMITS: Limits = {
  ...DEFAULT_LIMITS,
  messagesPerSecond: 1_000_000,
  messageBurst: 1_000_000,
  conversationPerSecond: 1_000_000,
  conversationBurst: 1_000_000,
  handshakesPerSecond: 1_000_000,
  handshakeBurst: 1_000_000,
  connectionsPerAddress: 20_000,
  pendingSessionsPerAddress: 20_000,
  groupMembers: 10_000,
};

export const LIMIT_PROFILES = { default: DEFAULT_LIMITS, trial: TRIAL_LIMITS } as const;
export type LimitProfile = keyof typeof LIMIT_PROFILES;

/** Limits of the client SDK: of one BubbleClient or ClientSession. */
export interface SdkLimits {
  /** Connection, manifest and handshake together. */
  readonly connectDeadlineMs: number;
  /** Reconnect: full jitter below min(max, base * 2^failures). */
  readonly backoffBaseMs: number;
  readonly backoffMaxMs: number;
  /** A server's advice to wait is obeyed up to here. */
  readonly retryAfterMaxMs: number;
  /** A session that lived this long forgets earlier failures. */
  readonly stableSessionMs: number;
  /** Requests of one session that have no answer yet. */
  readonly requestsOutstanding: number;
  /** Without its reply in this time a heartbeat is missed. */
  readonly heartbeatGraceMs: number;
  /** A frame from the server may be this large. */
  readonly frameBytes: number;
  /** Commands in the outbox, and the sum of their bodies. */
  readonly outboxCommands: number;
  readonly outboxBytes: number;
  /** A command without an outcome is sent again after this time on one session. */
  readonly resendMs: number;
  readonly retryLaterBaseMs: number;
  readonly retryLaterMaxMs: number;
  /** Rows above C that were shown ahead of a pull. */
  readonly rowsAhead: number;
  /** Messages remembered by id, so that one that comes again under another version is not shown twice. */
  readonly recentMessages: number;
  /** A pull that failed or found nothing new is repeated after base * 2^n with jitter, at most max. */
  readonly pullRetryBaseMs: number;
  readonly pullRetryMaxMs: number;
  /** Newest rows of each conversation that a snapshot asks for. */
  readonly snapshotRows: number;
  /** A query (not a command) waits this long for a session and its answer. */
  readonly queryDeadlineMs: number;
  readonly queriesWaiting: number;
  /** C and tickets are written at most this often. */
  readonly stateSaveMs: number;
  /** The outbox journal is compacted beyond this size. */
  readonly journalBytes: number;
}

export const DEFAULT_SDK_LIMITS: SdkLimits = {
  connectDeadlineMs: 15_000,
  backoffBaseMs: 500,
  backoffMaxMs: 30_000,
  retryAfterMaxMs: 60_000,
  stableSessionMs: 5_000,
  requestsOutstanding: 65_536,
  heartbeatGraceMs: 8_000,
  frameBytes: 4 * 1024 * 1024,
  outboxCommands: 10_000,
  outboxBytes: 16 * 1024 * 1024,
  resendMs: 60_000,
  retryLaterBaseMs: 250,
  retryLaterMaxMs: 30_000,
  rowsAhead: 10_000,
  recentMessages: 1_024,
  pullRetryBaseMs: 1_000,
  pullRetryMaxMs: 30_000,
  snapshotRows: 20,
  queryDeadlineMs: 15_000,
  queriesWaiting: 1_000,
  stateSaveMs: 1_000,
  journalBytes: 1024 * 1024,
};
