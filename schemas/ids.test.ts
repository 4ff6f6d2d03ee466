import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { sha256 as portable } from '@noble/hashes/sha2.js';
import {
  conversationOf,
  groupIdOf,
  isGroup,
  isName,
  isTenant,
  nextClientMsgId,
  serverMsgIdOf,
  timeOfClientMsgId,
} from './ids.ts';

const node = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

test('names: any script and spaces, but no control characters, slash, leading #, or more than 64 bytes', () => {
  for (const good of ['a', '王小明', '[noobuntu] ', 'x'.repeat(64), '字'.repeat(21), '{}|^`\\'])
    assert.ok(isName(good), good);
  for (const bad of [
    '',
    '#a',
    'a/b',
    'a\nb',
    'a\u0000',
    '\u007f',
    'x'.repeat(65),
    '字'.repeat(22),
    '\ud800',
  ]) {
    assert.ok(!isName(bad), JSON.stringify(bad));
  }
  assert.ok(isTenant('acme-1'));
  for (const bad of ['', 'Acme', '-a', 'a/b', 'x'.repeat(33)]) assert.ok(!isTenant(bad), bad);
});

test('a direct conversation is the same from both sides', () => {
  assert.equal(conversationOf('bob', 'alice'), 'd/alice/bob');
  assert.equal(conversationOf('alice', 'bob'), 'd/alice/bob');
  assert.equal(conversationOf('alice', 'alice'), 'd/alice/alice');
  assert.equal(conversationOf('alice', '#abcdefghijklmnop'), 'g/#abcdefghijklmnop');
});

test('derived ids are golden, and the same from both hash libraries', () => {
  for (const sha256 of [node, portable]) {
    assert.equal(
      serverMsgIdOf(sha256, 'acme', 'alice', 'bob', 1_800_000_000_000n << 20n),
      1583522582272738188n,
    );
    assert.equal(groupIdOf(sha256, 'acme', 'alice', 1n), '#6jtrimhdi37eyw43');
  }
  assert.ok(isGroup(groupIdOf(node, 'acme', 'alice', 2n)));
});

test('clientMsgIds rise, also when the clock is set back', () => {
  const first = nextClientMsgId(0n, 1_800_000_000_000, 5);
  assert.equal(timeOfClientMsgId(first), 1_800_000_000_000);
  const second = nextClientMsgId(first, 1_700_000_000_000, 9);
  assert.equal(second, first + 1n);
});
