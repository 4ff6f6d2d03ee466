import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { runBubble } from './testing/run-bubble.ts';

test('a data folder where the file system makes none is a finding, and the command ends', async () => {
  const ran = await runBubble(['doctor', '--json', '--data', '/proc/x/data'], { folder: tmpdir() });
  const { findings } = JSON.parse(ran.out) as { findings: { name: string; grade: string; found: string }[] };
  const found = findings.find(({ name }) => name === 'data folder');
  assert.equal(found?.grade, 'failure');
  assert.match(found?.found ?? '', /no folder can be made in \/proc/);
  assert.equal(ran.code, 1);
});
