/** Metrics of the Kafka driver. */
import type { KafkaCounts } from '../../../infra/log/kafka/request-counts.ts';
import type { Metrics } from '../../../infra/metrics/prometheus.ts';

export const addKafkaMetrics = (metrics: Metrics, counts: KafkaCounts): void => {
  const total = (name: string, help: string, value: () => number): void =>
    metrics.counter(`bubble_kafka_${name}_total`, help, [], (set) => set({}, value()));

  metrics.gauge('bubble_kafka_connections', 'Open connections to brokers.', [], (set) =>
    set({}, counts.openConnections),
  );
  total('connections_opened', 'Connections to brokers opened.', () => counts.connections);
  total(
    'connections_failed',
    'Connections to brokers that could not be opened.',
    () => counts.refusedConnections,
  );
  total('sent_bytes', 'Bytes to brokers.', () => counts.bytesSent);
  total('received_bytes', 'Bytes from brokers.', () => counts.bytesReceived);
  total(
    'throttle_seconds',
    'Time that brokers held requests back for a quota.',
    () => counts.throttleMs / 1_000,
  );
  metrics.counter(
    'bubble_kafka_requests_total',
    'Requests to brokers: answered (also with an error code), or lost (no answer in time, connection gone).',
    ['api', 'outcome'],
    (set) => {
      for (const { api, answered, lost } of counts.requests) {
        set({ api, outcome: 'answered' }, answered);
        set({ api, outcome: 'lost' }, lost);
      }
    },
  );
  metrics.histogram(
    'bubble_kafka_request_seconds',
    'Of an answered request; a Fetch waits for records, a JoinGroup for the others.',
    ['api'],
    (set) => {
      for (const { api, seconds } of counts.requests) set({ api }, seconds);
    },
  );
  metrics.counter(
    'bubble_kafka_errors_total',
    'Error codes in answers of brokers, by name.',
    ['error'],
    (set) => {
      for (const [error, count] of counts.errors.entries()) set({ error }, count);
    },
  );
  metrics.counter(
    'bubble_kafka_group_generations_total',
    'Generations of a group joined: each is a rebalance.',
    ['group'],
    (set) => {
      for (const { group, generations } of counts.groups) set({ group }, generations);
    },
  );
  metrics.counter(
    'bubble_kafka_group_lost_total',
    'Generations that ended because this member was silent for too long.',
    ['group'],
    (set) => {
      for (const { group, lost } of counts.groups) set({ group }, lost);
    },
  );
};
