/** Test support: commands as a gate would append them, and what came out, decoded. */
import { createHash } from 'node:crypto';
import type { LaneOutput } from '../../infra/lanes/lane.ts';
import { type Codecs, makeCodecs } from '../../schemas/events/codecs.ts';
import { COMMAND, type InboundEvent } from '../../schemas/events/inbound.ts';
import { INBOX_KIND, type InboxEvent } from '../../schemas/events/inbox.ts';
import { unpackUsers } from '../../schemas/events/packed.ts';
import type { PublicEvent } from '../../schemas/events/public-event.ts';
import { conversationOf, groupConversationOf, groupIdOf } from '../../schemas/ids.ts';
import { DEFAULT_LIMITS, type Limits } from '../../schemas/limits.ts';
import { EVENTS } from '../../schemas/topics.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { longOf, longOfId } from '../../schemas/wire/int64.ts';
import { PartitionFold } from './fold.ts';
import { PartitionState } from './partition-state.ts';

const { NewChatMsg, MsgReadReq, RevokeMsgReq, GroupReq, AddMsg, CommandAck } = bubble.wire;

let nextId = 0;
export const TEST_CODECS: Codecs = makeCodecs(() => {
  nextId += 1;
  return nextId;
});
export const START_MS = 1_767_225_600_000;
export const TENANT = 'acme';
export const INBOX_PARTITIONS = 4;
export const GENESIS = { epoch: 1, inboxPartitions: INBOX_PARTITIONS };

/** An id of so many ms after the start. */
export const idAt = (ms: number, random = 1): bigint => (BigInt(START_MS + ms) << 20n) | BigInt(random);
export const testSha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
export const groupOf = (creator: string, id: bigint): string => groupIdOf(testSha256, TENANT, creator, id);

export interface Asking {
  readonly from: string;
  readonly id: bigint;
  readonly device?: string;
}

const event = (
  asking: Asking,
  kind: number,
  conversation: string,
  to: string,
  body: Uint8Array,
): InboundEvent => ({
  tenant: TENANT,
  conversation,
  kind,
  sender: asking.from,
  device: asking.device ?? `${asking.from}-phone`,
  generation: 1,
  clientMsgId: asking.id,
  to,
  body: Buffer.from(body),
  bodyKey: null,
  gateTime: START_MS,
  slot: 2,
  slotEpoch: 5,
  connection: 77,
  request: 9,
});

export const message = (asking: Asking, to: string, text: string): InboundEvent =>
  event(
    asking,
    COMMAND.MESSAGE,
    conversationOf(asking.from, to),
    to,
    NewChatMsg.encode({
      msgType: 1,
      toUserName: to,
      clientMsgId: longOfId(asking.id),
      clientSeq: 3,
      createTime: longOf(START_MS - 5),
      content: Buffer.from(text),
      msgSource: 'web',
      pushContent: 'you have news',
    }).finish(),
  );

export const read = (asking: Asking, of: string, convSeq: number): InboundEvent =>
  event(
    asking,
    COMMAND.READ,
    conversationOf(asking.from, of),
    of,
    MsgReadReq.encode({ userName: of, clientMsgId: longOfId(asking.id), convSeq: longOf(convSeq) }).finish(),
  );

export const readAll = (asking: Asking): InboundEvent =>
  event(
    asking,
    COMMAND.READ,
    `u/${asking.from}`,
    asking.from,
    MsgReadReq.encode({ type: MsgReadReq.Type.ALL, clientMsgId: longOfId(asking.id) }).finish(),
  );

export const recall = (
  asking: Asking,
  where: string,
  original: { sender?: string; id: bigint },
): InboundEvent =>
  event(
    asking,
    COMMAND.RECALL,
    conversationOf(asking.from, where),
    where,
    RevokeMsgReq.encode({
      userName: where,
      clientMsgId: longOfId(asking.id),
      sender: original.sender ?? '',
      originalClientMsgId: longOfId(original.id),
    }).finish(),
  );

export const createGroup = (
  asking: Asking,
  users: string[],
  options: { title?: string; creatorStaysOut?: boolean } = {},
): InboundEvent =>
  event(
    asking,
    COMMAND.GROUP_CREATE,
    groupConversationOf(groupOf(asking.from, asking.id)),
    '',
    GroupReq.encode({ clientMsgId: longOfId(asking.id), title: 'club', users, ...options }).finish(),
  );

