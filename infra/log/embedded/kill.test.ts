import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../clock/system-clock.ts';
import { nodeDisk } from '../../disk/node-disk.ts';
import { SILENT_LOGGER } from '../../logger/logger.ts';
import { openEmbeddedLog } from './embedded-log.ts';
import { textOf, topic } from './test-log.ts';

const KILLS = 3;
const ANSWERS_BEFORE_KILL = 2_000;

/** Appends counted values with many unanswered at a time and prints each that is answered. */
const producer = (folder: string, first: number): string => `
  const load = (path) => import(path);
  (async () => {
    const { openEmbeddedLog } = await load(${JSON.stringify(fileURLToPath(new URL('./embedded-log.ts', import.meta.url)))});
    const { nodeDisk } = await load(${JSON.stringify(fileURLToPath(new URL('../../disk/node-disk.ts', import.meta.url)))});
    const { systemClock } = await load(${JSON.stringify(fileURLToPath(new URL('../../clock/system-clock.ts', import.meta.url)))});
    const { SILENT_LOGGER } = await load(${JSON.stringify(fileURLToPath(new URL('../../logger/logger.ts', import.meta.url)))});
    const log = await openEmbeddedLog({
      disk: nodeDisk(), folder: ${JSON.stringify(folder)}, clock: systemClock, logger: SILENT_LOGGER, segmentBytes: 100_000,
    });
    let next = ${first};
    const produce = async () => {
      for (;;) {
        const value = next++;
        await log.append('t', 0, [{ key: null, value: Buffer.from(String(value)) }]);
        process.stdout.write(value + '\\n');
      }
    };
    for (let at = 0; at < 64; at += 1) produce();
  })();
`;

test('a real process killed with -9 again and again loses nothing that it has answered', async () => {
  const folder = fs.mkdtempSync(join(tmpdir(), 'bubble-kill-'));
  const open = () => openEmbeddedLog({ disk: nodeDisk(), folder, clock: systemClock, logger: SILENT_LOGGER });
  try {
    const made = await open();
    await made.ensureTopics([topic()]);
    await made.close();
    const answered = new Set<string>();
    for (let kill = 0; kill < KILLS; kill += 1) {
      const script = producer(folder, kill * 1_000_000);
      const child = spawn(process.execPath, ['--import', 'tsx', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const lines = createInterface({ input: child.stdout });
      let count = 0;
      lines.on('line', (line) => {
        answered.add(line);
        count += 1;
        if (count === ANSWERS_BEFORE_KILL) child.kill('SIGKILL');
      });
      await Promise.all([once(child, 'exit'), once(lines, 'close')]);
      assert(count >= ANSWERS_BEFORE_KILL);
    }
    const log = await open();
    const { end } = await log.range('t', 0);
    const found: string[] = [];
    const reader = await log.reader('t', 0, 0);
    for (let next = 0; next < end; ) {
      const batch = await reader.read({ maxRecords: 1_000, maxBytes: 1_000_000, maxWaitMs: 0 });
      for (const { value } of batch.records) found.push(textOf(value) ?? '');
      next = batch.next;
    }
    await log.close();
    assert.equal(found.length, end);
    const unique = new Set(found);
    assert.equal(unique.size, found.length, 'a record is there twice');
    for (const value of answered) assert(unique.has(value), `${value} was answered and is lost`);
    assert.deepEqual(
      found,
      [...found].sort((a, b) => Number(a) - Number(b)),
      'the order of the calls is not kept',
    );
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});
