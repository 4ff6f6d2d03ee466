/**
 * The processes of `takeover`: one that builds the state, writes its snapshot and is killed (`build`), and one that takes
 * over (`take`). Each says what it has done as a line of JSON.
 */
import { systemClock } from '../../infra/clock/system-clock.ts';
import { nodeDisk } from '../../infra/disk/node-disk.ts';
import { openEmbeddedLog } from '../../infra/log/embedded/embedded-log.ts';
import { openKafkaLog } from '../../infra/log/kafka/kafka-log.ts';
import type { GroupHandlers, Log } from '../../infra/log/log.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { makeLogger } from '../../infra/logger/pino-logger.ts';
import { openFileSnapshots } from '../../infra/snapshots/file-snapshots.ts';
import { type LogSnapshots, openLogSnapshots } from '../../infra/snapshots/log-snapshots.ts';
import { type FanOut, startFanOut } from '../../processors/fan-out/fan-out.ts';
import { PartitionFold } from '../../processors/fan-out/fold.ts';
import { StateKeeper } from '../../processors/fan-out/state-keeper.ts';
import { FAN_OUT_GROUP } from '../../processors/runtime/groups.ts';
import type { Limits } from '../../schemas/limits.ts';
import { INBOUND, inboxTopic } from '../../schemas/topics.ts';
import {
  ACKNOWLEDGED_LANE,
  appendAll,
  BUILDER_LIMITS,
  CODECS,
  emit,
  foldInto,
  LAYOUT,
  Population,
  PROCESSOR_LIMITS,
  SESSION_TIMEOUT_MS,
  type Size,
  SPECS,
} from './takeover-state.ts';

export interface ProcessPlan {
  readonly role: 'build' | 'take';
  /** Addresses of brokers, or the folder of an embedded log. */
  readonly log: { readonly brokers: readonly string[] } | { readonly folder: string };
  /** Where this process keeps its snapshots. */
  readonly folder: string;
  readonly writer: string;
  readonly size: Size;
  readonly startMs: number;
  /** Members that have written a second time before the snapshot. */
  readonly secondMessages: number;
  readonly tail: number;
  /** Records of the tail whose outputs are not acknowledged. */
  readonly unacknowledged: number;
  /** take: whether the newest snapshot is fetched ahead before the process joins the group. */
  readonly prefetched: boolean;
  /** build: joins the group afterwards, as an owner that lives. */
  readonly joins: boolean;
  /** Over the defaults of a processor. */
  readonly limits?: Partial<Limits>;
}

export interface Built {
  readonly what: 'built';
  readonly memberships: number;
  readonly rings: number;
  readonly outcomes: number;
  readonly snapshotOffset: number;
  readonly snapshotBytes: number;
  readonly end: number;
  readonly made: number;
  readonly seconds: number;
}

export interface Ready {
  readonly what: 'ready';
  readonly prefetchMs: number;
  readonly downloadedBytes: number;
}

/** Times in ms since 1970, of this machine's clock. */
export interface Taken {
  readonly what: 'taken';
  readonly assignedAt: number;
  readonly restoredAt: number;
  readonly emittedAt: number;
  readonly acknowledgedAt: number;
  readonly downloadedBytes: number;
  readonly cpuMs: number;
  readonly rssBytes: number;
}

const say = (line: Built | Ready | Taken | { readonly what: 'joined' }): void =>
  console.log(JSON.stringify(line));
/** Of the tail, records whose outputs are appended. */
const EMITTED = 1_000;
const now = (): number => performance.timeOrigin + performance.now();
const logger = process.env['BENCH_LOG'] === undefined ? SILENT_LOGGER : makeLogger({ level: 'debug' });

const openLog = ({ log, writer }: ProcessPlan): Promise<Log> =>
  'folder' in log
    ? openEmbeddedLog({ disk: nodeDisk(), folder: log.folder, clock: systemClock, durability: 'os', logger })
    : openKafkaLog({
        brokers: log.brokers,
        clientId: writer,
        replication: 1,
        minInsync: 1,
        clock: systemClock,
        logger,
        sessionTimeoutMs: SESSION_TIMEOUT_MS,
      });

const openSnapshots = (plan: ProcessPlan, log: Log): Promise<LogSnapshots> =>
  openLogSnapshots({
    log,
    files: openFileSnapshots({ disk: nodeDisk(), folder: plan.folder }),
    clock: systemClock,
    logger,
    writer: plan.writer,
  });

/** Joins the group as a processor of the case. */
const join = (plan: ProcessPlan, log: Log, snapshots: LogSnapshots): Promise<FanOut> =>
  startFanOut({
    ...{ log, snapshots, codecs: CODECS, layout: LAYOUT, clock: systemClock, logger },
    limits: { ...PROCESSOR_LIMITS, ...plan.limits },
  });

