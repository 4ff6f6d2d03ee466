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
  /** Users and conversations whose rate is remembered; the least recently used are forgotten. */
  readonly rateBuckets: number;
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
  /** Auth frames remembered (240 s each); at the limit AUTH_BUSY. */
  readonly replayEntries: number;
  /** Tickets spent and not yet expired (24 h); at the limit resumptions are refused, full logins go on. */
  readonly spentTickets: number;
  /** Addresses whose handshake rate is counted one by one; beyond, new ones share one count. */
  readonly admissionAddresses: number;
  /** Logins that wait for the keys of the SSO; beyond, RETRY_LATER. */
  readonly ssoCalls: number;
  /** A session whose first frame has not opened ends so long after AuthRet. */
  readonly pendingSessionMs: number;
  /** A closed connection that does not go by itself is destroyed after so long. */
  readonly closeGraceMs: number;
  /** Clients that are told to move are spread over so long. */
  readonly drainSpreadMs: number;
  /** All deadlines of a gate are looked at so often. */
  readonly sweepMs: number;
  /** Without a proof for so long a session is unproven: its client pulls. */
  readonly proofStaleMs: number;
  /** A gate that could not read its slot's topic for so long has lost the slot. */
  readonly slotSilenceMs: number;
  // Sends.
  readonly outstandingPerConversation: number;
  readonly outstandingPerSession: number;
  /** Text fields of a message beside its content (msgSource, pushContent, title). */
  readonly textFieldBytes: number;
  /** An unanswered request holds its partition's sends back no longer than this. */
  readonly requestForgottenMs: number;
  readonly pendingAnswerMs: number;
  readonly laneGiveUpMs: number;
  readonly pendingSends: number;
  // Pulls.
  readonly syncRows: number;
  readonly syncBytes: number;
  readonly syncWaitMs: number;
  /** Pages read ahead for clients that are far behind, over all sessions of a gate, of `syncBytes` each. */
  readonly syncAheadPages: number;
  /** Users whose folded mailbox a gate keeps; the least recently used goes. */
  readonly mailboxUsers: number;
  /** Mailboxes folded at a time, and asked for and waiting; beyond, RETRY_LATER. */
  readonly mailboxFolds: number;
  readonly mailboxFoldsWaiting: number;
  /** Rows folded between two turns of the event loop. */
  readonly mailboxChunkRows: number;
  /** Unread rows of a conversation known one by one; older ones are counted only. */
  readonly mailboxUnread: number;
  /** Newest rows of a conversation in a snapshot, at most. */
  readonly mailboxLastRows: number;
  // Groups and decisions.
  readonly groupMembers: number;
  readonly membershipRowsBelow: number;
  readonly outcomesPerDevice: number;
  readonly outcomesPerDeviceMax: number;
  readonly recallMs: number;
  readonly outcomeIdleMs: number;
  /** Devices of one sender whose outcomes are kept in one conversation; the longest idle one is forgotten. */
  readonly devicesPerSender: number;
  // The log.
  readonly recordBytes: number;
  readonly laneQueueRecords: number;
  readonly laneQueueBytes: number;
  /** One append of a lane. */
  readonly laneBatchRecords: number;
  readonly laneBatchBytes: number;
  /** Fan-out's state, for each inbound partition: a snapshot after so many records, changed entries, or so long. */
  readonly snapshotRecords: number;
  readonly snapshotChanges: number;
  readonly snapshotIntervalMs: number;
  /** Changed entries while a snapshot is being written; beyond, the partition waits for it. */
  readonly snapshotChangesMax: number;
  /** Entries in memory for each inbound partition; unchanged ones go first. */
  readonly stateEntries: number;
  /** Tables a snapshot may be spread over before they are merged into one. */
  readonly snapshotTables: number;
  /** Blocks kept in memory for each open table; the least recently used go. */
  readonly snapshotCacheBytes: number;
  /** One append call. */
  readonly appendBytes: number;
  /** Appended and not yet written, over all partitions; beyond: LOG_BUSY, retryable. */
  readonly logPendingBytes: number;
  /** Newest records kept in memory for readers, over all partitions; beyond: read from segments. */
  readonly logMemoryBytes: number;
  /** Blocks of older records kept for single reads; beyond: the least recently used goes. */
  readonly logCacheBytes: number;
  /** Distinct keys of one compaction pass; beyond: the rest of the segments waits for the next pass. */
  readonly compactionKeys: number;
  // Delivery.
  /** Outputs queued for a slot; beyond, the inbox waits for it, at most `deliverySlotFullMs`, then they are dropped. */
  readonly deliverySlotQueueBytes: number;
  readonly deliverySlotFullMs: number;
  /** A slot that has taken nothing for so long while something waits: what waits is dropped. */
  readonly deliverySlotSilentMs: number;
  /** A slot that goes down again and again is probed at least so often. */
  readonly deliverySlotRestMs: number;
  /** One append to a slot. */
  readonly deliveryBatchBytes: number;
  /** Members of conversations whose recipients are kept resolved, over all inbox partitions; the oldest go. */
  readonly deliveryKnownRecipients: number;
  /** Proofs are appended to each slot so often. */
  readonly proofMs: number;
  // The timeline, over all partitions of a store.
  /** Newest rows not yet in a file; beyond, they are written, and writers wait. As many again are kept for readers. */
  readonly timelineTailRows: number;
  readonly timelineTailBytes: number;
  /** Rows kept ready to be sent; beyond, the ones not asked for longest go. */
  readonly timelineRowCacheBytes: number;
  /** Pulls that wait for a row to become readable; beyond, they are told at once that it is not. */
  readonly timelineWaiters: number;
  /** How long a rebalance waits for a member to let a partition go; beyond: the member is put out of the group. */
  readonly rebalanceMs: number;
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
  rateBuckets: 100_000,
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
  replayEntries: 262_144,
  spentTickets: 524_288,
  admissionAddresses: 65_536,
  ssoCalls: 256,
  pendingSessionMs: 5_000,
  closeGraceMs: 2_000,
  drainSpreadMs: 5_000,
  sweepMs: 250,
  proofStaleMs: 15_000,
  slotSilenceMs: 10_000,
  outstandingPerConversation: 16,
  outstandingPerSession: 512,
  textFieldBytes: 1024,
  requestForgottenMs: 60_000,
  pendingAnswerMs: 3_000,
  laneGiveUpMs: 2_000,
  pendingSends: 100_000,
  syncRows: 200,
  syncBytes: 512 * 1024,
  syncWaitMs: 1_000,
  syncAheadPages: 64,
  mailboxUsers: 1_000,
  mailboxFolds: 8,
  mailboxFoldsWaiting: 1_000,
  mailboxChunkRows: 1_000,
  mailboxUnread: 10_000,
  mailboxLastRows: 20,
  groupMembers: 500,
  membershipRowsBelow: 200,
  outcomesPerDevice: 16,
  outcomesPerDeviceMax: 256,
  recallMs: 120_000,
  outcomeIdleMs: 30 * DAY_MS,
  devicesPerSender: 32,
  recordBytes: 1024 * 1024,
  laneQueueRecords: 20_000,
  laneQueueBytes: 32 * 1024 * 1024,
  laneBatchRecords: 4_096,
  laneBatchBytes: 1024 * 1024,
  snapshotRecords: 25_000,
  snapshotChanges: 20_000,
  snapshotIntervalMs: 60_000,
  snapshotChangesMax: 400_000,
  stateEntries: 500_000,
  snapshotTables: 6,
  snapshotCacheBytes: 1024 * 1024,
  appendBytes: 16 * 1024 * 1024,
  logPendingBytes: 64 * 1024 * 1024,
  logMemoryBytes: 64 * 1024 * 1024,
  logCacheBytes: 64 * 1024 * 1024,
  compactionKeys: 2_000_000,
  deliverySlotQueueBytes: 16 * 1024 * 1024,
  deliverySlotFullMs: 2_000,
  deliverySlotSilentMs: 10_000,
  deliverySlotRestMs: 120_000,
  deliveryBatchBytes: 1024 * 1024,
  deliveryKnownRecipients: 524_288,
  proofMs: 5_000,
  timelineTailRows: 250_000,
  timelineTailBytes: 32 * 1024 * 1024,
  timelineRowCacheBytes: 32 * 1024 * 1024,
  timelineWaiters: 20_000,
  rebalanceMs: 30_000,
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
  groupMembers: 12_000,
};

export const LIMIT_PROFILES = { default: DEFAULT_LIMITS, trial: TRIAL_LIMITS } as const;

/** Limits of the client SDK: of one BubbleClient or ClientSession. */
export interface SdkLimits {
  /** Connection, manifest and handshake together. */
  readonly connectDeadlineMs: number;
  /** Reconnect: full jitter below min(max, base * 2^failures). */
  readonly backoffBaseMs: number;
  readonly backoffMaxMs: number;
  /** A server's advice to wait is obeyed up to here. */
  readonly retryAfterMaxMs: number;
  /** How long after the end of one of its sessions a client doubts that a stranger has replaced it. */
  readonly replacedDoubtMs: number;
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
  replacedDoubtMs: 60_000,
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
