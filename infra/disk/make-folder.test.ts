import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isBubbleError } from '../../schemas/errors.ts';
import { makeFolder } from './make-folder.ts';

const root = await mkdtemp(join(tmpdir(), 'bubble-folders-'));
after(() => rm(root, { recursive: true }));
const notWritable = (error: unknown): boolean => isBubbleError(error, 'FOLDER_NOT_WRITABLE');

test('makes what is missing, says the highest that it made, and nothing where all is there', async () => {
  const folder = join(root, 'a', 'b', 'c');
  assert.equal(await makeFolder(folder, 0o700), join(root, 'a'));
  assert.equal((await stat(folder)).mode & 0o777, 0o700);
  assert.equal(await makeFolder(folder), undefined);
});

test('several at once make one path', async () => {
  const folder = join(root, 'd', 'e', 'f');
  await Promise.all(Array.from({ length: 20 }, () => makeFolder(folder)));
  assert.ok((await stat(folder)).isDirectory());
});

test('below a file, in its place, and where the file system has no folders of ours: a code, and no endless loop', async () => {
  await writeFile(join(root, 'file'), '');
  for (const folder of ['/proc/x', '/proc/x/y/z', join(root, 'file'), join(root, 'file', 'below')]) {
    await assert.rejects(makeFolder(folder), notWritable, folder);
  }
});
