/** Makes, checks and lists topics. */
import { BubbleError } from '../../../schemas/errors.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import type { TopicSpec } from '../../../schemas/topics.ts';
import { pause } from '../../clock/pause.ts';
import type { Cluster } from './cluster.ts';
import { createTopics, describeTopicConfigs } from './exchanges.ts';
import { KAFKA, kafkaFailure } from './kafka-errors.ts';
import type { TopicMetadata } from './metadata.ts';
import {
  type ClusterSettings,
  mismatchOf,
  SETTINGS,
  type Settings,
  settingsOf,
  specOf,
} from './topic-settings.ts';

const ADMIN_TIMEOUT_MS = 15_000;
const LOOK_MS = 50;

export class TopicAdmin {
  readonly #cluster: Cluster;
  readonly #clock: Clock;
  readonly #settings: ClusterSettings;
  readonly #endOf: (topic: string, partition: number) => Promise<number>;

  /** @param endOf the end of a partition, by its leader, asked until it answers */
  constructor(
    cluster: Cluster,
    clock: Clock,
    settings: ClusterSettings,
    endOf: (topic: string, partition: number) => Promise<number>,
  ) {
    this.#cluster = cluster;
    this.#clock = clock;
    this.#settings = settings;
    this.#endOf = endOf;
  }

  async ensure(specs: readonly TopicSpec[]): Promise<void> {
    if (specs.length === 0) return;
    const before = await this.#existing(specs);
    const missing = specs.filter(({ name }) => !before.has(name));
    if (missing.length > 0) await this.#create(missing);
    // Also the new ones are read back: another process may have made them first, otherwise.
    const existing = missing.length === 0 ? before : await this.#untilReady(specs, missing);
    const settings = await this.#settingsOf(specs.map(({ name }) => name));
    for (const spec of specs) {
      const { partitions } = existing.get(spec.name)!;
      const mismatch = mismatchOf(
        spec,
        {
          partitions: partitions.length,
          replication: Math.min(...partitions.map(({ replicas }) => replicas.length)),
          settings: settings.get(spec.name) ?? new Map(),
        },
        this.#settings,
      );
      if (mismatch !== null) throw mismatch;
    }
  }

  async list(): Promise<TopicSpec[]> {
    const topics = (await this.#cluster.describe(null)).filter(
      ({ errorCode, isInternal }) => errorCode === 0 && !isInternal,
    );
    const settings = await this.#settingsOf(topics.map(({ topic }) => topic));
    return topics.map(({ topic, partitions }) =>
      specOf(topic, partitions.length, settings.get(topic) ?? new Map(), this.#settings),
    );
  }

  async #existing(specs: readonly TopicSpec[]): Promise<Map<string, TopicMetadata>> {
    const described = await this.#cluster.describe(specs.map(({ name }) => name));
    const existing = new Map<string, TopicMetadata>();
    for (const each of described) {
      if (each.errorCode === KAFKA.UNKNOWN_TOPIC_OR_PARTITION) continue;
      if (each.errorCode !== KAFKA.NONE && each.errorCode !== KAFKA.LEADER_NOT_AVAILABLE)
        throw kafkaFailure(each.errorCode, `looking at topic ${each.topic}`);
      existing.set(each.topic, each);
    }
    return existing;
  }

  async #create(specs: readonly TopicSpec[]): Promise<void> {
    const { replication } = this.#settings;
    const { topicErrors } = await this.#cluster.askAny(
      createTopics({
        timeout: ADMIN_TIMEOUT_MS,
        validateOnly: false,
        topics: specs.map((spec) => ({
          topic: spec.name,
          numPartitions: spec.partitions,
          replicationFactor: replication,
          configEntries: [...settingsOf(spec, this.#settings)].map(([name, value]) => ({ name, value })),
        })),
      }),
      ADMIN_TIMEOUT_MS,
    );
    for (const { topic, errorCode, errorMessage } of topicErrors) {
      if (errorCode === KAFKA.NONE || errorCode === KAFKA.TOPIC_ALREADY_EXISTS) continue;
      throw kafkaFailure(
        errorCode,
        `making topic ${topic} with ${replication} replicas`,
        errorMessage ?? null,
      );
    }
  }

  /** Until a broker tells of all of them, with leaders, and the leaders of the new ones know that they are. */
  async #untilReady(
    specs: readonly TopicSpec[],
    made: readonly TopicSpec[],
  ): Promise<Map<string, TopicMetadata>> {
    const deadline = this.#clock.monotonic() + ADMIN_TIMEOUT_MS;
    for (;;) {
      const existing = await this.#existing(specs);
      const isReady = specs.every(({ name }) => {
        const topic = existing.get(name);
        return topic?.partitions.every(({ leader }) => leader >= 0) ?? false;
      });
      if (isReady) {
        for (const { name } of made)
          await Promise.all(
            existing.get(name)!.partitions.map(({ partition }) => this.#endOf(name, partition)),
          );
        return existing;
      }
      if (this.#clock.monotonic() > deadline)
        throw new BubbleError('LOG_TIMEOUT', 'topics were made, and have no leaders yet', {
          retryable: true,
        });
      await pause(this.#clock, LOOK_MS);
    }
  }

  async #settingsOf(topics: readonly string[]): Promise<Map<string, Settings>> {
    if (topics.length === 0) return new Map();
    const { resources } = await this.#cluster.askAny(
      describeTopicConfigs(topics, SETTINGS),
      ADMIN_TIMEOUT_MS,
    );
    const settings = new Map<string, Settings>();
    for (const { errorCode, errorMessage, resourceName, configEntries } of resources) {
      // A topic that was deleted between the two questions has no settings to tell.
      if (errorCode === KAFKA.UNKNOWN_TOPIC_OR_PARTITION) continue;
      if (errorCode !== KAFKA.NONE)
        throw kafkaFailure(errorCode, `reading the settings of ${resourceName}`, errorMessage);
      const values = configEntries.flatMap(({ configName, configValue }) =>
        configValue === null ? [] : [[configName, configValue] as const],
      );
      settings.set(resourceName, new Map(values));
    }
    return settings;
  }
}
