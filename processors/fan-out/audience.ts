/** Who gets a row, packed once for each inbox partition and kept with the conversation. */
import assert from 'node:assert/strict';
import { packUsers, unpackUsers } from '../../schemas/events/packed.ts';
import { userKey } from '../../schemas/ids.ts';
import { partitionOf } from '../../schemas/partition.ts';

export interface AudiencePart {
  readonly partition: number;
  /** Packed users, rising by their bytes: the same users give the same bytes however they came. */
  readonly recipients: Buffer;
  /** Key of the inbox record: tenant/first recipient. */
  readonly key: Buffer;
}

/** Rising by partition; each inbox partition at most once. */
export type Audience = readonly AudiencePart[];

export const NOBODY: Buffer = Buffer.alloc(0);

export const inboxPartitionOf = (tenant: string, user: string, inboxPartitions: number): number =>
  partitionOf(userKey(tenant, user), inboxPartitions);

const keyOf = (tenant: string, recipients: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${tenant}/`), recipients.subarray(1, 1 + recipients[0]!)]);

/** @param users without repeats */
export const audienceOf = (tenant: string, users: Iterable<string>, inboxPartitions: number): Audience => {
  const byPartition = new Map<number, Buffer[]>();
  for (const user of users) {
    const partition = inboxPartitionOf(tenant, user, inboxPartitions);
    const packed = packUsers([user]);
    const listed = byPartition.get(partition);
    if (listed === undefined) byPartition.set(partition, [packed]);
    else listed.push(packed);
  }
  return [...byPartition]
    .sort(([left], [right]) => left - right)
    .map(([partition, listed]) => {
      const recipients = Buffer.concat(listed.sort(compareNames));
      return { partition, recipients, key: keyOf(tenant, recipients) };
    });
};

/** By the bytes of the name, not by the length before it. */
const compareNames = (left: Buffer, right: Buffer): number => left.subarray(1).compare(right.subarray(1));

/** Where a user stands in a packed list, or where it would. */
const placeOf = (packed: Buffer, name: Buffer): { readonly at: number; readonly there: boolean } => {
  let at = 0;
  while (at < packed.length) {
    const end = at + 1 + packed[at]!;
    const order = name.compare(packed, at + 1, end);
    if (order <= 0) return { at, there: order === 0 };
    at = end;
  }
  return { at, there: false };
};

/** The audience with one user more. Cheaper than packing a group of thousands anew for each who joins. */
export const withUser = (
  audience: Audience,
  tenant: string,
  user: string,
  inboxPartitions: number,
): Audience => {
  const partition = inboxPartitionOf(tenant, user, inboxPartitions);
  const packed = packUsers([user]);
  const index = audience.findIndex((part) => part.partition >= partition);
  const part = index < 0 ? undefined : audience[index];
  if (part?.partition !== partition) {
    const added = { partition, recipients: packed, key: keyOf(tenant, packed) };
    return index < 0 ? [...audience, added] : [...audience.slice(0, index), added, ...audience.slice(index)];
  }
  const { at, there } = placeOf(part.recipients, packed.subarray(1));
  if (there) return audience;
  const recipients = Buffer.concat([part.recipients.subarray(0, at), packed, part.recipients.subarray(at)]);
  return audience.with(index, { partition, recipients, key: keyOf(tenant, recipients) });
};

/** The audience without a user. */
export const withoutUser = (
  audience: Audience,
  tenant: string,
  user: string,
  inboxPartitions: number,
): Audience => {
  const partition = inboxPartitionOf(tenant, user, inboxPartitions);
  const index = audience.findIndex((part) => part.partition === partition);
  const part = audience[index];
  if (part === undefined) return audience;
  const name = Buffer.from(user);
  const { at, there } = placeOf(part.recipients, name);
  if (!there) return audience;
  const recipients = Buffer.concat([
    part.recipients.subarray(0, at),
    part.recipients.subarray(at + 1 + name.length),
  ]);
  if (recipients.length === 0) return audience.filter((other) => other !== part);
  return audience.with(index, { partition, recipients, key: keyOf(tenant, recipients) });
};

export const usersOf = (audience: Audience): string[] => {
  const users = audience.flatMap((part) => unpackUsers(part.recipients));
  assert.equal(new Set(users).size, users.length, 'a user stands in one inbox partition only');
  return users;
};
