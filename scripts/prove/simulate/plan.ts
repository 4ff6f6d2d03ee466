/** What a seed decides before anything runs: sizes, delays, how often what goes wrong. */
import { SeededRandom } from '../../../infra/random/seeded-random.ts';
import { type Limits, type SdkLimits, TRIAL_LIMITS } from '../../../schemas/limits.ts';
import type { Layout } from '../../../schemas/topics.ts';

export interface Plan {
  readonly seed: number;
  readonly layout: Layout;
  readonly limits: Limits;
  readonly users: number;
  readonly devicesPerUser: number;
  readonly groups: number;
  readonly fanOuts: number;
  readonly deliveries: number;
  readonly timelines: number;
  /** Commands over the whole run. */
  readonly commands: number;
  /** Mean time between two commands, ms. */
  readonly commandEveryMs: number;
  readonly networkDelayMs: number;
  readonly logDelayMs: number;
  readonly diskDelayMs: number;
  readonly segmentBytes: number;
  /** Appends of which one is lost, answered in vain, or late; 0: none. */
  readonly oneAppendIn: number;
  readonly lateMs: number;
  /** Reading the sessions topic is slow: mean delay, ms; 0: it is not. Logins then race with pushes. */
  readonly slowSessionsMs: number;
  /** Mean time between two faults, ms. */
  readonly faultEveryMs: number;
  /** When inbox gets more partitions, ms after the load began; rising, empty in most seeds. */
  readonly growsAtMs: readonly number[];
}

/** Small, so that every limit is reached within seconds of simulated time. */
const limitsOf = (random: SeededRandom): Limits => ({
  ...TRIAL_LIMITS,
  heartbeatMs: 1_500,
  heartbeatGraceMs: 1_000,
  pendingSessionMs: 1_500,
  authDeadlineMs: 3_000,
  proofMs: 500,
  proofStaleMs: 2_500,
  slotSilenceMs: 2_000,
  pendingAnswerMs: 150 + random.below(400),
  laneGiveUpMs: 300 + random.below(400),
  requestForgottenMs: 5_000,
  sweepMs: 100,
  outboundSoftBytes: random.oneIn(2) ? 2_048 : 64 * 1024,
  outboundHardBytes: 256 * 1024,
  outboundStalledMs: 2_500,
  syncRows: 5 + random.below(40),
  syncWaitMs: 200,
  // A few ids are remembered, so that late ones meet the floor.
  outcomesPerDevice: 2 + random.below(15),
  outcomesPerDeviceMax: 24,
  recallMs: random.oneIn(2) ? 50 : 2_000,
  snapshotChanges: 8 + random.below(200),
  snapshotIntervalMs: 300 + random.below(3_000),
  snapshotTables: 3,
  timelineTailRows: random.oneIn(2) ? 64 : 4_096,
  laneBatchRecords: 1 + random.below(64),
  membershipRowsBelow: random.oneIn(4) ? 3 : 200,
  rebalanceMs: 60_000,
  // In some seeds a slot that is slow for a moment loses what waits for it.
  ...(random.oneIn(3)
    ? { deliverySlotQueueBytes: 2_048, deliverySlotFullMs: 60, deliverySlotSilentMs: 200 }
    : { deliverySlotFullMs: 500, deliverySlotSilentMs: 1_500 }),
});

export const sdkLimits: Partial<SdkLimits> = {
  connectDeadlineMs: 2_500,
  backoffBaseMs: 30,
  backoffMaxMs: 500,
  stableSessionMs: 500,
  heartbeatGraceMs: 1_000,
  resendMs: 3_000,
  retryLaterBaseMs: 20,
  retryLaterMaxMs: 400,
  pullRetryBaseMs: 50,
  pullRetryMaxMs: 500,
  stateSaveMs: 100,
  queryDeadlineMs: 5_000,
};

const growsAt = (random: SeededRandom): number[] => {
  if (!random.oneIn(3)) return [];
  const first = 200 + random.below(4_000);
  return random.oneIn(3) ? [first, first + 1_500 + random.below(5_000)] : [first];
};

export const planOf = (seed: number): Plan => {
  const random = new SeededRandom(seed);
  const layout: Layout = {
    inboundPartitions: 1 + random.below(3),
    inboxPartitions: 1 + random.below(3),
    epoch: 1,
    retentionMs: Number.POSITIVE_INFINITY,
  };
  return {
    seed,
    layout,
    limits: limitsOf(random),
    users: 3 + random.below(3),
    devicesPerUser: 1 + random.below(2),
    groups: 1 + random.below(2),
    fanOuts: 1 + random.below(2),
    deliveries: 1 + random.below(2),
    timelines: 1 + random.below(2),
    commands: 170 + random.below(60),
    commandEveryMs: 15 + random.below(50),
    networkDelayMs: 1 + random.below(12),
    logDelayMs: random.oneIn(3) ? 0 : 1 + random.below(4),
    diskDelayMs: random.oneIn(3) ? 0 : 1 + random.below(6),
    segmentBytes: random.oneIn(2) ? 8 * 1024 : 64 * 1024,
    oneAppendIn: random.oneIn(3) ? 0 : 12 + random.below(40),
    lateMs: 100 + random.below(2_500),
    slowSessionsMs: random.oneIn(3) ? 50 + random.below(500) : 0,
    faultEveryMs: 500 + random.below(1_500),
    // Decided last, so that the other seeds are what they were.
    growsAtMs: growsAt(random),
  };
};
