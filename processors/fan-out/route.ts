/** What a conversation says about its sender: who is on the other side, and where rows for them go. */
import {
  type ConversationId,
  conversationOf,
  groupConversationOf,
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
  const self = [new LazyPart(tenant, [sender], inboxPartitionOf(tenant, sender, inboxPartitions))];
  const make = (kind: Route['kind'], to: string, both: Audience = self): Route => ({
    tenant,
    conversation,
    sender,
    to,
    kind,
    self,
    both,
    serverMsgIdPrefix: serverMsgIdPrefix(tenant, sender, to),
  });
  if (conversation === ownConversationOf(sender)) return make('own', sender);
  const [form, first, second] = conversation.split('/');
  if (form === 'g' && first !== undefined && isGroup(first)) {
    return conversation === groupConversationOf(first) ? make('group', first) : make('foreign', sender);
  }
  if (form !== 'd' || first === undefined || second === undefined) return make('foreign', sender);
  const peer = first === sender ? second : first;
  if (!isName(peer) || conversation !== conversationOf(sender, peer)) return make('foreign', sender);
  return make('direct', peer, peer === sender ? self : bothSides(self[0]!, tenant, peer, inboxPartitions));
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
