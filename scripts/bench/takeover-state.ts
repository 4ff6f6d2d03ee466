/** The state that `takeover` is measured with: groups, their members, and a ring for each device that has written. */
import { createHash } from 'node:crypto';
import type { Lane } from '../../infra/lanes/lane.ts';
import type { Log, RecordInput } from '../../infra/log/log.ts';
import type { PartitionFold } from '../../processors/fan-out/fold.ts';
import { EVENT_SCHEMAS, makeCodecs } from '../../schemas/events/codecs.ts';
import { COMMAND, type InboundEvent, NO_RETURN } from '../../schemas/events/inbound.ts';
import { groupConversationOf, groupIdOf } from '../../schemas/ids.ts';
import { DEFAULT_LIMITS, type Limits } from '../../schemas/limits.ts';
import {
  eventsSpec,
  INBOUND,
  type Layout,
  snapshotsSpec,
  type TopicSpec,
  topicSpecs,
} from '../../schemas/topics.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { longOfId } from '../../schemas/wire/int64.ts';
import { CONTENT } from './chat-load.ts';

const schemas = Object.values(EVENT_SCHEMAS);
/** Ids without a registry, the same in all processes of a run. */
export const CODECS = makeCodecs((event) => 1 + schemas.indexOf(event));

export const LAYOUT: Layout = {
  inboundPartitions: 1,
  inboxPartitions: 8,
  epoch: 1,
  retentionMs: Number.POSITIVE_INFINITY,
};
export const SPECS: readonly TopicSpec[] = [
  ...topicSpecs(LAYOUT).filter(({ name }) => name !== eventsSpec(LAYOUT).name),
  eventsSpec(LAYOUT),
  snapshotsSpec(),
];

/** The defaults of a processor; only whoever builds a million entries in one go holds them all in memory. */
export const PROCESSOR_LIMITS: Limits = DEFAULT_LIMITS;
export const BUILDER_LIMITS: Limits = {
  ...DEFAULT_LIMITS,
  stateEntries: 10_000_000,
  snapshotChangesMax: 10_000_000,
};

/** The least that a broker allows by default. */
export const SESSION_TIMEOUT_MS = 6_000;

const TENANT = 'main';
const USERS = 50_000;
const BATCH = 1_000;
const BATCH_BYTES = 512 * 1024;
const OUTPUTS_AT_ONCE = 100;
const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

export interface Size {
  readonly groups: number;
  readonly members: number;
}

export class Population {
  readonly #size: Size;
  readonly #startMs: number;
  #made = 0;

  /** @param made how many ids are taken by others already */
  constructor(size: Size, startMs: number, made = 0) {
    this.#size = size;
    this.#startMs = startMs;
    this.#made = made;
  }

  get memberships(): number {
    return this.#size.groups * this.#size.members;
  }

  #user(group: number, member: number): string {
    return `user-${(group * 27 + member) % USERS}`;
  }

  #groupId(group: number): bigint {
    return (BigInt(this.#startMs) << 20n) | BigInt(group + 1);
  }

  #name(group: number): string {
    return groupIdOf(sha256, TENANT, this.#user(group, 0), this.#groupId(group));
  }

  #command(
    kind: number,
    group: number,
    member: number,
    id: bigint,
    to: string,
    body: Uint8Array,
    conversation = groupConversationOf(this.#name(group)),
  ): RecordInput {
    const sender = this.#user(group, member);
    const event: InboundEvent = {
      tenant: TENANT,
      conversation,
      kind,
      sender,
      device: `${sender}-phone`,
      generation: 1,
      clientMsgId: id,
      to,
      body: Buffer.from(body),
      bodyKey: null,
      gateTime: this.#startMs,
      ...NO_RETURN,
    };
    return { key: Buffer.from(conversation), value: CODECS.inbound.encode(event) };
  }

  creation(group: number): RecordInput {
    const id = this.#groupId(group);
    const users = Array.from({ length: this.#size.members }, (_, member) => this.#user(group, member));
    const body = bubble.wire.GroupReq.encode({
      clientMsgId: longOfId(id),
      title: `group ${group}`,
      users,
    }).finish();
    return this.#command(COMMAND.GROUP_CREATE, group, 0, id, '', body);
  }

  /** @param at which membership writes: its group, then the place in it */
  message(at: number): RecordInput {
    const group = Math.floor(at / this.#size.members);
    const member = at % this.#size.members;
    this.#made += 1;
    const id =
      (BigInt(this.#startMs + 1 + Math.floor(this.#made / 1_000)) << 20n) | BigInt(this.#made % 1_000);
    const to = this.#name(group);
    const body = bubble.wire.NewChatMsg.encode({
      msgType: 1,
      toUserName: to,
      clientMsgId: longOfId(id),
      content: CONTENT,
    }).finish();
    return this.#command(COMMAND.MESSAGE, group, member, id, to, body);
  }

  /** A membership that this number stands for: spread over all of them, without repeats for a long while. */
  spread(number: number): number {
    return (number * 611_953) % this.memberships;
  }
}

/** Appends commands, a batch at a time, and hands each over as it was stored. */
export async function appendAll(
  log: Log,
  commands: Iterable<RecordInput>,
  stored: (offset: number, time: number, value: Uint8Array) => void = () => {},
): Promise<number> {
  let next = 0;
  let batch: RecordInput[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    const { baseOffset, time } = await log.append(INBOUND, 0, batch);
    for (const [at, { value }] of batch.entries()) stored(baseOffset + at, time, value!);
    next = baseOffset + batch.length;
    batch = [];
    bytes = 0;
  };
  for (const command of commands) {
    batch.push(command);
    bytes += command.value?.length ?? 0;
    if (batch.length === BATCH || bytes > BATCH_BYTES) await flush();
  }
  await flush();
  return next;
}

/** Applies records silently up to a place, and from there keeps what they bring. */
export const foldInto =
  (fold: PartitionFold, liveFrom = Number.POSITIVE_INFINITY, liveBelow = Number.POSITIVE_INFINITY) =>
  (offset: number, time: number, value: Uint8Array): void => {
    if (offset >= liveBelow) return;
    if (fold.apply(offset, time, value, offset >= liveFrom) !== null) {
      throw new Error(`record ${offset} lacks its state`);
    }
  };

/** What records have brought, appended as lanes would. */
export async function emit(log: Log, fold: PartitionFold): Promise<void> {
  const targets = new Map<string, { topic: string; partition: number; records: RecordInput[] }>();
  for (const { topic, partition, record } of fold.takeOutputs()) {
    const key = `${topic}/${partition}`;
    const target = targets.get(key) ?? { topic, partition, records: [] };
    targets.set(key, target);
    target.records.push(record);
  }
  for (const { topic, partition, records } of targets.values()) {
    for (let from = 0; from < records.length; from += OUTPUTS_AT_ONCE) {
      await log.append(topic, partition, records.slice(from, from + OUTPUTS_AT_ONCE));
    }
  }
}

/** For a state whose outputs nobody waits for. */
export const ACKNOWLEDGED_LANE: Lane = {
  push: () => true,
  checkpoint: Number.POSITIVE_INFINITY,
  pending: 0,
  failure: null,
  writable: async () => {},
  drained: async () => {},
  reached: async () => {},
  abandon: () => {},
};
