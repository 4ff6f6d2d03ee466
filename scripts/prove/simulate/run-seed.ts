/**
 * One seed, from the first connection to the verdict.
 *
 * Invariants:
 * 1. Everything random comes from the seed, all time from the simulated clock: the same seed is the same run, and
 *    its trace has the same digest.
 * 2. After the last command all is mended, and the run goes on until it rests: every command has its outcome, every
 *    device is complete without being asked. A run that does not come to rest is a failure.
 * 3. Errors that nobody handles are failures, but for those of processes that are dead.
 */
import { createHash, type Hash } from 'node:crypto';
import { nodeCryptoPort } from '../../../clients/sdk/crypto/node-crypto-port.ts';
import { Manifests } from '../../../clients/sdk/manifests.ts';
import { openSession } from '../../../clients/sdk/session-opening.ts';
import type { KeyStore } from '../../../gateways/auth/key-store.ts';
import { SimClock } from '../../../infra/clock/sim-clock.ts';
import { SimDisk } from '../../../infra/disk/sim-disk.ts';
import { type Logger, SILENT_LOGGER } from '../../../infra/logger/logger.ts';
import { SeededRandom } from '../../../infra/random/seeded-random.ts';
import { DEFAULT_SDK_LIMITS } from '../../../schemas/limits.ts';
import { inboxTopic } from '../../../schemas/topics.ts';
import { type CheckerReport, HistoryChecker } from '../checker/checker.ts';
import { eventToLine, type HistoryEvent } from '../checker/history.ts';
import { readInbox } from '../recording/final-reading.ts';
import { type FaultWorld, mend, strike } from './faults.ts';
import { type Plan, planOf, sdkLimits } from './plan.ts';
import { compareRebuilt } from './rebuild.ts';
import type { AppendFault } from './remote-log.ts';
import { makeKeyStore, TENANT, tokenOf } from './sim-authentication.ts';
import { SimDevice } from './sim-device.ts';
import { SimNetwork } from './sim-network.ts';
import { SimProcess } from './sim-process.ts';
import { SimServer } from './sim-server.ts';

/** Bugs planted through ports, for canaries. */
export type PortBug = 'lying-sync';

export interface SeedOptions {
  readonly seed: number;
  /** Hears of every fault and every event of the history. */
  readonly trace?: (line: string) => void;
  /** Logs of the servers. */
  readonly logger?: Logger;
  readonly portBug?: PortBug;
}

export interface SeedResult {
  readonly seed: number;
  readonly commands: number;
  /** Invocations, answers and rows given to clients. */
  readonly operations: number;
  readonly faults: number;
  readonly simulatedMs: number;
  /** Of the whole trace: equal for equal runs. */
  readonly digest: string;
  readonly report: CheckerReport;
  /** What is wrong beside the checker's violations. */
  readonly problems: readonly string[];
}

const REST_WITHIN_MS = 90_000;
const REST_STEP_MS = 100;
const START_WITHIN_MS = 60_000;
const MOST_RESTARTS = 200;
/** The load of a seed takes some 10 s of simulated time; longer than this only where nothing gets through any more. */
const LOAD_WITHIN_MS = 120_000;
const LEAST_OPERATIONS = 1_000;
const LEAST_FAULTS = 3;

const isOfDead = (error: unknown): boolean =>
  error instanceof Error && error.message.includes('the simulated process has died');

class SeedRun {
  readonly #plan: Plan;
  readonly #options: SeedOptions;
  readonly #clock: SimClock;
  readonly #random: SeededRandom;
  readonly #faultRandom: SeededRandom;
  readonly #appendRandom: SeededRandom;
  readonly #growRandom: SeededRandom;
  readonly #disk: SimDisk;
  readonly #network: SimNetwork;
  readonly #keyStore: KeyStore = makeKeyStore();
  readonly #checker: HistoryChecker;
  readonly #hash: Hash = createHash('sha256');
  readonly #devices: SimDevice[] = [];
  readonly #users: string[];
  readonly #problems: string[] = [];
  readonly #groups: string[] = [];
  #server: SimServer | null = null;
  #restarts = 0;
  #commands = 0;
  #operations = 0;
  #faults = 0;
  #appendFaults = false;
  #grown = 0;

