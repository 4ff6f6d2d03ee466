import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { nodeDisk } from '../../disk/node-disk.ts';
import { SILENT_LOGGER } from '../../logger/logger.ts';
import { type FormerLives, openFormerLives } from './former-life.ts';

const inFolder = async (run: (lives: FormerLives, folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'bubble-lives-'));
  try {
    await run(await openFormerLives({ disk: nodeDisk(), folder, logger: SILENT_LOGGER }), folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const held = [{ topic: 'bubble.inbound', partition: 3 }];
const topicIds = { 'bubble.inbound': 'AAAA' };

test('the last membership of each group is what the next process finds', () =>
  inFolder(async (lives) => {
    assert.equal(await lives.of('fan-out'), null);
    await Promise.all([
      lives.remember('fan-out', { memberId: 'a', held: [], topicIds: {} }),
      lives.remember('fan-out', { memberId: 'a', held, topicIds }),
      lives.remember('delivery', { memberId: 'b', held: [], topicIds: {} }),
    ]);
    assert.deepEqual(await lives.of('fan-out'), { memberId: 'a', held, topicIds });
    assert.deepEqual(await lives.of('delivery'), { memberId: 'b', held: [], topicIds: {} });
  }));

test('what a crash has torn, or a stranger has written, counts as nothing', () =>
  inFolder(async (lives, folder) => {
    await lives.remember('fan-out', { memberId: 'a', held, topicIds });
    const [name] = (await readdir(folder)).filter((file) => file.startsWith('fan-out'));
    for (const text of [
      '',
      '{"memberId":"a"',
      '7',
      '{"memberId":"","held":[]}',
      '{"memberId":"a","held":{}}',
    ]) {
      await writeFile(join(folder, name!), text);
      assert.equal(await lives.of('fan-out'), null, text);
    }
    const write = (life: object): Promise<void> => writeFile(join(folder, name!), JSON.stringify(life));
    await write({ memberId: 'a', held: [...held, 'x', { topic: 1 }], topicIds: { ...topicIds, x: 7 } });
    assert.deepEqual(await lives.of('fan-out'), { memberId: 'a', held, topicIds });
    // An older release notes no ids.
    await write({ memberId: 'a', held });
    assert.deepEqual(await lives.of('fan-out'), { memberId: 'a', held, topicIds: {} });
  }));
