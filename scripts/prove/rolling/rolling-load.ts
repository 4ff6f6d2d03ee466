/** All devices of the rolling proof, the groups they write to, and the final reading of their inboxes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { nodeCryptoPort } from '../../../clients/sdk/crypto/node-crypto-port.ts';
import { Manifests } from '../../../clients/sdk/manifests.ts';
import { transportTo } from '../../../clients/sdk/node/connect-node.ts';
import { gateUrls, readTrust } from '../../../clients/sdk/node/trust.ts';
import { openSession } from '../../../clients/sdk/session-opening.ts';
import { systemClock } from '../../../infra/clock/system-clock.ts';
import { openOwnKeys } from '../../../infra/identity/own-keys.ts';
import { SeededRandom } from '../../../infra/random/seeded-random.ts';
import { DEFAULT_SDK_LIMITS } from '../../../schemas/limits.ts';
import type { HistoryEvent } from '../checker/history.ts';
import { readInbox } from '../recording/final-reading.ts';
import { HistoryWriter } from '../recording/history-files.ts';
import { RollingDevice } from './rolling-device.ts';
import { ServiceWatch } from './service-watch.ts';

const TENANT = 'main';
const TOKEN_TTL_SEC = 86_400;
const GROUP_MEMBERS = 8;
const COMPLETE_WITHIN_MS = 30_000;
const LOOK_MS = 20;

export interface LoadOptions {
  readonly users: number;
  readonly devicesPerUser: number;
  readonly pauseMs: number;
  readonly seed: number;
  readonly keysFolder: string;
  readonly clientFile: string;
  readonly historyFolder: string;
}

const userName = (index: number): string => `user${index}`;

export class RollingLoad {
  readonly watch = new ServiceWatch(() => performance.now());
  readonly devices: RollingDevice[] = [];
  readonly #options: LoadOptions;
  readonly #writer: HistoryWriter;
  readonly #random: SeededRandom;
  readonly #tokens = new Map<string, string>();
  /** The groups that a user is a member of. */
  readonly #groups = new Map<string, string[]>();

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#writer = new HistoryWriter(options.historyFolder, 'rolling');
    this.#random = new SeededRandom(options.seed);
  }

  /** Resolves when all are online, the groups exist, and everybody sends. */
  async begin(): Promise<void> {
    const { users, devicesPerUser, keysFolder } = this.#options;
    const keys = await openOwnKeys({ folder: keysFolder, clock: systemClock });
    for (let index = 0; index < users; index += 1) {
      const user = userName(index);
      const token = await keys.issue({ tenant: TENANT, user, ttlSec: TOKEN_TTL_SEC });
      this.#tokens.set(user, token);
      for (let device = 0; device < devicesPerUser; device += 1) await this.#addDevice(user, token, device);
    }
    await this.#createGroups();
    for (const device of this.devices) device.send();
  }

  async #addDevice(user: string, token: string, index: number): Promise<void> {
    const { clientFile, pauseMs } = this.#options;
    const device = new RollingDevice({
      tenant: TENANT,
      user,
      device: `device${index}`,
      token,
      clientFile,
      prefers: index % 2 === 0 ? 'websocket' : 'tcp',
      random: this.#random.fork(),
      pauseMs,
      watch: this.watch,
      emit: (event: HistoryEvent) => this.#writer.add(event),
      target: (random) => this.#target(random, user),
    });
    this.devices.push(device);
    await device.start();
  }

  async #createGroups(): Promise<void> {
    const { users } = this.#options;
    for (let number = 0; number < Math.max(1, Math.floor(users / 10)); number += 1) {
      const owner = this.devices[this.#random.below(this.devices.length)]!;
      const members = new Set([owner.user]);
      while (members.size < Math.min(GROUP_MEMBERS, users)) members.add(userName(this.#random.below(users)));
      const outcome = await owner.createGroup(`group ${number}`, [...members]);
      if (outcome.kind !== 'accepted') throw new Error(`a group could not be made: ${outcome.error}`);
      for (const member of members) {
        this.#groups.set(member, [...(this.#groups.get(member) ?? []), outcome.to]);
      }
    }
  }

  /** A fifth goes to groups: nobody leaves them, so no send has a reason to be refused. */
  #target(random: SeededRandom, user: string): string {
    const groups = this.#groups.get(user) ?? [];
    const group = groups[random.below(Math.max(1, groups.length))];
    if (group !== undefined && random.oneIn(5)) return group;
    return userName(random.below(this.#options.users));
  }

  /** Nothing is sent any more, and every send has its outcome. */
  async quiet(): Promise<void> {
    const ended = Promise.all(this.devices.map((device) => device.quiet())).then(() => true);
    if (await Promise.race([ended, sleep(COMPLETE_WITHIN_MS, false)])) return;
    const waiting = this.devices.filter(({ client }) => client.unanswered > 0);
    const names = waiting.slice(0, 20).map(({ user, client }) => `${user} by ${client.gate}`);
    throw new Error(`${waiting.length} sends are still without an outcome: ${names.join(', ')}`);
  }

  /** Reads all inboxes, waits until every device is complete, and ends the devices. */
  async finish(): Promise<void> {
    const newest = new Map<string, number>();
    for (const [user, token] of this.#tokens) {
      const final = await this.#read(user, token);
      newest.set(user, final.rows.at(-1)?.seq ?? 0);
      this.#writer.add(final);
    }
    const deadline = Date.now() + COMPLETE_WITHIN_MS;
    for (const device of this.devices) {
      const wanted = newest.get(device.user) ?? 0;
      while (device.client.completeTo < wanted && Date.now() < deadline) await sleep(LOOK_MS);
      device.finished();
    }
    await this.stop();
    await this.#writer.close();
  }

  async stop(): Promise<void> {
    for (const device of this.devices) await device.client.stop();
  }

  async #read(user: string, token: string): Promise<Extract<HistoryEvent, { type: 'final' }>> {
    const crypto = nodeCryptoPort();
    const file = readTrust(this.#options.clientFile);
    const opening = await openSession({
      transport: transportTo(gateUrls(file, 'tcp')[0]!),
      crypto,
      clock: systemClock,
      limits: DEFAULT_SDK_LIMITS,
      manifests: new Manifests(crypto, file.trust),
      device: { clientVersion: 1, deviceId: 'reader' },
      ticket: null,
      credentials: { user, token },
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
