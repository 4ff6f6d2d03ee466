/**
 * Writes public events by hand, as `RowWriter` writes rows: one pass over the fields, content copied from the inbound
 * record, key and value in one allocation. The layout is that of PUBLIC_EVENT; the tests compare it with avsc.
 */
import { isUtf8 } from 'node:buffer';
import type { RecordInput } from '../../infra/log/log.ts';
import { ENVELOPE_BYTES, MAGIC } from '../../schemas/events/envelope.ts';
import type { PublicEvent } from '../../schemas/events/public-event.ts';
import { conversationKey } from '../../schemas/ids.ts';
import { writeVarint } from '../../schemas/wire/row.ts';

/** Content of this msgType is text. */
const TEXT_MESSAGE_TYPE = 1;
/** The end of the year 9999: what readers take a timestamp to be goes no further. */
const LATEST_TIME = 253_402_300_799_999;

/** Where the content of a message lies in the inbound record. */
export interface EventContent {
  readonly msgType: number;
  readonly contentStart: number;
  readonly contentEnd: number;
}

export interface EventTarget {
  readonly sender: string;
  readonly serverMsgId: bigint;
  readonly clientMsgId: bigint;
  readonly convSeq: number;
}

export interface EventMembership {
  readonly change: string;
  readonly users: readonly string[];
  readonly title: string;
}

type AsPublished =
  | 'id'
  | 'kind'
  | 'tenant'
  | 'conversation'
  | 'conversationKind'
  | 'groupId'
  | 'peer'
  | 'sender'
  | 'device'
  | 'convSeq'
  | 'serverTime'
  | 'recipients'
  | 'memberCount'
  | 'readTo';

export interface EventFields extends Pick<PublicEvent, AsPublished> {
  readonly serverMsgId: bigint;
  readonly clientMsgId: bigint;
  /** 0: not known. */
  readonly createTime: number;
  /** The record that `message` lies in. */
  readonly source: Buffer;
  readonly message: EventContent | null;
  readonly target: EventTarget | null;
  readonly membership: EventMembership | null;
}

/** Lengths, numbers and branches, and the texts that are ours: id, kinds, change, three ids in decimal. */
const FIXED_ROOM = 512;
const MAX_CHAR_BYTES = 3;
const LENGTH_BYTES = 5;
/** Of which the length takes one byte. */
const SHORT_CHARS = 63;
const NULL_BRANCH = 0;
/** Branch 1 as Avro writes it. */
const VALUE_BRANCH = 2;

const roomFor = (text: string | null): number =>
  text === null ? 0 : MAX_CHAR_BYTES * text.length + LENGTH_BYTES;

export class EventWriter {
  readonly #schemaId: number;
  #out: Buffer = Buffer.allocUnsafeSlow(4_096);
  #at = 0;

  /** @param schemaId the registry's id of PUBLIC_EVENT */
  constructor(schemaId: number) {
    this.#schemaId = schemaId;
    this.#begin(0);
  }

  record(fields: EventFields): RecordInput {
    this.#begin(roomOf(fields));
    this.#text(fields.id);
    this.#text(fields.kind);
    this.#text(fields.tenant);
    this.#text(fields.conversation);
    this.#text(fields.conversationKind);
    this.#maybeText(fields.groupId);
    this.#maybeText(fields.peer);
    this.#text(fields.sender);
    this.#text(fields.device);
    this.#text(fields.serverMsgId.toString());
    this.#text(fields.clientMsgId.toString());
    this.#long(fields.convSeq);
    this.#long(fields.serverTime);
    const { createTime } = fields;
    // A device may say anything; a number that is no date would end readers that make one of it.
    this.#maybeLong(createTime === 0 || createTime > LATEST_TIME ? null : createTime);
    this.#long(fields.recipients);
    this.#maybeLong(fields.memberCount);
    this.#message(fields.source, fields.message);
    this.#byte(NULL_BRANCH); // bodyKey: sealed bodies are not accepted yet
    this.#maybeLong(fields.readTo);
    this.#target(fields.target);
    this.#membership(fields.membership);
    return this.#record(conversationKey(fields.tenant, fields.conversation));
  }

