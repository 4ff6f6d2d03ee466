/** Metrics of the processors. A processor is told by its name; what it says beyond lag depends on its kind. */
import type { Metrics, SetValue } from '../../../infra/metrics/prometheus.ts';
import type { RunningDelivery } from '../../../processors/delivery/delivery.ts';
import type { FanOut } from '../../../processors/fan-out/fan-out.ts';
import type { RunningPresence } from '../../../processors/presence/presence.ts';
import {
  DELIVERY_GROUP,
  FAN_OUT_GROUP,
  PRESENCE_GROUP,
  TIMELINE_GROUP,
} from '../../../processors/runtime/groups.ts';
import type { RunningProcessor } from '../../../processors/runtime/running.ts';
import type { RunningTimeline } from '../../../processors/timeline/timeline.ts';
import type { LagClock } from './lag-clock.ts';
import type { Roles } from './roles.ts';

type Running = () => readonly RunningProcessor[];

/** A sum over partitions falls when one goes to another process; a total must not. */
class Rising {
  #shown = 0;
  #last = 0;

  read(sum: number): number {
    this.#shown += Math.max(0, sum - this.#last);
    this.#last = sum;
    return this.#shown;
  }
}

/** The composition starts one processor under each of these names, and no other. */
interface Kinds {
  readonly [FAN_OUT_GROUP]: FanOut;
  readonly [DELIVERY_GROUP]: RunningDelivery;
  readonly [TIMELINE_GROUP]: RunningTimeline;
  readonly [PRESENCE_GROUP]: RunningPresence;
}

const named = <Name extends keyof Kinds>(processors: Running, name: Name): Kinds[Name] | undefined =>
  processors().find((each): each is Kinds[Name] => each.name === name);

const addLag = (metrics: Metrics, processors: Running, lagClock: LagClock): void => {
  const labels = ['processor', 'topic', 'partition'];
  metrics.gauge(
    'bubble_processor_lag_records',
    'Records between the position of a processor and the end.',
    labels,
    (set) => {
      for (const processor of processors()) {
        for (const { topic, partition, position, end } of processor.lag()) {
          set(
            { processor: processor.name, topic, partition: String(partition) },
            Math.max(0, end - position),
          );
        }
      }
    },
  );
  metrics.gauge(
    'bubble_processor_lag_seconds',
    'Age of the record at the position of a processor, looked at every 5 s; 0 where it has caught up.',
    labels,
    (set) => {
      for (const processor of processors()) {
        for (const lag of processor.lag()) {
          const { topic, partition } = lag;
          const place = { processor: processor.name, topic, partition: String(partition) };
          set(place, lagClock.seconds(processor.name, lag));
        }
      }
    },
  );
  metrics.gauge(
    'bubble_processor_partitions',
    'Partitions that a processor holds here.',
    ['processor'],
    (set) => {
      for (const processor of processors()) set({ processor: processor.name }, processor.lag().length);
    },
  );
};

const addFanOut = (metrics: Metrics, processors: Running): void => {
  const decisions = new Map<string, Rising>();
  const collect = (read: (fanOut: FanOut, set: SetValue) => void) => (set: SetValue) => {
    const fanOut = named(processors, FAN_OUT_GROUP);
    if (fanOut !== undefined) read(fanOut, set);
  };
  metrics.counter(
    'bubble_fanout_decisions_total',
    'Commands decided by outcome. What a takeover folds again counts no more.',
    ['outcome'],
    collect((fanOut, set) => {
      for (const [outcome, count] of Object.entries(fanOut.counts())) {
        const total = decisions.get(outcome) ?? new Rising();
        decisions.set(outcome, total);
        set({ outcome }, total.read(count));
      }
    }),
  );
  metrics.gauge(
    'bubble_fanout_pending_records',
    'Inbox records and events that are not acknowledged yet.',
    [],
    collect((fanOut, set) => set({}, fanOut.pending())),
  );
  metrics.counter(
    'bubble_fanout_repairs_total',
    'Times that acknowledged outputs had vanished and were made again. ALARM.',
    [],
    collect((fanOut, set) => set({}, fanOut.repairs())),
  );
  metrics.gauge(
    'bubble_partition_paused',
    '1 for a partition that stands still until somebody acts. ALARM.',
    ['processor', 'partition', 'reason'],
    collect((fanOut, set) => {
      for (const { partition, reason } of fanOut.paused())
        set({ processor: FAN_OUT_GROUP, partition: String(partition), reason: reason.code }, 1);
    }),
  );
};