  constructor(options: SeedOptions) {
    this.#options = options;
    this.#plan = planOf(options.seed);
    const { plan } = { plan: this.#plan };
    this.#random = new SeededRandom(options.seed).fork();
    this.#faultRandom = this.#random.fork();
    this.#appendRandom = this.#random.fork();
    this.#growRandom = new SeededRandom(options.seed + 1_000_000_007);
    this.#clock = new SimClock();
    const diskRandom = this.#random.fork();
    this.#disk = new SimDisk({
      random: diskRandom,
      clock: this.#clock,
      delayMs: (operation) =>
        plan.diskDelayMs > 0 && operation === 'sync' ? diskRandom.below(2 * plan.diskDelayMs + 1) : 0,
      syncHappens: () => options.portBug !== 'lying-sync',
    });
    this.#network = new SimNetwork({
      clock: this.#clock,
      random: this.#random.fork(),
      delayMs: plan.networkDelayMs,
      windowBytes: 4_096,
    });
    this.#checker = new HistoryChecker({
      membershipRowsBelow: plan.limits.membershipRowsBelow,
      uniqueBodies: true,
    });
    this.#users = Array.from({ length: plan.users }, (_, index) => `user${index}`);
  }

  // ---- what happened ----

  readonly #emit = (event: HistoryEvent): void => {
    this.#operations += event.type === 'pulled' ? event.rows.length : isOperation(event) ? 1 : 0;
    this.#checker.add(event);
    this.#note(eventToLine(event));
  };

  #note(text: string): void {
    const line = `${this.#clock.monotonic().toFixed(1)} ${text}`;
    this.#hash.update(line);
    this.#options.trace?.(line);
  }

  readonly #problem = (text: string): void => {
    this.#problems.push(text);
    this.#note(`problem: ${text}`);
  };

  #watch(what: string, promise: Promise<unknown>): void {
    promise.catch((error: unknown) => {
      if (!isOfDead(error)) this.#problem(`${what}: ${textOf(error)}`);
    });
  }

  // ---- the server ----

  readonly #appendFault = (_topic: string): AppendFault => {
    const { oneAppendIn } = this.#plan;
    if (!this.#appendFaults || oneAppendIn === 0 || !this.#appendRandom.oneIn(oneAppendIn)) return 'none';
    const kinds: AppendFault[] = ['lost-request', 'lost-answer', 'late'];
    return kinds[this.#appendRandom.below(kinds.length)] ?? 'none';
  };

  #startServer(): Promise<void> {
    const server = SimServer.make({
      plan: this.#plan,
      clock: this.#clock,
      disk: this.#disk,
      network: this.#network,
      random: this.#random.fork(),
      keyStore: this.#keyStore,
      logger: this.#options.logger ?? SILENT_LOGGER,
      appendFault: this.#appendFault,
      failed: (role, error) => this.#roleFailed(server, role, error),
      changing: (changing) => this.#changeEpochs(changing),
    });
    this.#server = server;
    return server.start();
  }

  /** A supervisor starts a role again that has given up. */
  #roleFailed(server: SimServer, name: string, error: unknown): void {
    this.#note(`${name} has ended: ${textOf(error)}`);
    this.#restarts += 1;
    if (this.#restarts > MOST_RESTARTS) {
      if (this.#restarts === MOST_RESTARTS + 1) this.#problem(`${name} does not stay up: ${textOf(error)}`);
      return;
    }
    const role = server.roles.find((each) => each.name === name);
    if (role === undefined) return;
    server.killRole(role);
    this.#clock.after(100, () => this.#reviveLater(server, name));
  }

  /** A role that cannot start (a full disk, a lost request) is tried again. */
  #reviveLater(server: SimServer, name: string): void {
    const role = server.roles.find((each) => each.name === name);
    if (role === undefined || server !== this.#server) return;
    const { process } = role;
    server.reviveRole(role).catch((error: unknown) => {
      if (isOfDead(error) || role.process === process) return;
      this.#roleFailed(server, name, error);
    });
  }

  /** Appends of a change are tried again, as the composition root does. */
  #changeEpochs(server: SimServer): void {
    server.changeEpochs().catch((error: unknown) => {
      if (server !== this.#server || isOfDead(error)) return;
      this.#note(`the epoch change goes on later: ${textOf(error)}`);
      this.#clock.after(100, () => this.#changeEpochs(server));
    });
  }

  /** Inbox gets more partitions; in some seeds the machine dies on the way. */
  #grow(): void {
    const server = this.#server;
    const random = this.#growRandom;
    const later = (): void => void this.#clock.after(200, () => this.#grow());
    if (server === null || !server.isOpen) {
      later();
      return;
    }
    const inboxPartitions = (server.layouts.at(-1)?.inboxPartitions ?? 0) + 1 + random.below(3);
    server.grow(inboxPartitions).then(
      (isBegun) => {
        if (!isBegun) return later();
        this.#grown += 1;
        this.#faults += 1;
        this.#note(`fault: inbox grows to ${inboxPartitions} partitions`);
        if (server === this.#server) this.#changeEpochs(server);
      },
      (error: unknown) => {
        if (!isOfDead(error)) this.#note(`inbox does not grow: ${textOf(error)}`);
        later();
      },
    );
    if (!random.oneIn(3)) return;
    const kind = random.oneIn(2) ? 'kill' : 'power-cut';
    this.#clock.after(random.below(1_000), () => {
      if (this.#server === server) this.#crash(kind);
    });
  }

  #crash(kind: 'kill' | 'power-cut'): void {
    this.#server?.kill();
    this.#server = null;
    if (kind === 'power-cut') this.#disk.powerCut();
    this.#clock.after(this.#faultRandom.below(1_000), () => this.#restart());
  }

  #restart(): void {
    if (this.#server !== null) return;
    const began = this.#startServer();
    const server = this.#server as SimServer | null;
    began.catch((error: unknown) => {
      if (server === null || this.#server !== server || isOfDead(error)) return;
      // As a supervisor would: a start that fails (a full disk) is tried again.
      this.#note(`the server does not start: ${textOf(error)}`);
      server.kill();
      this.#server = null;
      this.#restarts += 1;
      if (this.#restarts > MOST_RESTARTS) this.#problem(`the server does not start: ${textOf(error)}`);
      else this.#clock.after(200, () => this.#restart());
    });
  }

  // ---- the run ----

  async run(): Promise<SeedResult> {
    await this.#clock.until(this.#startServer(), START_WITHIN_MS);
    const faultWorld = this.#faultWorld();
    await this.#startDevices();
    this.#appendFaults = true;
    await this.#load(faultWorld);
    this.#appendFaults = false;
    mend(faultWorld);
    const rests = await this.#rest(faultWorld);
    if (rests) await this.#judge();
    this.#server?.kill();
    for (const device of this.#devices) device.kill();
    // Without the final readings there is nothing to judge by: that it does not rest is the finding.
    const report = (rests ? this.#checker : new HistoryChecker()).finish();
    return {
      seed: this.#plan.seed,
      commands: this.#commands,
      operations: this.#operations,
      faults: this.#faults,
      simulatedMs: this.#clock.monotonic(),
      digest: this.#hash.digest('hex').slice(0, 16),
      report,
      problems: this.#problems,
    };
  }

  #faultWorld(): FaultWorld {
    return {
      plan: this.#plan,
      clock: this.#clock,
      random: this.#faultRandom,
      disk: this.#disk,
      network: this.#network,
      devices: this.#devices,
      server: () => this.#server,
      crash: (kind) => this.#crash(kind),
      revive: (role) => {
        if (this.#server !== null) this.#reviveLater(this.#server, role.name);
      },
      note: (text) => this.#note(`fault: ${text}`),
      watch: (what, promise) => this.#watch(what, promise),
    };
  }

  async #startDevices(): Promise<void> {
    const keys = this.#server?.opened.keys;
    if (keys === undefined) throw new Error('the simulated server is not open');
    const trust = { deployment: keys.deployment, rootKeys: keys.rootKeys };
    for (const user of this.#users) {
      for (let index = 0; index < this.#plan.devicesPerUser; index += 1) {
        const device = new SimDevice(
          {
            clock: this.#clock,
            network: this.#network,
            random: this.#random,
            trust,
            users: this.#users,
            groups: this.#groups,
            emit: this.#emit,
            problem: this.#problem,
          },
          user,
          `device${index}`,
        );
        this.#devices.push(device);
        await device.start();
      }
    }
    for (let group = 0; group < this.#plan.groups; group += 1) {
      const owner = this.#devices[this.#random.below(this.#devices.length)]!;
      this.#watch('create a group', owner.createGroup(this.#users.filter(() => this.#random.oneIn(2))));
    }
  }

  async #load(faultWorld: FaultWorld): Promise<void> {
    const { commands, commandEveryMs, faultEveryMs } = this.#plan;
    let isOver = false;
    const deadline = this.#clock.monotonic() + LOAD_WITHIN_MS;
    const isEnough = (): boolean =>
      this.#commands >= commands && this.#operations >= LEAST_OPERATIONS && this.#faults >= LEAST_FAULTS;
    const command = (): void => {
      if (isEnough() || this.#clock.monotonic() > deadline) {
        if (!isEnough()) this.#problem('nothing gets through any more');
        isOver = true;
        return;
      }
      const device = this.#devices[this.#random.below(this.#devices.length)]!;
      if (device.act()) this.#commands += 1;
      this.#clock.after(this.#random.below(2 * commandEveryMs + 1), command);
    };
    const fault = (): void => {
      if (isOver) return;
      if (strike(faultWorld)) this.#faults += 1;
      this.#clock.after(1 + this.#faultRandom.below(2 * faultEveryMs), fault);
    };
    for (const atMs of this.#plan.growsAtMs) this.#clock.after(atMs, () => this.#grow());
    command();
    this.#clock.after(this.#faultRandom.below(faultEveryMs), fault);
    while (!isOver) await this.#clock.runFor(REST_STEP_MS);
  }

  /** Runs until nothing is left to do. @returns false where that does not come about */
  async #rest(faultWorld: FaultWorld): Promise<boolean> {
    const deadline = this.#clock.monotonic() + REST_WITHIN_MS;
    let unrest: string[] = [];
    while (this.#clock.monotonic() < deadline) {
      await this.#clock.runFor(REST_STEP_MS);
      mend(faultWorld);
      unrest = await this.#unrest();
      if (unrest.length === 0) return true;
    }
    for (const text of unrest.slice(0, 5)) this.#problem(`does not come to rest: ${text}`);
    return false;
  }

  async #unrest(): Promise<string[]> {
    const server = this.#server;
    if (server === null || !server.isOpen || server.gate === null) return ['the server is down'];
    const { log, timelines } = server.opened;
    const { layout } = server;
    const timeline = timelines.storeOf(layout.epoch);
    const found: string[] = [];
    if (server.isMoving) found.push(`epoch ${layout.epoch} has just begun`);
    if (layout !== server.layouts.at(-1)) found.push(`epoch ${layout.epoch} does not end`);
    if (this.#grown < this.#plan.growsAtMs.length) found.push('inbox has not grown');
    for (let partition = 0; partition < layout.inboxPartitions; partition += 1) {
      const { end } = await log.range(inboxTopic(layout.epoch), partition);
      const { offset } = await timeline.checkpoint(partition);
      if (offset < end) found.push(`the timeline of inbox ${partition} is at ${offset} of ${end}`);
    }
    for (const device of this.#devices) {
      const { client, name, user } = device;
      const newest = await timelines.newest({ tenant: TENANT, user });
      if (client.unanswered > 0) found.push(`${name} has ${client.unanswered} commands without an outcome`);
      if (client.phase.kind !== 'online') found.push(`${name} is ${JSON.stringify(client.phase)}`);
      if (client.completeTo < newest) found.push(`${name} is complete to ${client.completeTo} of ${newest}`);
    }
    return found;
  }

  async #judge(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    for (const user of this.#users) await this.#readInbox(user);
    for (const device of this.#devices) device.finished();
    const { log, codecs, timelines } = server.opened;
    for (const { layout, store } of timelines.epochs) {
      const random = this.#random.fork();
      const differences = await this.#clock.until(
        compareRebuilt({ log, codecs, layout, clock: this.#clock, random, live: store }),
      );
      for (const text of differences) this.#problem(`rebuilt is not live: epoch ${layout.epoch}, ${text}`);
    }
  }

  async #readInbox(user: string): Promise<void> {
    const process = new SimProcess(`reader of ${user}`, this.#clock);
    const random = this.#random.fork();
    const crypto = nodeCryptoPort((length) => random.bytes(length));
    const keys = this.#server?.opened.keys;
    if (keys === undefined) return;
    const reading = (async () => {
      const opening = await openSession({
        transport: {
          connect: async (handler, signal) =>
            (await this.#network.connect(process, handler, signal)).connection,
        },
        crypto,
        clock: process,
        limits: { ...DEFAULT_SDK_LIMITS, ...sdkLimits },
        manifests: new Manifests(crypto, { deployment: keys.deployment, rootKeys: keys.rootKeys }),
        device: { clientVersion: 1, deviceId: 'reader' },
        ticket: null,
        credentials: { user, token: tokenOf(user) },
        clockOffsetMs: 0,
        hooks: {},
      });
      if (opening.kind !== 'open') throw new Error(`the reader was not let in: ${JSON.stringify(opening)}`);
      const final = await readInbox(opening.session, user);
      opening.session.close();
      return final;
    })();
    this.#emit(await this.#clock.until(reading, START_WITHIN_MS));
    process.kill();
  }
}

const isOperation = ({ type }: HistoryEvent): boolean =>
  type === 'invoked' || type === 'answered' || type === 'pushed';

const textOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

/** Runs one seed. One at a time in a process: errors that nobody handles are taken for this one's. */
export const runSeed = async (options: SeedOptions): Promise<SeedResult> => {
  const unhandled: string[] = [];
  const listener = (error: unknown): void => {
    if (!isOfDead(error)) unhandled.push(`nobody handles: ${textOf(error)}`);
  };
  process.on('unhandledRejection', listener);
  process.on('uncaughtException', listener);
  try {
    const result = await new SeedRun(options).run();
    return { ...result, problems: [...result.problems, ...unhandled] };
  } finally {
    process.off('unhandledRejection', listener);
    process.off('uncaughtException', listener);
  }
};
