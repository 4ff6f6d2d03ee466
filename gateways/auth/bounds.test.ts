import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Admission, addressKey } from './admission.ts';
import { WindowedSet } from './windowed-set.ts';

test('windowed set: an entry is kept until its time and then makes room', () => {
  const set = new WindowedSet({ windowMs: 10, limit: 2 });
  assert.equal(set.add('a', 25, 0), 'added');
  assert.equal(set.add('a', 99, 1), 'present');
  assert.equal(set.add('b', 31, 2), 'added');
  assert.equal(set.add('c', 90, 24), 'full');
  assert.equal(set.isFull(24), true);
  assert.equal(set.has('a', 24), true);
  // Windows end at multiples of 10: 'a' goes at 30.
  assert.equal(set.has('a', 29), true);
  assert.equal(set.has('a', 30), false);
  assert.equal(set.size, 1);
  assert.equal(set.add('c', 90, 30), 'added');
  assert.equal(set.has('b', 39), true);
  assert.equal(set.has('b', 40), false);
});

test('windowed set: never forgets early, whatever the times', () => {
  const set = new WindowedSet({ windowMs: 7, limit: 10_000 });
  for (let index = 0; index < 1_000; index += 1) set.add(`k${index}`, index, 0);
  for (let nowMs = 0; nowMs < 1_000; nowMs += 13) {
    for (let index = nowMs + 1; index < 1_000; index += 17) assert.ok(set.has(`k${index}`, nowMs));
  }
  assert.equal(set.has('k0', 1_007), false);
  assert.equal(set.size, 0);
});

test('addresses count by IPv4 address or by IPv6 /64', () => {
  assert.equal(addressKey('192.0.2.1'), '192.0.2.1');
  assert.equal(addressKey('::ffff:192.0.2.1'), '192.0.2.1');
  assert.equal(addressKey('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64');
  assert.equal(addressKey('2001:0DB8:1:2::9'), '2001:db8:1:2::/64');
  assert.equal(addressKey('2001:db8::9'), '2001:db8:0:0::/64');
  assert.equal(addressKey('::1'), '0:0:0:0::/64');
  assert.equal(addressKey('fe80::1%eth0'), 'fe80:0:0:0::/64');
  assert.equal(addressKey('1:2:3::4:5'), '1:2:3:0::/64');
});

test('admission: burst, refill, kinds apart, addresses apart', () => {
  const admission = new Admission({ perSecond: 2, burst: 3, addresses: 10 });
  const take = (count: number, address: string, kind: 'login' | 'resumption', nowMs: number): number =>
    Array.from({ length: count }, () => admission.admit(address, kind, nowMs)).filter(Boolean).length;
  assert.equal(take(5, 'a', 'login', 0), 3);
  assert.equal(take(5, 'a', 'resumption', 0), 3);
  assert.equal(take(5, 'b', 'login', 0), 3);
  assert.equal(take(5, 'a', 'login', 500), 1);
  assert.equal(take(9, 'a', 'login', 60_000), 3, 'never more than the burst');
  assert.equal(take(1, 'a', 'login', 59_000), 0, 'time that runs backwards gives nothing');
});

test('admission: beyond the limit of addresses new ones share a bucket, until idle ones are swept', () => {
  const admission = new Admission({ perSecond: 1, burst: 2, addresses: 3 });
  for (const address of ['a', 'b', 'c']) assert.ok(admission.admit(address, 'login', 0));
  assert.ok(admission.admit('d', 'login', 0));
  assert.ok(admission.admit('e', 'login', 0));
  assert.equal(admission.admit('f', 'login', 0), false, 'd and e took the shared ones');
  assert.ok(admission.admit('a', 'login', 0), 'known addresses keep their own');
  assert.equal(admission.addresses, 3);
  assert.ok(admission.admit('f', 'login', 2_000), 'a, b and c were idle long enough');
  assert.equal(admission.addresses, 1);
});
