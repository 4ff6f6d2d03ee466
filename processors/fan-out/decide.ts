/**
 * Decides about one fresh command at its position in the log. Pure: reads the state, changes nothing; `fold.ts`
 * carries the decision out.
 */
import { hash } from 'node:crypto';
import { ERRORS, type ErrorName } from '../../schemas/errors.ts';
import { COMMAND } from '../../schemas/events/inbound.ts';
import { groupIdOf } from '../../schemas/ids.ts';
import type { Limits } from '../../schemas/limits.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { type Audience, audienceOf, withoutUser, withUser } from './audience.ts';
import {
  decideGroup,
  type GroupDecision,
  type GroupLimits,
  type GroupRequest,
  isArrival,
  refusalOfMessage,
} from './group.ts';
import type { GroupEntry, PartitionState, Sender } from './partition-state.ts';
import type { Route } from './route.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer');

const { RowKind, MembershipChange } = bubble.wire;

export type DecideLimits = GroupLimits & Pick<Limits, 'membershipRowsBelow' | 'recallMs'>;

/** The body of a command, as far as decisions need it. null where it does not decode as its kind demands. */
export type Asked =
  | { readonly kind: 'message' }
  /** convSeq: Infinity where a number beyond 2^53 was asked for. */
  | { readonly kind: 'read'; readonly all: boolean; readonly convSeq: number }
  | { readonly kind: 'recall'; readonly sender: string; readonly clientMsgId: bigint }
  | ({ readonly kind: 'group' } & GroupRequest);

export interface ReferenceTo {
  readonly sender: string;
  readonly clientMsgId: bigint;
  readonly convSeq: number;
}

export interface GroupChange {
  readonly decision: Extract<GroupDecision, { kind: 'changed' }>;
  readonly title: string;
  /** The members afterwards. */
  readonly audience: Audience;
}

/** What an accepted command changes or is about. */
export interface Accepted {
  readonly reference: ReferenceTo | null;
  readonly change: GroupChange | null;
  /** Members of the group afterwards; null: no group. */
  readonly memberCount: number | null;
}

export type Decision =
  | { readonly kind: 'rejected'; readonly code: number }
  | {
      readonly kind: 'accepted';
      readonly rowKind: number;
      readonly audience: Audience;
      readonly reference: ReferenceTo | null;
      readonly change: GroupChange | null;
    };

export interface Command {
  readonly kind: number;
  readonly route: Route;
  readonly asked: Asked | null;
  readonly bodyBytes: number;
  readonly idLow: number;
  readonly idHigh: number;
  readonly src: number;
  /** The group of the conversation, where it is one. */
  readonly group: GroupEntry | null;
  /** The rings of the author of a message that is to be recalled. */
  readonly author: Sender | null;
}

/**
 * Gates refuse much smaller ones. An inbox record holds the body and the recipients, and must stay below the log's
 * limit of a record.
 */
const MAX_BODY_BYTES = 256 * 1024;

const reject = (error: ErrorName): Decision => ({ kind: 'rejected', code: ERRORS[error].code });
const accept = (
  rowKind: number,
  audience: Audience,
  reference: ReferenceTo | null = null,
  change: GroupChange | null = null,
): Decision => ({ kind: 'accepted', rowKind, audience, reference, change });

const membersOf = (route: Route, entry: GroupEntry, inboxPartitions: number): Audience =>
  entry.audience ?? audienceOf(route.tenant, entry.group?.members ?? [], inboxPartitions);

export function decide(state: PartitionState, command: Command, limits: DecideLimits): Decision {
  const { route, asked } = command;
  if (command.bodyBytes > MAX_BODY_BYTES) return reject('TOO_LONG');
  if (asked === null) return reject('UNDECODABLE');
  if (route.kind === 'foreign') return reject('BAD_ID');
  switch (asked.kind) {
    case 'message':
      return decideMessage(state, command);
    case 'read':
      return decideRead(command, asked);
    case 'recall':
      return decideRecall(state, command, asked, limits);
    case 'group':
      return decideMembership(state, command, asked, limits);
  }
}

function decideMessage(state: PartitionState, { route, group }: Command): Decision {
  if (route.kind === 'direct') return accept(RowKind.MESSAGE, route.both);
  if (group === null) return reject('BAD_ID');
  const refusal = refusalOfMessage(group.group, route.sender);
  if (refusal !== null) return reject(refusal);
  return accept(RowKind.MESSAGE, membersOf(route, group, state.inboxPartitions));
}

