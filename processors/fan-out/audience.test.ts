import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { unpackUsers } from '../../schemas/events/packed.ts';
import { type Audience, audienceOf, inboxPartitionOf, withoutUser, withUser } from './audience.ts';

const TENANT = 'acme';
const PARTITIONS = 4;
const name = fc.constantFrom(...'abcdefghij', 'ab', 'abc', '张', '😀', 'é');

const assertFor = (audience: Audience, users: ReadonlySet<string>): void => {
  assert.deepEqual(audience, audienceOf(TENANT, users, PARTITIONS));
  const all: string[] = [];
  let last = -1;
  for (const { partition, recipients, key } of audience) {
    assert.ok(partition > last);
    last = partition;
    const listed = unpackUsers(recipients);
    assert.equal(key.toString(), `${TENANT}/${listed[0]}`);
    for (const user of listed) assert.equal(inboxPartitionOf(TENANT, user, PARTITIONS), partition);
    all.push(...listed);
  }
  assert.deepEqual(new Set(all), users);
  assert.equal(all.length, users.size);
};

test('changed in place, user by user, an audience is as if packed anew', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), name), { maxLength: 40 }), (changes) => {
      let audience: Audience = [];
      const users = new Set<string>();
      for (const [arrives, user] of changes) {
        if (arrives) users.add(user);
        else users.delete(user);
        audience = arrives
          ? withUser(audience, TENANT, user, PARTITIONS)
          : withoutUser(audience, TENANT, user, PARTITIONS);
        assertFor(audience, users);
      }
    }),
    { seed: 3, numRuns: 100 },
  );
});
