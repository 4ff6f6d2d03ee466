/** A load process of the kill loop: some users with their devices. Started by `main.ts`, led by its messages. */
import { setTimeout as sleep } from 'node:timers/promises';
import { nodeCryptoPort } from '../../../clients/sdk/crypto/node-crypto-port.ts';
import { Manifests } from '../../../clients/sdk/manifests.ts';
import { transportsTo, transportTo } from '../../../clients/sdk/node/connect-node.ts';
import { type ClientFile, gateUrls, readTrust } from '../../../clients/sdk/node/trust.ts';
import { openSession } from '../../../clients/sdk/session-opening.ts';
import { systemClock } from '../../../infra/clock/system-clock.ts';
import { openOwnKeys } from '../../../infra/identity/own-keys.ts';
import { SeededRandom } from '../../../infra/random/seeded-random.ts';
import { DEFAULT_SDK_LIMITS } from '../../../schemas/limits.ts';
import { readInbox } from '../recording/final-reading.ts';
import { HistoryWriter } from '../recording/history-files.ts';
import { LoadDevice, type Target } from './load-device.ts';
import type { FromLoad, LoadConfig, ToLoad } from './messages.ts';
import { Pacer } from './pacer.ts';

const TENANT = 'main';
const COUNTS_EVERY_MS = 10;
/** After the last fault. A cluster may have just lost a broker. */
const COMPLETE_WITHIN_MS = 120_000;
const GROUP_MEMBERS = 8;

const say = (message: FromLoad): void => {
  process.send?.(message);
};

const userName = (index: number): string => `user${index}`;

class LoadProcess {
  readonly #config: LoadConfig;
  readonly #clientFile: ClientFile;
  readonly #writer: HistoryWriter;
  readonly #random: SeededRandom;
  readonly #devices: LoadDevice[] = [];
  readonly #tokens = new Map<string, string>();
  #groups: readonly string[] = [];
  #cutting = true;
  readonly #pacer = new Pacer();
  #counting: NodeJS.Timeout | null = null;

  constructor(config: LoadConfig) {
    this.#config = config;
    this.#clientFile = readTrust(config.clientFile);
    this.#writer = new HistoryWriter(config.historyFolder, `load-${config.worker}`);
    this.#random = new SeededRandom(config.seed * 1_000 + config.worker);
  }