/** What the readers of the inbox have in common. */
const addInboxReaders = (metrics: Metrics, processors: Running): void => {
  const both = [DELIVERY_GROUP, TIMELINE_GROUP] as const;
  const counter = (
    name: string,
    help: string,
    value: (counters: { repeats: number; holes: number; unreadable: number }) => number,
  ): void =>
    metrics.counter(`bubble_inbox_${name}_total`, help, ['processor'], (set) => {
      for (const processor of both) {
        const running = named(processors, processor);
        if (running !== undefined) set({ processor }, value(running.counters));
      }
    });
  counter('repeats', 'Records dropped because they were there before.', ({ repeats }) => repeats);
  counter('holes', 'Records dropped because one before them is missing. ALARM.', ({ holes }) => holes);
  counter(
    'unreadable',
    'Records that cannot be read: their partition has stopped before them. ALARM.',
    ({ unreadable }) => unreadable,
  );
};

const addDelivery = (metrics: Metrics, processors: Running): void => {
  const collect = (value: (delivery: RunningDelivery) => number) => (set: SetValue) => {
    const delivery = named(processors, DELIVERY_GROUP);
    if (delivery !== undefined) set({}, value(delivery));
  };
  const total = (name: string, help: string, value: (delivery: RunningDelivery) => number): void =>
    metrics.counter(`bubble_delivery_${name}_total`, help, [], collect(value));
  metrics.gauge(
    'bubble_delivery_sessions',
    'Sessions known in the partitions held here.',
    [],
    collect(({ sessions }) => sessions),
  );
  metrics.gauge(
    'bubble_delivery_queue_bytes',
    'Bytes that wait to be appended to gate slots.',
    [],
    collect(({ queuedBytes }) => queuedBytes),
  );
  metrics.gauge(
    'bubble_delivery_slots_down',
    'Gate slots that take nothing.',
    [],
    collect(({ slotsDown }) => slotsDown),
  );
  total('records', 'Inbox records joined with sessions.', ({ counters }) => counters.accepted);
  total('targets', 'Rows for connections.', ({ counters }) => counters.targets);
  total('answers', 'Answers to commands.', ({ counters }) => counters.answers);
  total(
    'dropped_records',
    'Records for gate slots that were down; their clients pull.',
    ({ dropped }) => dropped,
  );
};

const addPresence = (metrics: Metrics, processors: Running): void => {
  const collect = (value: (presence: RunningPresence) => number) => (set: SetValue) => {
    const presence = named(processors, PRESENCE_GROUP);
    if (presence !== undefined) set({}, value(presence));
  };
  metrics.gauge(
    'bubble_presence_sessions',
    'Sessions known.',
    [],
    collect(({ sessions }) => sessions),
  );
  metrics.gauge(
    'bubble_presence_waiting_users',
    'Users to be written.',
    [],
    collect(({ waiting }) => waiting),
  );
  metrics.counter(
    'bubble_presence_written_users_total',
    'Users written.',
    [],
    collect(({ counters }) => counters.users),
  );
  metrics.counter(
    'bubble_presence_store_lost_total',
    'Times that the store had lost what it was given.',
    [],
    collect(({ counters }) => counters.lost),
  );
};

/** Of the roles that the process has: what it never is says nothing, not zero. */
export const addProcessorMetrics = (
  metrics: Metrics,
  roles: Roles,
  processors: Running,
  lagClock: LagClock,
): void => {
  addLag(metrics, processors, lagClock);
  if (roles.has('fan-out')) addFanOut(metrics, processors);
  if (roles.has('delivery') || roles.has('timeline')) addInboxReaders(metrics, processors);
  if (roles.has('delivery')) addDelivery(metrics, processors);
  if (roles.has('presence')) addPresence(metrics, processors);
};
