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
import { type Audience, audienceOf } from './audience.ts';

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
  const self = audienceOf(tenant, [sender], inboxPartitions);
  const route = { tenant, conversation, sender, to: sender, kind: 'foreign', self, both: self } as const;
  if (conversation === ownConversationOf(sender)) return { ...route, kind: 'own' };
  const [form, first, second] = conversation.split('/');
  if (form === 'g' && first !== undefined && isGroup(first)) {
    return conversation === groupConversationOf(first) ? { ...route, kind: 'group', to: first } : route;
  }
  if (form !== 'd' || first === undefined || second === undefined) return route;
  const peer = first === sender ? second : first;
  if (!isName(peer) || conversation !== conversationOf(sender, peer)) return route;
  const both = peer === sender ? self : audienceOf(tenant, [sender, peer], inboxPartitions);
  return { ...route, kind: 'direct', to: peer, both };
}