/** Whoever was in a group may still say what they have read of it: the row goes to their own devices only. */
function decideRead({ route, group, src }: Command, asked: Extract<Asked, { kind: 'read' }>): Decision {
  // An absurd number must not silence the conversation: nobody has read what comes later.
  const convSeq = asked.all ? src : Math.min(asked.convSeq, src);
  if (asked.all !== (route.kind === 'own') || convSeq <= 0) return reject('MALFORMED');
  if (route.kind === 'group' && (group === null || group.group === null)) return reject('UNKNOWN_GROUP');
  return accept(RowKind.READ, route.both, { sender: '', clientMsgId: 0n, convSeq });
}

function decideRecall(
  state: PartitionState,
  { route, group, author }: Command,
  asked: Extract<Asked, { kind: 'recall' }>,
  limits: DecideLimits,
): Decision {
  const own = asked.sender === route.sender;
  if (route.kind === 'own') return reject('BAD_ID');
  let audience = route.both;
  if (group !== null) {
    const owner = group.group?.owner === route.sender;
    const refusal = refusalOfMessage(group.group, route.sender);
    if (refusal !== null && !(owner && refusal === 'NOT_A_MEMBER')) return reject(refusal);
    if (!own && !owner) return reject('FORBIDDEN');
    audience = withUser(
      membersOf(route, group, state.inboxPartitions),
      route.tenant,
      route.sender,
      state.inboxPartitions,
    );
  } else if (!own) {
    return reject('FORBIDDEN');
  }
  const original = author === null ? null : findMessage(state, author, asked.clientMsgId);
  if (original === null || state.logTime - original.logTime > limits.recallMs) {
    return reject('RECALL_TOO_LATE');
  }
  const { sender, clientMsgId } = asked;
  return accept(RowKind.RECALL, audience, { sender, clientMsgId, convSeq: original.convSeq });
}

/** An accepted message of this author under this id, from any of their devices. */
function findMessage(state: PartitionState, author: Sender, clientMsgId: bigint) {
  const low = Number(clientMsgId & 0xffff_ffffn);
  const high = Number(clientMsgId >> 32n);
  for (const ring of author.rings) {
    const at = state.arena.find(ring, low, high);
    if (at < 0) continue;
    const outcome = state.arena.outcome(at);
    const isMessage = outcome.kind === COMMAND.MESSAGE || outcome.kind === COMMAND.APP_MESSAGE;
    if (isMessage && outcome.code === ERRORS.OK.code) return outcome;
  }
  return null;
}

/** Up to so many who come or go a packed audience is changed in place of being packed anew. */
const FEW_USERS = 32;

function decideMembership(
  state: PartitionState,
  { kind, route, group, idLow, idHigh }: Command,
  asked: Extract<Asked, { kind: 'group' }>,
  limits: DecideLimits,
): Decision {
  if (group === null) return reject('BAD_ID');
  if (kind === COMMAND.GROUP_CREATE) {
    const id = (BigInt(idHigh) << 32n) | BigInt(idLow);
    if (groupIdOf(sha256, route.tenant, route.sender, id) !== route.to) return reject('BAD_ID');
  }
  const decision = decideGroup(group.group, kind, route.sender, asked, limits);
  if (decision.kind === 'refused') return reject(decision.error);

  const { tenant, sender } = route;
  const { inboxPartitions } = state;
  const { users, change, memberCount } = decision;
  const before = membersOf(route, group, inboxPartitions);
  const arrival = isArrival(change);
  let after = before;
  if (users.length <= FEW_USERS) {
    for (const user of users) {
      after = arrival
        ? withUser(after, tenant, user, inboxPartitions)
        : withoutUser(after, tenant, user, inboxPartitions);
    }
  } else {
    const members = new Set(group.group?.members ?? []);
    for (const user of users) arrival ? members.add(user) : members.delete(user);
    after = audienceOf(tenant, members, inboxPartitions);
  }
  const size = arrival ? memberCount : memberCount + users.length;
  const isForAll = size < limits.membershipRowsBelow || change === MembershipChange.DISMISSED;
  const audience = isForAll
    ? withUser(arrival ? after : before, tenant, sender, inboxPartitions)
    : audienceOf(tenant, new Set([...users, sender]), inboxPartitions);
  const title = group.group?.title ?? asked.title;
  return accept(RowKind.MEMBERSHIP, audience, null, { decision, title, audience: after });
}
