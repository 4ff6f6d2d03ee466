/**
 * Requests to a broker and how their answers are read. Those off the hot path are kafkajs's own, with the answer's
 * `parse` left out: it throws the first error of an answer about many partitions, and we look at each.
 */

import type { ApiVersions, ProtocolRequest } from 'kafkajs/src/network/connection.js';
import apiKeys from 'kafkajs/src/protocol/requests/apiKeys.js';
import requestsModule from 'kafkajs/src/protocol/requests/index.js';
import { BubbleError } from '../../../schemas/errors.ts';

export interface Exchange<Answer> {
  readonly request: ProtocolRequest;
  decode(payload: Buffer): Answer | Promise<Answer>;
}

/** An exchange whose version depends on what the broker speaks. */
export type Versioned<Answer> = (versions: ApiVersions) => Exchange<Answer>;

const kafkajs =
  <Answer>(name: string, parameters: object): Versioned<Answer> =>
  (versions) => {
    const definition = requestsModule.requests[name];
    const supported = versions[String(apiKeys[name])];
    if (definition === undefined || supported === undefined)
      throw new BubbleError('REFUSED', `the broker does not know ${name}`);
    const ours = definition.versions.map(Number);
    const version = Math.min(Math.max(...ours), supported.maxVersion);
    if (version < supported.minVersion || !ours.includes(version))
      throw new BubbleError('REFUSED', `the broker speaks no version of ${name} that we know`);
    const { request, response } = definition.protocol({ version })(parameters);
    return { request, decode: (payload) => response.decode(payload) as Promise<Answer> };
  };

export interface PartitionOf {
  readonly partition: number;
  readonly errorCode: number;
}

export interface FoundCoordinator {
  readonly errorCode: number;
  readonly coordinator: { readonly nodeId: number };
}
export const findCoordinator = (groupId: string): Versioned<FoundCoordinator> =>
  kafkajs('GroupCoordinator', { groupId });

export interface JoinedGroup {
  readonly errorCode: number;
  readonly generationId: number;
  readonly leaderId: string;
  readonly memberId: string;
  readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[];
}
export const joinGroup = (parameters: {
  groupId: string;
  sessionTimeout: number;
  rebalanceTimeout: number;
  memberId: string;
  protocolType: 'consumer';
  groupProtocols: readonly { name: string; metadata: Buffer }[];
}): Versioned<JoinedGroup> => kafkajs('JoinGroup', parameters);

export interface SyncedGroup {
  readonly errorCode: number;
  readonly memberAssignment: Buffer;
}
export const syncGroup = (parameters: {
  groupId: string;
  generationId: number;
  memberId: string;
  groupAssignment: readonly { memberId: string; memberAssignment: Buffer }[];
}): Versioned<SyncedGroup> => kafkajs('SyncGroup', parameters);

export const heartbeat = (parameters: {
  groupId: string;
  groupGenerationId: number;
  memberId: string;
}): Versioned<{ readonly errorCode: number }> => kafkajs('Heartbeat', parameters);

export const leaveGroup = (parameters: {
  groupId: string;
  memberId: string;
}): Versioned<{ readonly errorCode: number }> => kafkajs('LeaveGroup', parameters);

export interface FetchedOffsets {
  readonly errorCode: number;
  readonly responses: readonly {
    readonly topic: string;
    /** `offset` is -1 where nothing is committed. */
    readonly partitions: readonly (PartitionOf & { offset: string; metadata: string | null })[];
  }[];
}
export const offsetFetch = (parameters: {
  groupId: string;
  topics: readonly { topic: string; partitions: readonly { partition: number }[] }[];
}): Versioned<FetchedOffsets> => kafkajs('OffsetFetch', parameters);

export interface CommittedOffsets {
  readonly responses: readonly { readonly topic: string; readonly partitions: readonly PartitionOf[] }[];
}
export const offsetCommit = (parameters: {
  groupId: string;
  groupGenerationId: number;
  memberId: string;
  topics: readonly {
    topic: string;
    partitions: readonly { partition: number; offset: number; metadata: string }[];
  }[];
}): Versioned<CommittedOffsets> => kafkajs('OffsetCommit', parameters);

export interface ListedOffsets {
  readonly responses: readonly {
    readonly topic: string;
    readonly partitions: readonly (PartitionOf & { offset: string; timestamp: string })[];
  }[];
}
/** @param timestamp ms, -1: the end, -2: the beginning */
export const listOffsets = (topic: string, partition: number, timestamp: number): Versioned<ListedOffsets> =>
  kafkajs('ListOffsets', { isolationLevel: 0, topics: [{ topic, partitions: [{ partition, timestamp }] }] });

export interface CreatedTopics {
  readonly topicErrors: readonly {
    readonly topic: string;
    readonly errorCode: number;
    readonly errorMessage?: string | null;
  }[];
}
export const createTopics = (parameters: {
  timeout: number;
  validateOnly: boolean;
  topics: readonly {
    topic: string;
    numPartitions: number;
    replicationFactor: number;
    configEntries: readonly { name: string; value: string }[];
  }[];
}): Versioned<CreatedTopics> => kafkajs('CreateTopics', parameters);

export interface DescribedConfigs {
  readonly resources: readonly {
    readonly errorCode: number;
    readonly errorMessage: string | null;
    readonly resourceName: string;
    readonly configEntries: readonly { readonly configName: string; readonly configValue: string | null }[];
  }[];
}
const TOPIC_RESOURCE = 2;
export const describeTopicConfigs = (
  topics: readonly string[],
  configNames: readonly string[],
): Versioned<DescribedConfigs> =>
  kafkajs('DescribeConfigs', {
    resources: topics.map((name) => ({ type: TOPIC_RESOURCE, name, configNames })),
    includeSynonyms: false,
  });

export interface OfferedVersions {
  readonly errorCode: number;
  readonly apiVersions: readonly {
    readonly apiKey: number;
    readonly minVersion: number;
    readonly maxVersion: number;
  }[];
}
/** The first question to a broker, in version 2: every broker that the driver can talk to understands it. */
export const apiVersions = (): Exchange<OfferedVersions> => {
  const { request, response } = requestsModule.requests['ApiVersions']!.protocol({ version: 2 })({});
  return { request, decode: (payload) => response.decode(payload) as Promise<OfferedVersions> };
};

export const supportsSaslAuthenticate = (versions: ApiVersions): boolean =>
  versions[String(apiKeys['SaslAuthenticate'])] !== undefined;
