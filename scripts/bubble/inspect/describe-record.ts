/** A record of the log as people and tools read it: the envelope decoded, packed lists and protobuf opened. */
import type { LogRecord } from '../../../infra/log/log.ts';
import type { Codecs } from '../../../schemas/events/codecs.ts';
import { schemaIdOf } from '../../../schemas/events/envelope.ts';
import { COMMAND } from '../../../schemas/events/inbound.ts';
import { forEachTarget, unpackUsers } from '../../../schemas/events/packed.ts';
import { PUBLIC_EVENT } from '../../../schemas/events/public-event.ts';
import { bubble } from '../../../schemas/wire/generated/bubble.js';

const { AddMsg, CommandAck, GroupReq, MsgReadReq, NewAppMsg, NewChatMsg, RevokeMsgReq } = bubble.wire;

export interface DescribedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** ISO 8601. */
  readonly time: string;
  readonly key: string | null;
  /** The record type; 'tombstone' where there is no value, 'undecodable' where it is not understood. */
  readonly type: string;
  readonly value: unknown;
}

interface Decodable {
  decode(bytes: Uint8Array): unknown;
  toObject(message: never, options: Record<string, unknown>): Record<string, unknown>;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Text where the bytes are text, else base64. */
const readable = (bytes: Uint8Array): string => {
  try {
    return utf8.decode(bytes);
  } catch {
    return `base64:${Buffer.from(bytes).toString('base64')}`;
  }
};

const BODY_OF_COMMAND: ReadonlyMap<number, [name: string, type: Decodable]> = new Map([
  [COMMAND.MESSAGE, ['message', NewChatMsg]],
  [COMMAND.APP_MESSAGE, ['app-message', NewAppMsg]],
  [COMMAND.READ, ['read', MsgReadReq]],
  [COMMAND.RECALL, ['recall', RevokeMsgReq]],
  [COMMAND.GROUP_CREATE, ['group-create', GroupReq]],
  [COMMAND.GROUP_JOIN, ['group-join', GroupReq]],
  [COMMAND.GROUP_LEAVE, ['group-leave', GroupReq]],
  [COMMAND.GROUP_INVITE, ['group-invite', GroupReq]],
  [COMMAND.GROUP_KICK, ['group-kick', GroupReq]],
  [COMMAND.GROUP_DISMISS, ['group-dismiss', GroupReq]],
]);

/** Their bodies are JSON. */
const FACTS: ReadonlyMap<number, string> = new Map([
  [COMMAND.RULES_VERSION, 'rules-version'],
  [COMMAND.EPOCH_CHANGE, 'epoch-change'],
  [COMMAND.OPERATOR_DECISION, 'operator-decision'],
]);

/** Protobuf bytes as an object with numbers as text where they are 64 bits wide; the raw bytes where they are not it. */
const opened = (type: Decodable, bytes: Uint8Array): unknown => {
  if (bytes.length === 0) return null;
  try {
    const object = type.toObject(type.decode(bytes) as never, { longs: String, enums: String });
    return mapBytes(object);
  } catch {
    return readable(bytes);
  }
};

const mapBytes = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return readable(value);
  if (Array.isArray(value)) return value.map(mapBytes);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, mapBytes(part)]));
};

const targetsOf = (packed: Uint8Array): { connection: number; prevSeq: number }[] => {
  const targets: { connection: number; prevSeq: number }[] = [];
  forEachTarget(packed, (connection, prevSeq) => targets.push({ connection, prevSeq }));
  return targets;
};

const openValue = (type: string, value: Record<string, unknown>): unknown => {
  const bytes = (name: string): Uint8Array => value[name] as Uint8Array;
  if (type === 'Inbound') {
    const kind = Number(value['kind']);
    const [command, body] = BODY_OF_COMMAND.get(kind) ?? [FACTS.get(kind) ?? `kind ${kind}`, null];
    return mapBytes({ ...value, command, body: body === null ? bytes('body') : opened(body, bytes('body')) });
  }
  if (type === 'Inbox') {
    const row = opened(AddMsg, bytes('row'));
    const ack = opened(CommandAck, bytes('ack'));
    return mapBytes({ ...value, recipients: unpackUsers(bytes('recipients')), row, ack });
  }
  if (type === 'Push') {
    return mapBytes({
      ...value,
      row: opened(AddMsg, bytes('row')),
      ack: opened(CommandAck, bytes('ack')),
      targets: targetsOf(bytes('targets')),
      ownTargets: targetsOf(bytes('ownTargets')),
    });
  }
  if (type === 'Event') {
    // What does not apply to an event of this kind is left out.
    return mapBytes(Object.fromEntries(Object.entries(value).filter(([, part]) => part !== null)));
  }
  return mapBytes(value);
};

const typeAndValue = (codecs: Codecs, value: Uint8Array | null): { type: string; value: unknown } => {
  if (value === null) return { type: 'tombstone', value: null };
  let id: number;
  try {
    id = schemaIdOf(value);
  } catch {
    return { type: 'undecodable', value: readable(value) };
  }
  const codec = Object.values(codecs).find((candidate) => candidate.reads(id));
  const decoded = codec?.decode(value) ?? null;
  if (codec === undefined || decoded === null) return { type: 'undecodable', value: readable(value) };
  // The public topic's subject is named after the topic.
  const type = codec.subject === PUBLIC_EVENT.subject ? 'Event' : codec.subject.replace(/^bubble\./, '');
  return { type, value: openValue(type, decoded as Record<string, unknown>) };
};

export const describeRecord = (
  codecs: Codecs,
  topic: string,
  partition: number,
  record: LogRecord,
): DescribedRecord => ({
  topic,
  partition,
  offset: record.offset,
  time: new Date(record.time).toISOString(),
  key: record.key === null ? null : readable(record.key),
  ...typeAndValue(codecs, record.value),
});
