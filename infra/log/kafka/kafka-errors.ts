/** Kafka's error codes, as far as the driver tells them apart, and what becomes of the rest. */
import errorModule from 'kafkajs/src/protocol/error.js';
import { BubbleError, type FailureCode } from '../../../schemas/errors.ts';

export const KAFKA = {
  NONE: 0,
  OFFSET_OUT_OF_RANGE: 1,
  UNKNOWN_TOPIC_OR_PARTITION: 3,
  LEADER_NOT_AVAILABLE: 5,
  NOT_LEADER_OR_FOLLOWER: 6,
  MESSAGE_TOO_LARGE: 10,
  COORDINATOR_LOAD_IN_PROGRESS: 14,
  COORDINATOR_NOT_AVAILABLE: 15,
  NOT_COORDINATOR: 16,
  RECORD_LIST_TOO_LARGE: 18,
  ILLEGAL_GENERATION: 22,
  INCONSISTENT_GROUP_PROTOCOL: 23,
  UNKNOWN_MEMBER_ID: 25,
  REBALANCE_IN_PROGRESS: 27,
  UNSUPPORTED_VERSION: 35,
  TOPIC_ALREADY_EXISTS: 36,
  MEMBER_ID_REQUIRED: 79,
} as const;

/**
 * Not retryable by any lane: the request itself is at fault, or we may not make it. Everything else passes with time
 * or with another leader: elections, replicas away, storage trouble of one broker.
 */
const FOR_GOOD = new Map<number, FailureCode>([
  [KAFKA.MESSAGE_TOO_LARGE, 'RECORD_TOO_LARGE'],
  [KAFKA.RECORD_LIST_TOO_LARGE, 'RECORD_TOO_LARGE'],
  [KAFKA.OFFSET_OUT_OF_RANGE, 'OFFSET_OUT_OF_RANGE'],
  [2, 'REFUSED'], // CORRUPT_MESSAGE, also a record without key for a compacted topic
  [12, 'REFUSED'], // OFFSET_METADATA_TOO_LARGE
  [17, 'UNKNOWN_TOPIC'], // INVALID_TOPIC_EXCEPTION
  [21, 'REFUSED'], // INVALID_REQUIRED_ACKS
  [KAFKA.INCONSISTENT_GROUP_PROTOCOL, 'REFUSED'],
  [24, 'REFUSED'], // INVALID_GROUP_ID
  [26, 'CONFIG'], // INVALID_SESSION_TIMEOUT
  [28, 'REFUSED'], // INVALID_COMMIT_OFFSET_SIZE
  [29, 'REFUSED'], // TOPIC_AUTHORIZATION_FAILED
  [30, 'REFUSED'], // GROUP_AUTHORIZATION_FAILED
  [31, 'REFUSED'], // CLUSTER_AUTHORIZATION_FAILED
  [33, 'CONFIG'], // UNSUPPORTED_SASL_MECHANISM
  [KAFKA.UNSUPPORTED_VERSION, 'REFUSED'],
  [37, 'CONFIG'], // INVALID_PARTITIONS
  [38, 'CONFIG'], // INVALID_REPLICATION_FACTOR
  [39, 'CONFIG'], // INVALID_REPLICA_ASSIGNMENT
  [40, 'CONFIG'], // INVALID_CONFIG
  [42, 'REFUSED'], // INVALID_REQUEST
  [43, 'REFUSED'], // UNSUPPORTED_FOR_MESSAGE_FORMAT
  [44, 'REFUSED'], // POLICY_VIOLATION
  [58, 'CONFIG'], // SASL_AUTHENTICATION_FAILED
  [76, 'REFUSED'], // UNSUPPORTED_COMPRESSION_TYPE
  [81, 'REFUSED'], // GROUP_MAX_SIZE_REACHED
  [87, 'REFUSED'], // INVALID_RECORD
]);

/** Kafka's own name of a code: NOT_LEADER_FOR_PARTITION. */
export const errorNameOf = (code: number): string => errorModule.createErrorFromCode(code).type;

/** The failure that a broker's answer stands for. */
export function kafkaFailure(code: number, doing: string, detail: string | null = null): BubbleError {
  const { type, message } = errorModule.createErrorFromCode(code);
  const failure = FOR_GOOD.get(code);
  return new BubbleError(
    failure ?? 'LOG_TIMEOUT',
    `${doing}: Kafka answered ${type} (${detail ?? message})`,
    {
      retryable: failure === undefined,
    },
  );
}

/** The view of who leads what is old, or an election is under way. */
export const isStaleLeader = (code: number): boolean =>
  code === KAFKA.UNKNOWN_TOPIC_OR_PARTITION ||
  code === KAFKA.LEADER_NOT_AVAILABLE ||
  code === KAFKA.NOT_LEADER_OR_FOLLOWER ||
  code === 8 || // BROKER_NOT_AVAILABLE
  code === 9 || // REPLICA_NOT_AVAILABLE
  code === 56 || // KAFKA_STORAGE_ERROR
  code === 74 || // FENCED_LEADER_EPOCH
  code === 75 || // UNKNOWN_LEADER_EPOCH
  code === 78; // OFFSET_NOT_AVAILABLE

export const isStaleCoordinator = (code: number): boolean =>
  code === KAFKA.COORDINATOR_LOAD_IN_PROGRESS ||
  code === KAFKA.COORDINATOR_NOT_AVAILABLE ||
  code === KAFKA.NOT_COORDINATOR;

/** The coordinator counts this member out, or has begun another generation. */
export const isLostMembership = (code: number): boolean =>
  code === KAFKA.ILLEGAL_GENERATION ||
  code === KAFKA.UNKNOWN_MEMBER_ID ||
  code === KAFKA.REBALANCE_IN_PROGRESS ||
  code === 82; // FENCED_INSTANCE_ID