export const groupCommand = (
  asking: Asking,
  kind: number,
  group: string,
  users: string[] = [],
): InboundEvent =>
  event(
    asking,
    kind,
    groupConversationOf(group),
    group,
    GroupReq.encode({ clientMsgId: longOfId(asking.id), group, users }).finish(),
  );

export interface SeenRow {
  readonly kind: number;
  readonly recipients: readonly string[];
  readonly row: bubble.wire.AddMsg | null;
  readonly ack: bubble.wire.CommandAck | null;
  readonly event: InboxEvent;
  readonly partition: number;
}

export const seen = ({ partition, record }: LaneOutput): SeenRow => {
  const decoded = TEST_CODECS.inbox.decode(record.value!)!;
  return {
    kind: decoded.kind,
    recipients: unpackUsers(decoded.recipients),
    row: decoded.row.length === 0 ? null : AddMsg.decode(decoded.row),
    ack: decoded.ack.length === 0 ? null : CommandAck.decode(decoded.ack),
    event: decoded,
    partition,
  };
};

/** Outputs that are inbox records. */
export const inboxOutputs = (outputs: readonly LaneOutput[]): LaneOutput[] =>
  outputs.filter(({ topic }) => topic !== EVENTS);

export const publicEvents = (outputs: readonly LaneOutput[]): PublicEvent[] =>
  outputs
    .filter(({ topic }) => topic === EVENTS)
    .map(({ record }) => TEST_CODECS.publicEvent.decode(record.value!)!);

export const newFold = (limits: Limits = DEFAULT_LIMITS, source = 0): PartitionFold =>
  new PartitionFold({
    state: new PartitionState(limits, GENESIS, false),
    source,
    codecs: TEST_CODECS,
    limits,
  });

/** Applies commands one after the other, live, and gives what each brought. */
export class Scenario {
  readonly fold: PartitionFold;
  offset = 0;
  nowMs = START_MS;
  /** Of the last command. */
  published: PublicEvent[] = [];

  constructor(limits: Limits = DEFAULT_LIMITS) {
    this.fold = newFold(limits);
  }

  after(ms: number): this {
    this.nowMs += ms;
    return this;
  }

  raw(value: Uint8Array | null): SeenRow[] {
    const missing = this.fold.apply(this.offset, this.nowMs, value, true);
    if (missing !== null) throw new Error(`missing ${missing.join()}`);
    this.offset += 1;
    const outputs = this.fold.takeOutputs();
    this.published = publicEvents(outputs);
    return inboxOutputs(outputs).map(seen);
  }

  when(command: InboundEvent): Outcome {
    return outcomeOf(this.raw(TEST_CODECS.inbound.encode(command)));
  }
}

export interface Outcome {
  /** Of the answer. */
  readonly ret: number;
  readonly duplicate: boolean;
  /** Of the row; ANSWER: none. */
  readonly kind: number;
  /** All recipients, sorted. */
  readonly to: readonly string[];
  readonly rows: readonly SeenRow[];
  readonly row: bubble.wire.AddMsg | null;
  readonly ack: bubble.wire.CommandAck;
}

export const outcomeOf = (rows: readonly SeenRow[]): Outcome => {
  const answers = rows.filter(({ ack }) => ack !== null);
  if (answers.length !== 1) throw new Error(`${answers.length} answers`);
  const partitions = new Set(rows.map(({ partition }) => partition));
  if (partitions.size !== rows.length) throw new Error('two records for one inbox partition');
  const [answer] = answers;
  if (answer?.event.slot !== 2) throw new Error('the answer has no return address');
  if (rows.some((row) => row !== answer && row.event.slot !== -1)) throw new Error('a second return address');
  const ack = answer.ack!;
  return {
    ret: ack.ret,
    duplicate: ack.duplicate,
    kind: answer.kind,
    to: rows.flatMap(({ recipients }) => recipients).sort(),
    rows,
    row: answer.row,
    ack,
  };
};

export const ANSWER: number = INBOX_KIND.ANSWER;
