/** What a conversation says about its sender: who is on the other side, and where rows for them go. */
import {
  type ConversationId,
  conversationOf,
  isGroup,
  isName,
  isTenant,
  ownConversationOf,
} from '../../schemas/ids.ts';
import { type Audience, type AudiencePart, audienceOf, inboxPartitionOf } from './audience.ts';
import { serverMsgIdPrefix } from './server-msg-id.ts';

export interface Route {
  readonly tenant: string;
  readonly conversation: ConversationId;
  readonly sender: string;
  /** The receiver or the group, which serverMsgId is computed from. */
  readonly to: string;
  /** 'foreign': the sender has no part in this conversation, or it is none. */
  readonly kind: 'direct' | 'group' | 'own' | 'foreign';
  /** The sender alone. */
  readonly self: Audience;
  readonly serverMsgIdPrefix: string;
  /** Both sides of a direct conversation; else the sender alone. */
  readonly both: Audience;
}

/** @returns null where the ids are not well formed, so that nobody can be answered */
export function routeOf(
  tenant: string,
  conversation: string,
  sender: string,
  inboxPartitions: number,
): Route | null {
  if (!isTenant(tenant) || !isName(sender)) return null;
  const own = new LazyPart(tenant, [sender], inboxPartitionOf(tenant, sender, inboxPartitions));
  const kind = kindOf(conversation, sender);
  if (kind === 'own' || kind === 'foreign') return new KnownRoute(tenant, conversation, own, sender, kind);
  if (kind === 'group') return new KnownRoute(tenant, conversation, own, conversation.slice(2), kind);
  const peer = peerOf(conversation, sender);
  const both = peer === sender ? undefined : bothSides(own, tenant, peer, inboxPartitions);
  return new KnownRoute(tenant, conversation, own, peer, kind, both);
}

const kindOf = (conversation: string, sender: string): Route['kind'] => {
  if (conversation === ownConversationOf(sender)) return 'own';
  if (conversation.startsWith('g/')) return isGroup(conversation.slice(2)) ? 'group' : 'foreign';
  const peer = peerOf(conversation, sender);
  return isName(peer) && conversation === conversationOf(sender, peer) ? 'direct' : 'foreign';
};

/** Who is left of `d/<one>/<other>` without the sender; not a name where the conversation is none of his. */
const peerOf = (conversation: string, sender: string): string => {
  const between = conversation.indexOf('/', 2);
  const first = conversation.slice(2, between);
  return first === sender ? conversation.slice(between + 1) : first;
};

class KnownRoute implements Route {
  readonly tenant: string;
  readonly conversation: ConversationId;
  readonly sender: string;
  readonly to: string;
  readonly kind: Route['kind'];
  readonly self: Audience;
  readonly both: Audience;
  #prefix: string | null = null;

  constructor(
    tenant: string,
    conversation: ConversationId,
    own: LazyPart,
    to: string,
    kind: Route['kind'],
    both?: Audience,
  ) {
    this.tenant = tenant;
    this.conversation = conversation;
    this.sender = own.users[0]!;
    this.to = to;
    this.kind = kind;
    this.self = [own];
    this.both = both ?? this.self;
  }

  get serverMsgIdPrefix(): string {
    this.#prefix ??= serverMsgIdPrefix(this.tenant, this.sender, this.to);
    return this.#prefix;
  }
}

const bothSides = (self: LazyPart, tenant: string, peer: string, inboxPartitions: number): Audience => {
  const partition = inboxPartitionOf(tenant, peer, inboxPartitions);
  if (partition === self.partition) return [new LazyPart(tenant, [...self.users, peer], partition)];
  const other = new LazyPart(tenant, [peer], partition);
  return partition < self.partition ? [other, self] : [self, other];
};

/** A part that is packed when it is first emitted: a silent fold needs to know its partition only. */
class LazyPart implements AudiencePart {
  readonly partition: number;
  readonly users: readonly string[];
  readonly #tenant: string;
  #packed: AudiencePart | null = null;

  constructor(tenant: string, users: readonly string[], partition: number) {
    this.#tenant = tenant;
    this.users = users;
    this.partition = partition;
  }

  get recipients(): Buffer {
    return this.#pack().recipients;
  }
  get key(): Buffer {
    return this.#pack().key;
  }

  #pack(): AudiencePart {
    // All of one partition: how many there are does not matter.
    this.#packed ??= audienceOf(this.#tenant, this.users, 1)[0]!;
    return this.#packed;
  }
}
