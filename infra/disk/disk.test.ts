import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isBubbleError } from '../../schemas/errors.ts';
import { SeededRandom } from '../random/seeded-random.ts';
import type { Disk } from './disk.ts';
import { nodeDisk } from './node-disk.ts';
import { SimDisk } from './sim-disk.ts';

const failsWith = (code: Parameters<typeof isBubbleError>[1]) => (error: unknown) =>
  isBubbleError(error, code);
const bytes = (text: string): Buffer => Buffer.from(text);

async function onFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = fs.mkdtempSync(join(tmpdir(), 'bubble-disk-'));
  try {
    await body(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

const disks: Record<string, (body: (disk: Disk, folder: string) => Promise<void>) => Promise<void>> = {
  node: (body) => onFolder((folder) => body(nodeDisk(), folder)),
  simulated: (body) => body(new SimDisk({ random: new SeededRandom(1) }).mount(), '/sim'),
};

for (const [name, withDisk] of Object.entries(disks)) {
  test(`${name}: what is written is read, at its place, to the end of the file`, () =>
    withDisk(async (disk, folder) => {
      await disk.makeFolder(join(folder, 'a/b'));
      const file = await disk.open(join(folder, 'a/b/f'), { create: true });
      await file.write(0, bytes('hello'));
      await file.writeSynced(5, [bytes(' '), bytes(''), bytes('wor'), bytes('ld')]);
      await file.write(15, bytes('!'));
      assert.equal((await file.read(0, 11)).toString(), 'hello world');
      assert.deepEqual(await file.read(11, 100), Buffer.from([0, 0, 0, 0, 0x21]));
      assert.equal((await file.read(100, 5)).length, 0);
      await file.truncate(5);
      await file.sync();
      assert.equal(await file.size(), 5);
      await file.truncate(8);
      assert.deepEqual(await file.read(0, 10), Buffer.from('hello\0\0\0'));
      await file.close();
    }));

  test(`${name}: names`, () =>
    withDisk(async (disk, folder) => {
      assert.deepEqual(await disk.list(join(folder, 'nowhere')), []);
      await assert.rejects(disk.open(join(folder, 'nothing')), failsWith('FILE_NOT_FOUND'));
      for (const file of ['b', 'a']) await (await disk.open(join(folder, file), { create: true })).close();
      await disk.syncFolder(folder);
      await disk.rename(join(folder, 'a'), join(folder, 'c'));
      assert.deepEqual(await disk.list(folder), ['b', 'c']);
      await disk.remove(join(folder, 'b'));
      await disk.remove(join(folder, 'b'));
      assert.deepEqual(await disk.list(folder), ['c']);
    }));

  test(`${name}: a folder has one owner`, () =>
    withDisk(async (disk, folder) => {
      await disk.makeFolder(folder);
      const unlock = await disk.lock(folder);
      await assert.rejects(disk.lock(folder), failsWith('LOG_LOCKED'));
      await unlock();
      await (await disk.lock(folder))();
    }));
}

test('node: a full disk and a place below a file have their codes', () =>
  onFolder(async (folder) => {
    const disk = nodeDisk();
    const full = await disk.open('/dev/full');
    for (const write of [() => full.write(0, bytes('x')), () => full.writeSynced(0, [bytes('x')])]) {
      await assert.rejects(write(), (error) => isBubbleError(error, 'DISK_FULL') && error.retryable);
    }
    await full.close();
    fs.writeFileSync(join(folder, 'file'), '');
    await assert.rejects(disk.makeFolder(join(folder, 'file/below')), failsWith('FOLDER_NOT_WRITABLE'));
    await assert.rejects(disk.lock(join(folder, 'file')), failsWith('FOLDER_NOT_WRITABLE'));
  }));

test('node: a lock dies with its owner, kill -9 included', () =>
  onFolder(async (folder) => {
    const module = fileURLToPath(new URL('./node-disk.ts', import.meta.url));
    const script = `import(${JSON.stringify(module)}).then(async ({ nodeDisk }) => {
      await nodeDisk().lock(${JSON.stringify(folder)});
      console.log('locked');
      setInterval(() => {}, 1000);
    });`;
    const owner = spawn(process.execPath, ['--import', 'tsx', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(owner.stdout, 'data');
    await assert.rejects(nodeDisk().lock(folder), (error) => {
      assert(isBubbleError(error, 'LOG_LOCKED'));
      assert(error.message.includes(String(owner.pid)), error.message);
      return true;
    });
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    await (await nodeDisk().lock(folder))();
    assert.deepEqual(fs.readdirSync(folder), []);
  }));

test('node: a lock of a process whose id belongs to another one now is no lock', () =>
  onFolder(async (folder) => {
    await (await nodeDisk().lock(folder))();
    const unlock = await nodeDisk().lock(folder);
    const [name] = fs.readdirSync(folder);
    const claim = JSON.parse(fs.readFileSync(join(folder, name!), 'utf8'));
    await unlock();
    fs.writeFileSync(join(folder, 'owner-1-old'), JSON.stringify({ ...claim, started: '1' }));
    fs.writeFileSync(join(folder, 'owner-1-boot'), JSON.stringify({ ...claim, boot: 'before' }));
    await (await nodeDisk().lock(folder))();
    // A claim of another container counts as long as it is touched.
    fs.writeFileSync(join(folder, 'owner-1-other'), JSON.stringify({ ...claim, namespace: 'other' }));
    await assert.rejects(nodeDisk().lock(folder), failsWith('LOG_LOCKED'));
    const old = new Date(Date.now() - 60_000);
    fs.utimesSync(join(folder, 'owner-1-other'), old, old);
    await (await nodeDisk().lock(folder))();
  }));

test('simulated: a power cut keeps what was synced; the rest is lost, kept, cut or torn', async () => {
  const outcomes = new Set<string>();
  for (let seed = 0; seed < 60; seed += 1) {
    const sim = new SimDisk({ random: new SeededRandom(seed) });
    const disk = sim.mount();
    const file = await disk.open('/d/f', { create: true });
    await file.write(0, Buffer.alloc(1024, 'a'));
    await file.sync();
    await disk.syncFolder('/d');
    await file.write(1024, Buffer.alloc(1024, 'b'));
    await file.write(2048, Buffer.alloc(1024, 'c'));
    sim.powerCut();
    await assert.rejects(file.read(0, 1));
    await assert.rejects(disk.list('/d'));
    const content = sim.contentOf('/d/f')!;
    assert.equal(content.subarray(0, 1024).toString(), 'a'.repeat(1024));
    const shape = [];
    for (let at = 1024; at < 3072; at += 512) shape.push(String.fromCharCode(content[at] || 0x2e));
    outcomes.add(shape.join(''));
  }
  for (const outcome of ['....', 'bbcc', 'bb..']) assert(outcomes.has(outcome), [...outcomes].join(' '));
  assert([...outcomes].some((outcome) => /[bc]\.|\.[bc]/.test(outcome) && outcome !== 'bb..'));
});

test('simulated: writeSynced survives a power cut, unsynced writes before it need not', async () => {
  let lost = 0;
  for (let seed = 0; seed < 30; seed += 1) {
    const sim = new SimDisk({ random: new SeededRandom(seed) });
    const disk = sim.mount();
    const file = await disk.open('/d/f', { create: true });
    await disk.syncFolder('/d');
    await file.write(0, bytes('old old old'));
    await file.writeSynced(4, [bytes('new')]);
    sim.powerCut();
    const content = sim.contentOf('/d/f')!.toString();
    assert.equal(content.slice(4, 7), 'new');
    if (!content.startsWith('old')) lost += 1;
  }
  assert(lost > 0);
});

test('simulated: names are durable once their folder is synced', async () => {
  let lost = 0;
  for (let seed = 0; seed < 30; seed += 1) {
    const sim = new SimDisk({ random: new SeededRandom(seed) });
    const disk = sim.mount();
    await disk.open('/d/kept', { create: true });
    await disk.syncFolder('/d');
    await disk.open('/d/may', { create: true });
    sim.powerCut();
    const names = await sim.mount().list('/d');
    assert(names.includes('kept'));
    if (!names.includes('may')) lost += 1;
  }
  assert(lost > 0 && lost < 30);
});

test('simulated: a kill keeps what was written, a sync that lies keeps nothing, a full disk takes nothing more', async () => {
  const sim = new SimDisk({ random: new SeededRandom(2), syncHappens: () => false });
  const disk = sim.mount();
  const file = await disk.open('/d/f', { create: true });
  await disk.rename('/d/f', '/d/g');
  await file.write(0, bytes('data'));
  await file.sync();
  sim.full = true;
  await assert.rejects(file.write(4, bytes('more')), failsWith('DISK_FULL'));
  await file.write(0, bytes('DATA'));
  sim.full = false;
  await file.truncate(4);
  disk.kill();
  await assert.rejects(file.sync());
  assert.equal(sim.contentOf('/d/g')!.toString(), 'DATA');
});
