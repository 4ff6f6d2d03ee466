import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packUsers } from '../../schemas/events/packed.ts';
import { Audiences } from './audiences.ts';
import type { Session } from './session.ts';
import { UserTable } from './user-table.ts';

const names = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `u${from + at}`);

const online = (users: UserTable, user: string): void => {
  users.intern('t', user).sessions.push({} as Session);
  users.presence += 1;
};

test('recipients with sessions, for short and long lists, as sessions come and go', () => {
  const users = new UserTable();
  const audiences = new Audiences(users, 1_000);
  for (const list of [names(0, 3), names(0, 100)]) {
    const packed = packUsers(list);
    const present = () => audiences.present('t', () => 'g/1', packed).map(({ user }) => user);
    online(users, 'u1');
    assert.deepEqual(present(), ['u1']);
    online(users, 'u2');
    assert.deepEqual(present(), ['u1', 'u2']);
    for (const user of ['u1', 'u2']) {
      const entry = users.find('t', user)!;
      entry.sessions.length = 0;
      users.presence += 1;
      users.release(entry);
    }
    assert.deepEqual(present(), []);
  }
});

test('a list is used only for its own bytes', () => {
  const users = new UserTable();
  const audiences = new Audiences(users, 1_000);
  for (const user of names(0, 200)) online(users, user);
  assert.equal(audiences.present('t', () => 'g/1', packUsers(names(0, 100))).length, 100);
  assert.equal(audiences.present('t', () => 'g/1', packUsers(names(50, 120))).at(-1)!.user, 'u169');
  assert.equal(audiences.members, 120);
  assert.deepEqual(
    audiences.present('other', () => 'g/1', packUsers(names(0, 100))),
    [],
  );
});

test('kept lists are bounded: the longest unused go, with the users that only they held', () => {
  const users = new UserTable();
  const audiences = new Audiences(users, 250);
  for (let group = 0; group < 4; group += 1) {
    audiences.present('t', () => `g/${group}`, packUsers(names(group * 100, 100)));
    assert.ok(audiences.members <= 250);
  }
  assert.equal(users.size, 200);
  assert.equal(users.find('t', 'u0'), undefined);
  assert.deepEqual(
    audiences.present('t', () => 'g/huge', packUsers(names(0, 251))),
    [],
    'too large to be kept',
  );
  assert.equal(users.size, 200);
});