async function build(plan: ProcessPlan): Promise<void> {
  const started = now();
  const log = await openLog(plan);
  await log.ensureTopics(SPECS);
  const snapshots = await openSnapshots(plan, log);
  const id = { topic: INBOUND, partition: 0 };
  const genesis = { epoch: LAYOUT.epoch, inboxPartitions: LAYOUT.inboxPartitions };
  const keeper = await StateKeeper.open(
    { id, snapshots, clock: systemClock, logger, limits: BUILDER_LIMITS, genesis },
    Number.POSITIVE_INFINITY,
  );
  const fold = new PartitionFold({ state: keeper.state, source: 0, codecs: CODECS, limits: BUILDER_LIMITS });
  const population = new Population(plan.size, plan.startMs);
  const { groups } = plan.size;
  const commands = function* () {
    for (let group = 0; group < groups; group += 1) yield population.creation(group);
    for (let at = 0; at < population.memberships; at += 1) yield population.message(at);
    for (let number = 0; number < plan.secondMessages; number += 1)
      yield population.message(population.spread(number));
  };
  let position = await appendAll(log, commands(), foldInto(fold));
  await keeper.snapshot(position, ACKNOWLEDGED_LANE);
  // What one interval changes, over the base: so a snapshot is on a running system.
  const changes = function* () {
    for (let number = 0; number < plan.tail; number += 1)
      yield population.message(population.spread(7 + number));
  };
  position = await appendAll(log, changes(), foldInto(fold));
  await keeper.snapshot(position, ACKNOWLEDGED_LANE);
  await snapshots.settled();
  const tail = function* () {
    for (let number = 0; number < plan.tail; number += 1)
      yield population.message(population.spread(77_777 + number));
  };
  // The newest outputs are there, as the owner of a log expects them to be: of all, they would be gigabytes.
  const committed = position + plan.tail - plan.unacknowledged;
  const end = await appendAll(log, tail(), foldInto(fold, committed - EMITTED, committed));
  await emit(log, fold);
  await keeper.close();
  await log.commitFor(FAN_OUT_GROUP, INBOUND, 0, { offset: committed, vector: [] });
  const messages = population.memberships + plan.secondMessages + plan.tail;
  say({
    what: 'built',
    memberships: population.memberships,
    rings: population.memberships,
    outcomes: messages + groups,
    snapshotOffset: position,
    snapshotBytes: snapshots.status()[0]?.bytes ?? 0,
    end,
    made: messages + plan.tail,
    seconds: (now() - started) / 1_000,
  });
  if (!plan.joins) return;
  await join(plan, log, snapshots);
  say({ what: 'joined' });
}

/** Notes when the group gives the partition, when its state is there, and when the first output goes out. */
function observed(log: Log, note: (what: 'assigned' | 'restored' | 'emitted' | 'acknowledged') => void): Log {
  const handlersOf = (handlers: GroupHandlers): GroupHandlers => ({
    ...handlers,
    assigned: async (lease, committed) => {
      note('assigned');
      const from = await handlers.assigned(lease, committed);
      note('restored');
      return from;
    },
  });
  return new Proxy(log, {
    get: (target, name) => {
      if (name === 'join') {
        const join: Log['join'] = (group, topics, handlers, limits) =>
          target.join(group, topics, handlersOf(handlers), limits);
        return join;
      }
      if (name === 'append') {
        const append: Log['append'] = async (topic, partition, records, options) => {
          const isOutput = topic === inboxTopic(LAYOUT.epoch);
          if (isOutput) note('emitted');
          const appended = await target.append(topic, partition, records, options);
          if (isOutput) note('acknowledged');
          return appended;
        };
        return append;
      }
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

async function take(plan: ProcessPlan): Promise<void> {
  const log = await openLog(plan);
  const opened = now();
  const snapshots = await openSnapshots(plan, log);
  if (plan.prefetched) await snapshots.settled();
  say({
    what: 'ready',
    prefetchMs: now() - opened,
    downloadedBytes: snapshots.totals().downloadedBytes,
  });
  const at = new Map<string, number>();
  let cpu = process.cpuUsage();
  let emitted = (): void => {};
  const first = new Promise<void>((resolve) => {
    emitted = resolve;
  });
  const note = (what: string): void => {
    if (at.has(what)) return;
    if (what === 'assigned') cpu = process.cpuUsage();
    at.set(what, now());
    if (what === 'acknowledged') emitted();
  };
  await join(plan, observed(log, note), snapshots);
  await first;
  const used = process.cpuUsage(cpu);
  say({
    what: 'taken',
    assignedAt: at.get('assigned') ?? Number.NaN,
    restoredAt: at.get('restored') ?? Number.NaN,
    emittedAt: at.get('emitted') ?? Number.NaN,
    acknowledgedAt: at.get('acknowledged') ?? Number.NaN,
    downloadedBytes: snapshots.totals().downloadedBytes,
    cpuMs: (used.user + used.system) / 1_000,
    rssBytes: process.memoryUsage().rss,
  });
}

const plan = JSON.parse(process.argv[2] ?? '{}') as ProcessPlan;
await (plan.role === 'build' ? build(plan) : take(plan));
// What it holds it holds until it is killed.
setInterval(() => {}, 60_000);
