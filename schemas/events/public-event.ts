/**
 * `bubble.events`: what has happened, for everybody who wants to know: analytics, moderation, risk control, webhooks.
 * Key: tenant/conversation. One event for each accepted command, at least once; docs/events.md tells more.
 *
 * Rules of this schema, which others build on: fields are only added, at the end, with a default; none is renamed,
 * removed or given another type or meaning. What is a choice is text, and the set is open.
 */
import type { AvroSchema, EventSchema } from './envelope.ts';

export const EVENT_KIND = {
  MESSAGE: 'message',
  RECALL: 'recall',
  READ: 'read',
  MEMBERSHIP: 'membership',
} as const;

/** null: does not apply to an event of this kind. */
export interface PublicEvent {
  /** `<epoch>.<inbound partition>.<offset>`: the same in every repeat. */
  readonly id: string;
  readonly kind: string;
  readonly tenant: string;
  readonly conversation: string;
  /** direct, group, user. */
  readonly conversationKind: string;
  readonly groupId: string | null;
  readonly peer: string | null;
  readonly sender: string;
  readonly device: string;
  /** 64 bits unsigned, decimal. */
  readonly serverMsgId: string;
  readonly clientMsgId: string;
  readonly convSeq: number;
  /** ms, log time. */
  readonly serverTime: number;
  /** ms, the client's clock. */
  readonly createTime: number | null;
  readonly recipients: number;
  readonly memberCount: number | null;
  readonly msgType: number | null;
  readonly text: string | null;
  readonly content: Uint8Array | null;
  readonly bodyKey: string | null;
  readonly readTo: number | null;
  readonly targetSender: string | null;
  readonly targetServerMsgId: string | null;
  readonly targetClientMsgId: string | null;
  readonly targetConvSeq: number | null;
  /** created, joined, left, invited, kicked, dismissed. */
  readonly change: string | null;
  readonly users: readonly string[];
  readonly title: string | null;
}

type Field = AvroSchema['fields'][number];

const TIME = { type: 'long', logicalType: 'timestamp-millis' } as const;
const text = (name: string, doc: string): Field => ({ name, type: 'string', default: '', doc });
const long = (name: string, doc: string): Field => ({ name, type: 'long', default: 0, doc });
const maybe = (
  name: string,
  type: 'string' | 'bytes' | 'int' | 'long' | typeof TIME,
  doc: string,
): Field => ({
  name,
  type: ['null', type],
  default: null,
  doc,
});

/** The subject is named after the topic, as tools look for it by default: the topic holds nothing else. */
export const PUBLIC_EVENT: EventSchema = {
  subject: 'bubble.events-value',
  compatibility: 'FULL_TRANSITIVE',
  schema: {
    type: 'record',
    name: 'bubble.Event',
    doc: 'Something that has happened in a conversation.',
    fields: [
      text('id', 'The same in every repeat of this event: consumers drop repeats by it.'),
      text('kind', 'message, recall, read, membership; more to come: ignore what you do not know.'),
      text('tenant', 'Tenant.'),
      text('conversation', 'd/<lower user>/<higher user>, g/<group>, u/<user>.'),
      text('conversationKind', 'direct, group, user (what a user does for himself).'),
      maybe('groupId', 'string', 'The group, in group conversations.'),
      maybe('peer', 'string', 'The other side, seen from the sender, in direct conversations.'),
      text('sender', 'Who did it.'),
      text('device', 'Id of the device it was done on.'),
      text('serverMsgId', 'Id given by the server, unsigned 64 bits, decimal.'),
      text('clientMsgId', 'Id given by the device, unsigned 64 bits, decimal.'),
      long('convSeq', 'Number in the conversation: rises, with gaps. Order by it, never by a time.'),
      {
        name: 'serverTime',
        type: TIME,
        default: 0,
        doc: 'When the server took it. Never falls in a conversation.',
      },
      maybe('createTime', TIME, 'When the device says it was written. Not to be trusted.'),
      { name: 'recipients', type: 'int', default: 0, doc: 'Users whose inbox got it, the sender included.' },
      maybe('memberCount', 'int', 'Members of the group after the event, in group conversations.'),
      maybe('msgType', 'long', 'message: 1 text, 49 an app message, else as applications agree.'),
      maybe('text', 'string', 'message of type 1: the text.'),
      maybe('content', 'bytes', 'message without text: its content as the application made it.'),
      maybe('bodyKey', 'string', 'Id of the key that content is sealed under; null: not sealed.'),
      maybe('readTo', 'long', 'read: everything up to this convSeq; null: of all conversations, up to now.'),
      maybe('targetSender', 'string', 'recall: who sent the message that is taken back.'),
      maybe('targetServerMsgId', 'string', 'recall: its serverMsgId.'),
      maybe('targetClientMsgId', 'string', 'recall: its clientMsgId.'),
      maybe('targetConvSeq', 'long', 'recall: its convSeq.'),
      maybe(
        'change',
        'string',
        'membership: created, joined, left, invited, kicked, dismissed; more to come.',
      ),
      {
        name: 'users',
        type: { type: 'array', items: 'string' },
        default: [],
        doc: 'membership: the users who came or went.',
      },
      maybe('title', 'string', 'membership: the title of the group.'),
    ],
  },
};
