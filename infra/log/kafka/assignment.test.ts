import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  assign,
  decodeAssignment,
  decodeWish,
  encodeAssignment,
  encodeWish,
  type GroupMemberWish,
} from './assignment.ts';

const key = (topic: string, partition: number): string => `${topic}/${partition}`;

const wishes = fc
  .array(
    fc.record({
      topics: fc.subarray(['a', 'b', 'c'], { minLength: 1 }),
      held: fc.array(fc.record({ topic: fc.constantFrom('a', 'b', 'c', 'gone'), partition: fc.nat(12) })),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((list) => list.map((wish, index) => ({ ...wish, id: `m${index}` })));

test('every wanted partition goes to exactly one member that wants it, evenly for each topic', () => {
  fc.assert(
    fc.property(wishes, fc.nat(12), fc.nat(12), (members, a, b) => {
      const counts = new Map([
        ['a', a + 1],
        ['b', b + 1],
        ['c', 1],
      ]);
      const given = assign(members, counts);
      const owners = new Map<string, string>();
      for (const [id, held] of given) {
        for (const { topic, partition } of held) {
          assert.ok(!owners.has(key(topic, partition)), 'given twice');
          owners.set(key(topic, partition), id);
          assert.ok(members.find((member) => member.id === id)!.topics.includes(topic));
        }
      }
      for (const [topic, count] of counts) {
        const wanting = members.filter(({ topics }) => topics.includes(topic));
        if (wanting.length === 0) continue;
        for (let partition = 0; partition < count; partition += 1)
          assert.ok(owners.has(key(topic, partition)));
        const loads = wanting.map(({ id }) => given.get(id)!.filter((each) => each.topic === topic).length);
        assert.ok(Math.max(...loads) - Math.min(...loads) <= 1, `uneven: ${loads}`);
      }
    }),
  );
});

test('a member keeps what it held as far as that is even', () => {
  const counts = new Map([['t', 8]]);
  const wish = (id: string, held: readonly { topic: string; partition: number }[] = []): GroupMemberWish => ({
    id,
    topics: ['t'],
    held,
  });
  const two = assign([wish('a'), wish('b')], counts);
  const three = assign([wish('a', two.get('a')), wish('b', two.get('b')), wish('c')], counts);
  for (const id of ['a', 'b']) {
    for (const each of three.get(id)!)
      assert.ok(two.get(id)!.some(({ partition }) => partition === each.partition));
  }
  const again = assign([wish('a', three.get('a')), wish('c', three.get('c'))], counts);
  for (const id of ['a', 'c']) {
    for (const { partition } of three.get(id)!)
      assert.ok(again.get(id)!.some((each) => each.partition === partition));
  }
});

test('wishes and assignments come back from their bytes; a foreign hint is no hint', () => {
  const held = [
    { topic: 'a', partition: 3 },
    { topic: 'b', partition: 0 },
  ];
  assert.deepEqual(decodeWish('m', encodeWish(['a', 'b'], held)), { id: 'm', topics: ['a', 'b'], held });
  assert.deepEqual(decodeAssignment(encodeAssignment(held)), held);
  assert.deepEqual(decodeAssignment(Buffer.alloc(0)), []);
});