  /** The users of this process: every so-many-th. */
  #users(): string[] {
    const { users, worker, workers } = this.#config;
    return Array.from({ length: users }, (_, index) => index)
      .filter((index) => index % workers === worker)
      .map(userName);
  }

  async begin(): Promise<void> {
    const { dataFolder, devicesPerUser } = this.#config;
    const keys = await openOwnKeys({ folder: dataFolder, clock: systemClock });
    for (const user of this.#users()) {
      const token = await keys.issue({ tenant: TENANT, user, ttlSec: 7 * 86_400 });
      this.#tokens.set(user, token);
      for (let device = 0; device < devicesPerUser; device += 1) await this.#addDevice(user, token, device);
    }
    const groups = this.#config.worker === 0 ? await this.#createGroups() : [];
    say({ type: 'ready', groups });
  }

  async #addDevice(user: string, token: string, index: number): Promise<void> {
    const { trust } = this.#clientFile;
    const urls = gateUrls(this.#clientFile, index % 2 === 0 ? 'websocket' : 'tcp');
    const device = new LoadDevice({
      tenant: TENANT,
      user,
      device: `device${index}`,
      token,
      trust,
      transports: transportsTo(urls),
      random: this.#random.fork(),
      cutAfterMs: () => (this.#cutting ? this.#config.cutAfterMs : Number.POSITIVE_INFINITY),
      emit: this.#writer.add,
      turn: () => this.#pacer.turn(),
      target: (random, sender) => this.#target(random, sender),
    });
    this.#devices.push(device);
    await device.start();
  }

  /** A fifth of the users in each group, owned by users of this process. */
  async #createGroups(): Promise<string[]> {
    const { users } = this.#config;
    const groups: string[] = [];
    for (let group = 0; group < Math.max(1, Math.floor(users / 10)); group += 1) {
      const owner = this.#devices[this.#random.below(this.#devices.length)]!;
      const members = new Set<string>();
      while (members.size < Math.min(GROUP_MEMBERS, users)) members.add(userName(this.#random.below(users)));
      const outcome = await owner.client.createGroup(`group ${group}`, [...members]);
      if (outcome.kind === 'accepted') groups.push(outcome.to);
    }
    return groups;
  }

  #target(random: SeededRandom, sender: string): Target {
    const group = this.#groups[random.below(Math.max(1, this.#groups.length))];
    if (group !== undefined && random.oneIn(5)) {
      if (random.oneIn(10)) return { kind: random.oneIn(2) ? 'join' : 'leave', group };
      return { kind: 'message', to: group };
    }
    // Writing to oneself is allowed, and rare.
    const peer = random.below(this.#config.users);
    return { kind: 'message', to: random.oneIn(50) ? sender : userName(peer) };
  }

  load(groups: readonly string[]): void {
    this.#groups = groups;
    for (const device of this.#devices) device.load(this.#config.conversationsAtOnce);
    this.#counting = setInterval(() => this.#sayCounts(), COUNTS_EVERY_MS);
  }

  #sayCounts(): void {
    let unanswered = 0;
    let answered = 0;
    for (const device of this.#devices) {
      unanswered += device.unanswered;
      answered += device.answered;
    }
    say({ type: 'counts', unanswered, answered });
  }

  pace(perSecond: number | null): void {
    this.#pacer.pace(perSecond);
  }

  countCut(): void {
    let unanswered = 0;
    for (const device of this.#devices) unanswered += device.takeCut();
    say({ type: 'cut', unanswered });
  }

  async quiet(): Promise<void> {
    this.#cutting = false;
    for (const device of this.#devices) device.quiet();
    this.#pacer.pace(null);
    const deadline = Date.now() + COMPLETE_WITHIN_MS;
    while (this.#devices.some(({ client }) => client.unanswered > 0)) {
      // A send that stays without an outcome is judged by what the inboxes say.
      if (Date.now() > deadline) {
        const waiting = this.#devices.filter(({ client }) => client.unanswered > 0);
        const names = waiting.map(({ user, client }) => `${user} ${client.unanswered} by ${client.gate}`);
        throw new Error(
          `sends are still unanswered long after the last kill: ${names.slice(0, 20).join(', ')}`,
        );
      }
      await sleep(COUNTS_EVERY_MS);
    }
    if (this.#counting !== null) clearInterval(this.#counting);
    this.#sayCounts();
    say({ type: 'quiet' });
  }

  async finish(): Promise<void> {
    const newest = new Map<string, number>();
    let rows = 0;
    for (const user of this.#users()) {
      const final = await this.#read(user);
      rows += final.rows.length;
      newest.set(user, final.rows.at(-1)?.seq ?? 0);
      this.#writer.add(final);
    }
    const deadline = Date.now() + COMPLETE_WITHIN_MS;
    for (const device of this.#devices) {
      const wanted = newest.get(device.user) ?? 0;
      while (device.client.completeTo < wanted && Date.now() < deadline) await sleep(COUNTS_EVERY_MS);
      device.finished();
    }
    for (const device of this.#devices) await device.client.stop();
    await this.#writer.close();
    say({ type: 'finished', rows });
  }

  async #read(user: string) {
    const crypto = nodeCryptoPort();
    const opening = await openSession({
      transport: transportTo(gateUrls(this.#clientFile, 'tcp')[0]!),
      crypto,
      clock: systemClock,
      limits: DEFAULT_SDK_LIMITS,
      manifests: new Manifests(crypto, this.#clientFile.trust),
      device: { clientVersion: 1, deviceId: 'reader' },
      ticket: null,
      credentials: { user, token: this.#tokens.get(user) ?? '' },
      clockOffsetMs: 0,
      suites: [2],
      hooks: {},
    });
    if (opening.kind !== 'open') throw new Error(`the reader was not let in: ${JSON.stringify(opening)}`);
    const final = await readInbox(opening.session, user);
    opening.session.close();
    return final;
  }
}

let load: LoadProcess | null = null;

const obey = async (message: ToLoad): Promise<void> => {
  switch (message.type) {
    case 'begin':
      load = new LoadProcess(message.config);
      return load.begin();
    case 'groups':
      return load?.load(message.groups);
    case 'pace':
      return load?.pace(message.perSecond);
    case 'count-cut':
      return load?.countCut();
    case 'quiet':
      return load?.quiet();
    case 'finish':
      await load?.finish();
      process.disconnect();
      return;
  }
};

const failed = (error: unknown): void => {
  say({ type: 'failed', error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
};

process.on('message', (message: ToLoad) => {
  obey(message).catch(failed);
});
process.on('unhandledRejection', failed);
process.on('disconnect', () => process.exit());
