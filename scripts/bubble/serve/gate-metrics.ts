/** Metrics of the gate. Every name is in docs/operating.md. */
import type { Gate, GateStats } from '../../../gateways/gate/gate.ts';
import type { GateCounts } from '../../../gateways/gate/gate-counts.ts';
import type { Metrics, SetValue } from '../../../infra/metrics/prometheus.ts';

/** @param gate the present one, or null */
export const addGateMetrics = (metrics: Metrics, gate: () => Gate | null, counts: GateCounts): void => {
  const gauge = (name: string, help: string, value: (stats: GateStats) => number): void =>
    metrics.gauge(`bubble_gate_${name}`, help, [], (set) => {
      const present = gate();
      if (present !== null) set({}, value(present.stats()));
    });
  const total = (name: string, help: string, value: () => number): void =>
    metrics.counter(`bubble_gate_${name}_total`, help, [], (set) => set({}, value()));
  const totals = (
    name: string,
    help: string,
    label: string,
    values: () => Iterable<[string, number]>,
  ): void => {
    const collect = (set: SetValue): void => {
      for (const [value, count] of values()) set({ [label]: value }, count);
    };
    metrics.counter(`bubble_gate_${name}_total`, help, [label], collect);
  };

  gauge('serving', '1 while the gate holds its slot and takes connections, else 0.', ({ state }) =>
    state === 'serving' ? 1 : 0,
  );
  gauge('slot', 'The delivery slot of this gate.', (stats) => stats.slot);
  gauge('slot_epoch', 'The epoch of its slot: rises with every claim.', (stats) => stats.slotEpoch);
  gauge('connections', 'Open connections.', (stats) => stats.connections);
  gauge('sessions', 'Authenticated and confirmed sessions.', (stats) => stats.sessions);
  gauge('pending_sends', 'Commands without an answer.', (stats) => stats.pendingSends);
  gauge('queue_bytes', 'Bytes that clients have not taken yet.', (stats) => stats.queueBytes);

  total(
    'slot_claims',
    'Slots claimed; more than one: a slot was lost, or the epoch has changed.',
    () => counts.claims,
  );
  total('connections_opened', 'Connections accepted.', () => counts.connections);
  totals('closes', 'Connections closed or refused by the gate, by close code.', 'code', () =>
    counts.closes.entries(),
  );
  totals('authentications', 'Authentications by outcome.', 'outcome', () => counts.authentications.entries());
  total('received_bytes', 'Bytes from clients.', () => counts.bytesReceived);
  total('sent_bytes', 'Bytes of frames to clients.', () => counts.bytesSent);
  totals('commands', 'Commands of good form, by kind.', 'kind', () => counts.commands());
  totals(
    'answers',
    'Answers to commands by code of the catalogue; a command that was told PENDING has two.',
    'code',
    () => counts.answers(),
  );
  totals('inbound_appends', 'Batches of commands handed to the log, by outcome.', 'outcome', () =>
    counts.appends.entries(),
  );
  total('push_frames', 'Push frames.', () => counts.pushFrames);
  total('pushed_rows', 'Rows pushed.', () => counts.pushedRows);
  total('withheld_rows', 'Rows left to pulls (notify mode).', () => counts.withheldRows);
  totals('pulls', 'Pulls by code; those that shared a page count as one.', 'code', () =>
    counts.pulls.entries(),
  );
  total('pulled_rows', 'Rows read for pulls.', () => counts.pulledRows);

  const histograms = [
    ['answer_seconds', 'From the receipt of a command to its answer by the log.', counts.answerSeconds],
    ['inbound_append_seconds', 'Of a batch of commands, until the log has answered.', counts.appendSeconds],
    [
      'push_delay_seconds',
      "From the log's time of a command to when its row is handed to connections: the newest row of each batch read, between two clocks.",
      counts.pushDelaySeconds,
    ],
    ['pull_seconds', 'Of a pull, the wait for its newest row included.', counts.pullSeconds],
  ] as const;
  for (const [name, help, histogram] of histograms)
    metrics.histogram(`bubble_gate_${name}`, help, [], (set) => set({}, histogram));
};
