/** The journal in a file: restarts, kill -9, torn and damaged bytes, compaction, limits. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, mock, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { StoredCommand } from '../outbox-storage.ts';
import { FileOutbox } from './file-outbox.ts';

const root = mkdtempSync(join(tmpdir(), 'bubble-outbox-'));
after(() => rmSync(root, { recursive: true }));
let folders = 0;
const newFolder = (): string => {
  folders += 1;
  return join(root, String(folders));
};
const journalOf = (folder: string): string => join(folder, 'outbox.journal');

const command = (id: number, text = `text ${id}`): StoredCommand => ({
  operation: 4,
  queue: 'bob',
  to: 'bob',
  body: new Uint8Array(Buffer.from(text)),
  clientMsgId: BigInt(id),
  sinceSeq: 2 ** 45 + id,
});

const reopened = async (
  folder: string,
  options = {},
): Promise<{ ids: number[]; lastId: bigint; box: FileOutbox }> => {
  const box = new FileOutbox(folder, options);
  const { commands, lastId } = await box.load();
  return { ids: commands.map(({ clientMsgId }) => Number(clientMsgId)), lastId, box };
};

test('what was added and not removed is there after a restart, whole and in order', async () => {
  const folder = newFolder();
  const first = new FileOutbox(folder);
  assert.deepEqual(await first.load(), { commands: [], lastId: 0n });
  await Promise.all([first.add(command(1)), first.add(command(2)), first.add(command(3))]);
  first.remove(2n);
  await first.renew([3n], [command(4, 'text 3')]);
  await first.close();
  const second = new FileOutbox(folder);
  const { commands, lastId } = await second.load();
  assert.deepEqual(commands, [command(1), command(4, 'text 3')]);
  assert.equal(lastId, 4n);
  second.remove(1n);
  second.remove(4n);
  await second.close();
  const third = await reopened(folder);
  await third.box.close();
  const fourth = await reopened(folder);
  assert.deepEqual([fourth.ids, fourth.lastId], [[], 4n], 'the highest id is not forgotten');
  await fourth.box.close();
});

test('kill -9 right after an addition settled loses nothing', async () => {
  const folder = newFolder();
  const module = fileURLToPath(new URL('./file-outbox.ts', import.meta.url));
  const code = `
    import { FileOutbox } from ${JSON.stringify(module)};
    const box = new FileOutbox(${JSON.stringify(folder)});
    await box.load();
    for (let id = 1; ; id += 1) {
      await box.add({ operation: 4, queue: 'q', to: 'q', body: new Uint8Array(100), clientMsgId: BigInt(id), sinceSeq: 0 });
      console.log(id);
    }`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let settled = 0;
  child.stdout.on('data', (bytes: Buffer) => {
    for (const line of bytes.toString().split('\n')) settled = Math.max(settled, Number(line));
    if (settled >= 50) child.kill('SIGKILL');
  });
  await once(child, 'exit');
  const { ids, box } = await reopened(folder);
  assert.ok(settled >= 50 && ids.length >= settled, `${settled} ${ids.length}`);
  assert.deepEqual(
    ids,
    ids.map((_, index) => index + 1),
  );
  await box.close();
});

test('a torn tail is cut off, at whatever byte; what comes later is whole', async () => {
  const folder = newFolder();
  const first = (await reopened(folder)).box;
  await first.add(command(1));
  const oneRecord = statSync(journalOf(folder)).size;
  await first.add(command(2));
  await first.close();
  const whole = readFileSync(journalOf(folder));
  for (let size = oneRecord; size < whole.length; size += 1) {
    writeFileSync(journalOf(folder), whole);
    truncateSync(journalOf(folder), size);
    const damage: number[] = [];
    const { ids, box } = await reopened(folder, {
      onDamage: (_file: string, bytes: number) => damage.push(bytes),
    });
    assert.deepEqual([ids, damage], [[1], []], String(size));
    await box.add(command(3));
    await box.close();
    const after = await reopened(folder);
    assert.deepEqual(after.ids, [1, 3]);
    await after.box.close();
  }
});

test('damage in the middle is told, and costs no other command', async () => {
  const folder = newFolder();
  const first = (await reopened(folder)).box;
  await first.add(command(1));
  const start = statSync(journalOf(folder)).size;
  await first.add(command(2));
  await first.add(command(3));
  await first.close();
  const bytes = readFileSync(journalOf(folder));
  bytes[start + 20] = bytes[start + 20]! ^ 1;
  writeFileSync(journalOf(folder), bytes);
  const damage: [string, number][] = [];
  const { ids, box } = await reopened(folder, {
    onDamage: (file: string, length: number) => damage.push([file, length]),
  });
  assert.deepEqual(ids, [1, 3]);
  assert.equal(damage.length, 1);
  assert.equal(damage[0]?.[0], journalOf(folder));
  await box.close();
  writeFileSync(journalOf(folder), 'something else entirely');
  await assert.rejects(reopened(folder), { code: 'LOG_DAMAGED' });
});

test('garbage behind whole records is a torn tail too', async () => {
  const folder = newFolder();
  const first = (await reopened(folder)).box;
  await first.add(command(1));
  await first.close();
  appendFileSync(journalOf(folder), Buffer.alloc(5_000, 0xaa));
  const { ids, box } = await reopened(folder);
  assert.deepEqual(ids, [1]);
  await box.close();
});

test('the journal is compacted while it is used, and stays small', async () => {
  const folder = newFolder();
  const { box } = await reopened(folder, { journalBytes: 4_096 });
  await box.add(command(1_000_000));
  for (let id = 1; id <= 300; id += 1) {
    await box.add(command(id));
    box.remove(BigInt(id));
    assert.ok(statSync(journalOf(folder)).size < 8_192);
  }
  await box.close();
  const after = await reopened(folder);
  assert.deepEqual([after.ids, after.lastId], [[1_000_000], 1_000_000n]);
  await after.box.close();
});

test('one process at a time; the lock of a dead one is taken over', async () => {
  const folder = newFolder();
  const { box } = await reopened(folder);
  await assert.rejects(reopened(folder), { code: 'LOG_LOCKED' });
  await box.close();
  assert.equal(existsSync(join(folder, 'outbox.lock')), false);
  writeFileSync(join(folder, 'outbox.lock'), '1');
  await assert.rejects(reopened(folder), { code: 'LOG_LOCKED' }, 'process 1 lives');
  writeFileSync(join(folder, 'outbox.lock'), '999999999');
  const taken = await reopened(folder);
  await taken.box.close();
});

test('a write that fails refuses its commands, nothing of it is there later, and the next one works', async () => {
  const folder = newFolder();
  const { box } = await reopened(folder);
  await box.add(command(1));
  const handle = await open(journalOf(folder));
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  const fail = (): Promise<never> => Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
  for (const [lost, broken] of [
    [20, ['datasync']],
    [30, ['datasync', 'truncate']],
  ] as const) {
    // All of it gets there, but nobody can be sure.
    const mocks = broken.map((name) => mock.method(prototype, name, fail));
    const failing = [lost, lost + 1, lost + 2].map((id) => box.add(command(id)));
    for (const each of failing) await assert.rejects(each, { code: 'DISK_FULL', retryable: true });
    for (const each of mocks) each.mock.restore();
    await box.add(command(lost / 10));
  }
  await box.close();
  await assert.rejects(box.add(command(4)), { code: 'REFUSED' });
  const after = await reopened(folder);
  assert.deepEqual(after.ids, [1, 2, 3]);
  await after.box.close();
});
