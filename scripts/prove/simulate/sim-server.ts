/**
 * The server of a simulation: the real gate, fan-outs, deliveries, timelines and embedded log, each role a simulated
 * process of its own with its own connection to the log, as on a cluster. One life: after a crash a new one is made
 * on the same disk.
 */
import type { Authenticator } from '../../../gateways/auth/authenticator.ts';
import type { KeyRing } from '../../../gateways/auth/key-ring.ts';
import type { KeyStore } from '../../../gateways/auth/key-store.ts';
import { type Gate, openGate } from '../../../gateways/gate/gate.ts';
import type { SimDisk, SimMount } from '../../../infra/disk/sim-disk.ts';
import { openEmbeddedLog } from '../../../infra/log/embedded/embedded-log.ts';
import type { Log, RandomAccess } from '../../../infra/log/log.ts';
import type { Logger } from '../../../infra/logger/logger.ts';
import type { SeededRandom } from '../../../infra/random/seeded-random.ts';
import { openFileRegistry } from '../../../infra/schema-registry/file-registry.ts';
import type { SchemaRegistry } from '../../../infra/schema-registry/schema-registry.ts';
import { openFileSnapshots } from '../../../infra/snapshots/file-snapshots.ts';
import type { SnapshotStore } from '../../../infra/snapshots/snapshot-store.ts';
import { openEmbeddedTimeline } from '../../../infra/timeline/embedded/embedded-timeline.ts';
import { EpochTimelines } from '../../../infra/timeline/epochs.ts';
import type { TimelineStore } from '../../../infra/timeline/timeline-store.ts';
import { startDelivery } from '../../../processors/delivery/delivery.ts';
import { startFanOut } from '../../../processors/fan-out/fan-out.ts';
import {
  announceEpoch,
  beginEpoch,
  isDeliveryFinished,
  isTimelineFinished,
  layoutsOf,
} from '../../../processors/runtime/epochs.ts';
import type { RunningProcessor } from '../../../processors/runtime/running.ts';
import { finishTimeline } from '../../../processors/timeline/finish-epoch.ts';
import { startTimeline } from '../../../processors/timeline/timeline.ts';
import { isBubbleError } from '../../../schemas/errors.ts';
import { type Codecs, EVENT_SCHEMAS, makeCodecs } from '../../../schemas/events/codecs.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import { type Layout, sessionsTopic, topicSpecs } from '../../../schemas/topics.ts';
import type { Plan } from './plan.ts';
import { type AppendFault, RemoteLog } from './remote-log.ts';
import { openSimAuthentication } from './sim-authentication.ts';
import type { SimNetwork } from './sim-network.ts';
import { SimProcess } from './sim-process.ts';

export const DATA_FOLDER = '/data';
/** How often a change of the epoch is looked at, ms. */
const EPOCH_STEP_MS = 100;

export interface ServerWorld {
  readonly plan: Plan;
  readonly clock: Clock;
  readonly disk: SimDisk;
  readonly network: SimNetwork;
  readonly random: SeededRandom;
  readonly keyStore: KeyStore;
  readonly logger: Logger;
  readonly appendFault: (topic: string) => AppendFault;
  /** Something of the server ended that should not: a processor rejected, a role did not start. */
  readonly failed: (role: string, error: unknown) => void;
  /** There is an epoch change to be brought to its end. */
  readonly changing: (server: SimServer) => void;
}

const knownCodecs = new Map<string, Codecs>();

/** As `registerCodecs` does it, but for that codecs with the same ids are made once in a process: it takes 10 ms. */
const codecsOf = async (registry: SchemaRegistry): Promise<Codecs> => {
  const ids = new Map<string, number>();
  for (const event of Object.values(EVENT_SCHEMAS)) {
    ids.set(event.subject, await registry.register(event.subject, event.schema));
  }
  const key = JSON.stringify([...ids]);
  const codecs = knownCodecs.get(key) ?? makeCodecs((event) => ids.get(event.subject)!);
  knownCodecs.set(key, codecs);
  return codecs;
};

export type RoleKind = 'gate' | 'fan-out' | 'delivery' | 'timeline';

/** A role of the server in its process; `revive` puts a new process in the place of a killed one. */
export interface Role {
  readonly kind: RoleKind;
  readonly name: string;
  process: SimProcess;
  log: RemoteLog;
}

interface Opened {
  readonly log: Log & RandomAccess;
  readonly codecs: Codecs;
  readonly snapshots: SnapshotStore;
  readonly timelines: EpochTimelines;
  readonly authenticator: Authenticator;
  readonly keys: KeyRing;
}

export class SimServer {
  readonly roles: Role[] = [];
  readonly #world: ServerWorld;
  readonly #mount: SimMount;
  /** The machine itself: the log, the files. */
  readonly #machine: SimProcess;
  #opened: Opened | null = null;
  #gate: Gate | null = null;
  /** Index of the present epoch. */
  #current = 0;
  #growing = false;
  #changing = false;
  #moving = false;

