/** A group as the fold of its conversation knows it, and the pure rules of its commands. */
import type { ErrorName } from '../../schemas/errors.ts';
import { COMMAND } from '../../schemas/events/inbound.ts';
import { packUsers, unpackUsers } from '../../schemas/events/packed.ts';
import { isName } from '../../schemas/ids.ts';
import type { Limits } from '../../schemas/limits.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';

const { MembershipChange } = bubble.wire;
export type MembershipChange = bubble.wire.MembershipChange;

export interface Group {
  readonly owner: string;
  readonly title: string;
  dismissed: boolean;
  readonly members: Set<string>;
}

/** What a group command asks, decoded from its body. */
export interface GroupRequest {
  readonly title: string;
  readonly users: readonly string[];
  readonly creatorStaysOut: boolean;
}

export type GroupDecision =
  | { readonly kind: 'refused'; readonly error: ErrorName }
  | {
      readonly kind: 'changed';
      readonly change: MembershipChange;
      /** Those it concerns: who comes or goes. */
      readonly users: readonly string[];
      /** How many members there are afterwards. */
      readonly memberCount: number;
    };

export type GroupLimits = Pick<Limits, 'groupMembers' | 'textFieldBytes'>;

const refused = (error: ErrorName): GroupDecision => ({ kind: 'refused', error });

/** Decides about GROUP_* commands. @param group null: no group has this id yet */
export function decideGroup(
  group: Group | null,
  kind: number,
  sender: string,
  request: GroupRequest,
  limits: GroupLimits,
): GroupDecision {
  if (!request.users.every(isName)) return refused('BAD_ID');
  if (kind === COMMAND.GROUP_CREATE) return create(group, sender, request, limits);
  if (group === null) return refused('UNKNOWN_GROUP');
  if (group.dismissed) return refused('GROUP_DISMISSED');
  switch (kind) {
    case COMMAND.GROUP_JOIN:
      if (group.members.has(sender)) return refused('ALREADY_A_MEMBER');
      return added(group, MembershipChange.JOINED, [sender], limits);
    case COMMAND.GROUP_LEAVE:
      if (!group.members.has(sender)) return refused('NOT_A_MEMBER');
      return removed(group, MembershipChange.LEFT, [sender]);
    case COMMAND.GROUP_INVITE: {
      if (!group.members.has(sender) && sender !== group.owner) return refused('NOT_A_MEMBER');
      const users = [...new Set(request.users)].filter((user) => !group.members.has(user));
      if (users.length === 0) return refused('ALREADY_A_MEMBER');
      return added(group, MembershipChange.INVITED, users, limits);
    }
    case COMMAND.GROUP_KICK: {
      if (sender !== group.owner) return refused('FORBIDDEN');
      const users = [...new Set(request.users)].filter((user) => group.members.has(user));
      if (users.length === 0) return refused('NOT_A_MEMBER');
      return removed(group, MembershipChange.KICKED, users);
    }
    case COMMAND.GROUP_DISMISS:
      if (sender !== group.owner) return refused('FORBIDDEN');
      // Sorted: in what order members came is not known after a restart.
      return removed(group, MembershipChange.DISMISSED, [...group.members].sort());
    default:
      return refused('UNKNOWN_OPERATION');
  }
}

function create(
  group: Group | null,
  sender: string,
  request: GroupRequest,
  limits: GroupLimits,
): GroupDecision {
  // The id is a hash of creator and clientMsgId, so this is the creator's other device under the same id.
  if (group !== null) return refused('CONFLICT');
  if (Buffer.byteLength(request.title) > limits.textFieldBytes) return refused('TOO_LONG');
  const members = new Set(request.users);
  if (request.creatorStaysOut) members.delete(sender);
  else members.add(sender);
  if (members.size > limits.groupMembers) return refused('GROUP_FULL');
  return {
    kind: 'changed',
    change: MembershipChange.CREATED,
    users: [...members],
    memberCount: members.size,
  };
}

function added(
  group: Group,
  change: MembershipChange,
  users: readonly string[],
  limits: GroupLimits,
): GroupDecision {
  const memberCount = group.members.size + users.length;
  return memberCount > limits.groupMembers
    ? refused('GROUP_FULL')
    : { kind: 'changed', change, users, memberCount };
}

const removed = (group: Group, change: MembershipChange, users: readonly string[]): GroupDecision => ({
  kind: 'changed',
  change,
  users,
  memberCount: group.members.size - users.length,
});

/** Whether the change brings members, who see the group from then on; else it takes some away. */
export const isArrival = (change: MembershipChange): boolean =>
  change === MembershipChange.CREATED ||
  change === MembershipChange.JOINED ||
  change === MembershipChange.INVITED;

/** Carries out a decision: gives the group that is made, or changes the one there is. */
export function evolveGroup(
  group: Group | null,
  decision: Extract<GroupDecision, { kind: 'changed' }>,
  sender: string,
  title: string,
): Group {
  const next = group ?? { owner: sender, title, dismissed: false, members: new Set<string>() };
  if (isArrival(decision.change)) for (const user of decision.users) next.members.add(user);
  else for (const user of decision.users) next.members.delete(user);
  if (decision.change === MembershipChange.DISMISSED) next.dismissed = true;
  return next;
}

/** May the sender write into the group? */
export const refusalOfMessage = (group: Group | null, sender: string): ErrorName | null => {
  if (group === null) return 'UNKNOWN_GROUP';
  if (group.dismissed) return 'GROUP_DISMISSED';
  return group.members.has(sender) ? null : 'NOT_A_MEMBER';
};

const FORMAT = 1;

/** format u8, dismissed u8, owner length u8, title length u16, owner, title, packed members. */
export const encodeGroup = (group: Group): Buffer => {
  const owner = Buffer.from(group.owner);
  const title = Buffer.from(group.title);
  const head = Buffer.alloc(5);
  head[0] = FORMAT;
  head[1] = group.dismissed ? 1 : 0;
  head[2] = owner.length;
  head.writeUInt16LE(title.length, 3);
  // Sorted, so that the same members give the same bytes however they came.
  return Buffer.concat([head, owner, title, packUsers([...group.members].sort())]);
};

export const decodeGroup = (bytes: Uint8Array): Group => {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view[0] !== FORMAT) throw new RangeError(`format ${view[0]} of a group is unknown`);
  const ownerEnd = 5 + view[2]!;
  const titleEnd = ownerEnd + view.readUInt16LE(3);
  return {
    dismissed: view[1] === 1,
    owner: view.toString('utf8', 5, ownerEnd),
    title: view.toString('utf8', ownerEnd, titleEnd),
    members: new Set(unpackUsers(view.subarray(titleEnd))),
  };
};
