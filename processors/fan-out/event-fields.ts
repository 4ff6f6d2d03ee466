/** What the public event about an accepted command says. */
import { EVENT_KIND } from '../../schemas/events/public-event.ts';
import { epochOf, offsetOf } from '../../schemas/positions.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import type { Audience } from './audience.ts';
import type { Accepted } from './decide.ts';
import type { EventFields } from './event-writer.ts';
import type { InboundView } from './inbound-view.ts';
import type { MessageBody } from './message-body.ts';
import type { Route } from './route.ts';
import { idFromHalves, type ServerMsgId, serverMsgIdOfTarget } from './server-msg-id.ts';

const { RowKind, MembershipChange } = bubble.wire;

const KIND_OF_ROW: Readonly<Record<number, string>> = {
  [RowKind.MESSAGE]: EVENT_KIND.MESSAGE,
  [RowKind.RECALL]: EVENT_KIND.RECALL,
  [RowKind.READ]: EVENT_KIND.READ,
  [RowKind.MEMBERSHIP]: EVENT_KIND.MEMBERSHIP,
};
const CHANGE: Readonly<Record<number, string>> = {
  [MembershipChange.CREATED]: 'created',
  [MembershipChange.JOINED]: 'joined',
  [MembershipChange.LEFT]: 'left',
  [MembershipChange.INVITED]: 'invited',
  [MembershipChange.KICKED]: 'kicked',
  [MembershipChange.DISMISSED]: 'dismissed',
};
const CONVERSATION_KIND = { direct: 'direct', group: 'group', own: 'user', foreign: 'user' } as const;

/** The command that was accepted, and where. */
export interface AcceptedCommand {
  readonly view: InboundView;
  readonly body: MessageBody;
  readonly route: Route;
  readonly src: number;
  readonly logTime: number;
  readonly serverMsgId: ServerMsgId;
}

/** The same for every repeat of this event. */
const eventIdOf = (src: number, source: number): string => `${epochOf(src)}.${source}.${offsetOf(src)}`;

/** Walks over the packed lists: messages in groups, whose lists are long, are counted by their members instead. */
const usersIn = (audience: Audience): number => {
  let users = 0;
  for (const { recipients } of audience) {
    for (let at = 0; at < recipients.length; at += 1 + recipients[at]!) users += 1;
  }
  return users;
};

/** @param source the inbound partition */
export function eventOf(
  { view, body, route, src, logTime, serverMsgId }: AcceptedCommand,
  rowKind: number,
  audience: Audience,
  { reference, change, memberCount }: Accepted,
  source: number,
): EventFields {
  const isMessage = rowKind === RowKind.MESSAGE;
  return {
    id: eventIdOf(src, source),
    kind: KIND_OF_ROW[rowKind] ?? `row-${rowKind}`,
    tenant: route.tenant,
    conversation: route.conversation,
    conversationKind: CONVERSATION_KIND[route.kind],
    groupId: route.kind === 'group' ? route.to : null,
    peer: route.kind === 'direct' ? route.to : null,
    sender: route.sender,
    device: view.device,
    serverMsgId: idFromHalves(serverMsgId),
    clientMsgId: view.clientMsgId,
    convSeq: src,
    serverTime: logTime,
    createTime: body.createTime,
    recipients: isMessage && memberCount !== null ? memberCount : usersIn(audience),
    memberCount,
    source: view.bytes,
    message: isMessage ? body : null,
    // Read-all lies in the user's own conversation, whose numbers mean nothing in others.
    readTo: rowKind === RowKind.READ && route.kind !== 'own' ? (reference?.convSeq ?? null) : null,
    target:
      rowKind === RowKind.RECALL && reference !== null
        ? {
            sender: reference.sender,
            serverMsgId: serverMsgIdOfTarget(route, reference.sender, reference.clientMsgId),
            clientMsgId: reference.clientMsgId,
            convSeq: reference.convSeq,
          }
        : null,
    membership:
      change === null
        ? null
        : {
            change: CHANGE[change.decision.change] ?? `change-${change.decision.change}`,
            users: change.decision.users,
            title: change.title,
          },
  };
}