  private constructor(world: ServerWorld) {
    this.#world = world;
    this.#mount = world.disk.mount();
    this.#machine = new SimProcess('machine', world.clock);
  }

  static make(world: ServerWorld): SimServer {
    return new SimServer(world);
  }

  get isAlive(): boolean {
    return this.#machine.state !== 'dead';
  }

  /** Roles are being replaced. */
  get isMoving(): boolean {
    return this.#moving;
  }

  get isOpen(): boolean {
    return this.#opened !== null;
  }

  get opened(): Opened {
    if (this.#opened === null) throw new Error('the simulated server is not open');
    return this.#opened;
  }

  /** Opens everything and starts all roles. Never settles where the server is killed meanwhile. */
  async start(): Promise<void> {
    const { plan, random, logger, keyStore } = this.#world;
    const { layout, limits } = plan;
    const disk = this.#mount;
    const clock = this.#machine;
    const folder = DATA_FOLDER;
    const log = await openEmbeddedLog({
      disk,
      folder: `${folder}/log`,
      clock,
      logger,
      durability: 'always',
      segmentBytes: plan.segmentBytes,
      // Zeros are written ahead in steps of 64 KiB: slow here, so in some seeds only.
      fillBytes: random.oneIn(6) ? 65_536 : 0,
      maintenanceMs: 2_000,
      memoryBytes: random.oneIn(2) ? 16 * 1024 : 4 * 1024 * 1024,
      rebalanceMs: limits.rebalanceMs,
    });
    const registry = await openFileRegistry({ disk, folder });
    const codecs = await codecsOf(registry);
    await log.ensureTopics(topicSpecs(layout));
    const snapshots = openFileSnapshots({ disk, folder: `${folder}/snapshots`, logger, limits });
    const stores: { layout: Layout; store: TimelineStore }[] = [];
    for (const each of await layoutsOf(log, layout)) {
      await log.ensureTopics(topicSpecs(each));
      stores.push({ layout: each, store: await this.#openTimeline(log, codecs, each) });
    }
    const timelines = new EpochTimelines(stores);
    let current = 0;
    while (
      current + 1 < stores.length &&
      (await finishTimeline({ log, codecs, ...stores[current]!, logger }))
    ) {
      current += 1;
    }
    this.#current = current;
    const { authenticator, keys } = await openSimAuthentication({
      store: keyStore,
      clock,
      random: random.fork(),
      limits,
      logger,
    });
    if (!this.isAlive) return;
    this.#opened = { log, codecs, snapshots, timelines, authenticator, keys };
    const counts: [RoleKind, number][] = [
      ['fan-out', plan.fanOuts],
      ['delivery', plan.deliveries],
      ['timeline', plan.timelines],
      ['gate', 1],
    ];
    for (const [kind, count] of counts) {
      for (let number = 0; number < count; number += 1) {
        const role = this.#makeRole(kind, `${kind}-${number}`);
        this.roles.push(role);
        await this.#startRole(role);
      }
    }
    // A change that another life has begun is brought to its end.
    if (this.#current + 1 < this.layouts.length) this.#world.changing(this);
  }

  #openTimeline(log: Log & RandomAccess, codecs: Codecs, layout: Layout): Promise<TimelineStore> {
    return openEmbeddedTimeline({
      disk: this.#mount,
      folder: `${DATA_FOLDER}/timeline.${layout.epoch}`,
      records: log,
      codecs,
      layout,
      clock: this.#machine,
      logger: this.#world.logger,
      limits: this.#world.plan.limits,
    });
  }

  get layouts(): readonly Layout[] {
    return this.opened.timelines.epochs.map(({ layout }) => layout);
  }

  /** The present epoch's. */
  get layout(): Layout {
    return this.layouts[this.#current]!;
  }

  /** As the composition root does it. @returns false where a change is under way, or the server not open yet */
  async grow(inboxPartitions: number): Promise<boolean> {
    if (this.#opened === null || this.#growing || this.#current + 1 < this.layouts.length) return false;
    this.#growing = true;
    try {
      const { log, codecs, timelines } = this.opened;
      const layout = await beginEpoch(log, this.layout, inboxPartitions);
      timelines.add({ layout, store: await this.#openTimeline(log, codecs, layout) });
    } finally {
      this.#growing = false;
    }
    return true;
  }

  /** Takes a change of the epoch forward, slowly, so that faults fall in between. Never settles after a kill. */
  async changeEpochs(): Promise<void> {
    // One at a time: the one under way takes up what was begun meanwhile. (Two of them moved on twice: seed 471.)
    if (this.#changing) return;
    this.#changing = true;
    try {
      await this.#changeWhileBehind();
    } finally {
      this.#changing = false;
    }
  }

  async #changeWhileBehind(): Promise<void> {
    const { clock, random } = this.#world;
    const pause = (): Promise<void> =>
      new Promise((resolve) => void clock.after(1 + random.below(2 * EPOCH_STEP_MS), resolve));
    const { log, codecs, timelines } = this.opened;
    while (this.isAlive && this.#current + 1 < this.layouts.length) {
      const next = this.layouts[this.#current + 1]!;
      for (let partition = 0; partition < next.inboundPartitions; partition += 1) {
        await announceEpoch(log, codecs, next, partition, clock.now());
        await pause();
      }
      const { layout } = this;
      const store = timelines.storeOf(layout.epoch);
      while (!((await isTimelineFinished(store, layout)) && (await isDeliveryFinished(log, layout)))) {
        await pause();
        if (!this.isAlive) return;
      }
      await this.#moveOn();
    }
  }

  /**
   * Every role but fan-out goes on in the next epoch: readers begin anew, then the gate announces its sessions there, or
   * begins anew itself, as after a crash in the middle.
   */
  async #moveOn(): Promise<void> {
    const { clock, random, failed } = this.#world;
    this.#current += 1;
    this.#moving = true;
    const changed = new Error('the inbox epoch has changed');
    for (const { kind, name } of this.roles) {
      if (kind === 'delivery' || kind === 'timeline') failed(name, changed);
    }
    const hasMoved = !random.oneIn(4) && (await this.#moveGate());
    if (this.isAlive && !hasMoved) failed('gate-0', changed);
    // Until clients have noticed.
    clock.after(1_000, () => {
      this.#moving = false;
    });
  }

  /** @returns whether the gate goes on in the present epoch */
  async #moveGate(): Promise<boolean> {
    const gate = this.#gate;
    const { clock } = this.#world;
    const late = new Promise<boolean>((resolve) => void clock.after(7_000, () => resolve(false)));
    try {
      return gate !== null && (await Promise.race([gate.enterEpoch(this.layout).then(() => true), late]));
    } catch (error) {
      if (!isBubbleError(error)) throw error;
      return false;
    }
  }

  #makeRole(kind: RoleKind, name: string): Role {
    const { clock, plan, random, appendFault } = this.#world;
    const process = new SimProcess(name, clock);
    const log = new RemoteLog({
      log: this.opened.log,
      clock,
      process,
      random: random.fork(),
      delayMs: plan.logDelayMs,
      appendFault,
      lateMs: plan.lateMs,
      slowReadMs: (topic) =>
        plan.slowSessionsMs > 0 && topic === sessionsTopic(this.layout.epoch)
          ? random.below(2 * plan.slowSessionsMs)
          : 0,
    });
    return { kind, name, process, log };
  }

  async #startRole(role: Role): Promise<void> {
    const { plan, random, network, logger } = this.#world;
    const { limits } = plan;
    const { layout } = this;
    const { codecs, snapshots, timelines, authenticator } = this.opened;
    const { log, process } = role;
    const parts = { log, codecs, layout, limits, clock: process, logger: logger.child({ role: role.name }) };
    switch (role.kind) {
      case 'fan-out':
        this.#watch(role, await startFanOut({ ...parts, snapshots, layout: plan.layout }));
        return;
      case 'delivery':
        this.#watch(role, await startDelivery(parts));
        return;
      case 'timeline':
        this.#watch(role, await startTimeline({ ...parts, store: timelines.storeOf(layout.epoch) }));
        return;
      case 'gate': {
        const gate = await openGate({
          ...parts,
          timeline: timelines,
          authenticator,
          random: random.fork(),
          slot: 0,
          gateName: 'gate',
        });
        this.#gate = gate;
        network.listen({ process, accept: (connection) => gate.accept(connection) });
        gate.ended.catch((error: unknown) => this.#roleFailed(role, process, error));
        return;
      }
    }
  }

  #watch(role: Role, running: RunningProcessor): void {
    const { process } = role;
    running.ended.catch((error: unknown) => this.#roleFailed(role, process, error));
  }

  /** A role that gives up is started again, as a supervisor would; a dead one's complaints count for nothing. */
  #roleFailed(role: Role, process: SimProcess, error: unknown): void {
    if (!this.isAlive || process.state === 'dead' || role.process !== process) return;
    this.#world.failed(role.name, error);
  }

  get gate(): Gate | null {
    return this.#gate;
  }

  /** A role's process dies; its group memberships expire when the coordinator notices. */
  killRole(role: Role): void {
    role.process.kill();
  }

  /** A new process takes the killed one's place. */
  async reviveRole(role: Role): Promise<void> {
    if (!this.isAlive || role.process.state !== 'dead') return;
    const fresh = this.#makeRole(role.kind, role.name);
    role.process = fresh.process;
    role.log = fresh.log;
    await this.#startRole(role);
  }

  /** The whole machine stops at once. What the disk keeps is the caller's affair. */
  kill(): void {
    this.#machine.kill();
    for (const role of this.roles) role.process.kill();
    this.#mount.kill();
  }
}