  #begin(room: number): void {
    if (ENVELOPE_BYTES + FIXED_ROOM + room > this.#out.length) {
      this.#out = Buffer.allocUnsafeSlow(2 * (ENVELOPE_BYTES + FIXED_ROOM + room));
    }
    this.#out[0] = MAGIC;
    this.#out.writeUInt32BE(this.#schemaId, 1);
    this.#at = ENVELOPE_BYTES;
  }

  #record(keyText: string): RecordInput {
    const end = this.#at;
    const keyBytes = Buffer.byteLength(keyText);
    const both = Buffer.allocUnsafe(end + keyBytes);
    this.#out.copy(both, 0, 0, end);
    both.write(keyText, end);
    return { key: both.subarray(end), value: both.subarray(0, end) };
  }

  #message(source: Buffer, message: EventContent | null): void {
    if (message === null) {
      this.#byte(NULL_BRANCH);
      this.#byte(NULL_BRANCH);
      this.#byte(NULL_BRANCH);
      return;
    }
    const { msgType, contentStart, contentEnd } = message;
    this.#maybeLong(msgType);
    // What calls itself text and is none is given as the bytes it is.
    const isText = msgType === TEXT_MESSAGE_TYPE && isUtf8(source.subarray(contentStart, contentEnd));
    if (!isText) this.#byte(NULL_BRANCH);
    this.#byte(VALUE_BRANCH);
    this.#long(contentEnd - contentStart);
    this.#at += source.copy(this.#out, this.#at, contentStart, contentEnd);
    if (isText) this.#byte(NULL_BRANCH);
  }

  #target(target: EventTarget | null): void {
    this.#maybeText(target === null ? null : target.sender);
    this.#maybeText(target === null ? null : target.serverMsgId.toString());
    this.#maybeText(target === null ? null : target.clientMsgId.toString());
    this.#maybeLong(target === null ? null : target.convSeq);
  }

  #membership(membership: EventMembership | null): void {
    this.#maybeText(membership === null ? null : membership.change);
    // One block of all users, where there are any, and the end of the blocks.
    if (membership !== null && membership.users.length > 0) {
      this.#long(membership.users.length);
      for (const user of membership.users) this.#text(user);
    }
    this.#byte(0);
    this.#maybeText(membership === null ? null : membership.title);
  }

  #byte(value: number): void {
    this.#out[this.#at] = value;
    this.#at += 1;
  }

  /** An Avro int or long of a safe integer. */
  #long(value: number): void {
    this.#at = writeVarint(this.#out, this.#at, value < 0 ? -2 * value - 1 : 2 * value);
  }

  #maybeLong(value: number | null): void {
    if (value === null) {
      this.#byte(NULL_BRANCH);
      return;
    }
    this.#byte(VALUE_BRANCH);
    this.#long(value);
  }

  #text(value: string): void {
    if (this.#shortAscii(value)) return;
    const at = writeVarint(this.#out, this.#at, 2 * Buffer.byteLength(value));
    this.#at = at + this.#out.write(value, at);
  }

  /** Most texts are short and ASCII: for them a call into the runtime costs more than a loop. */
  #shortAscii(value: string): boolean {
    const { length } = value;
    if (length > SHORT_CHARS) return false;
    const out = this.#out;
    const start = this.#at + 1;
    for (let at = 0; at < length; at += 1) {
      const char = value.charCodeAt(at);
      if (char >= 0x80) return false;
      out[start + at] = char;
    }
    out[start - 1] = 2 * length;
    this.#at = start + length;
    return true;
  }

  #maybeText(value: string | null): void {
    if (value === null) {
      this.#byte(NULL_BRANCH);
      return;
    }
    this.#byte(VALUE_BRANCH);
    this.#text(value);
  }
}

/** Bytes beyond FIXED_ROOM that an event may need. */
function roomOf(fields: EventFields): number {
  const { message, membership, target } = fields;
  let room =
    roomFor(fields.tenant) +
    roomFor(fields.conversation) +
    roomFor(fields.groupId) +
    roomFor(fields.peer) +
    roomFor(fields.sender) +
    roomFor(fields.device);
  if (message !== null) room += message.contentEnd - message.contentStart;
  if (target !== null) room += roomFor(target.sender);
  if (membership !== null) {
    room += roomFor(membership.title);
    for (const user of membership.users) room += roomFor(user);
  }
  return room;
}
