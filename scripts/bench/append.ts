/**
 * Case `append`: records a second that are durable through `Log`, 512 producers that each wait for their answer, 200
 * bytes; beside it a bare file that gets as many bytes in a batch: one write and one fdatasync after the other, into a
 * zero-filled file.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '../../infra/clock/system-clock.ts';
import { nodeDisk } from '../../infra/disk/node-disk.ts';
import { openEmbeddedLog } from '../../infra/log/embedded/embedded-log.ts';
import type { Log } from '../../infra/log/log.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import type { Report } from './report.ts';

const PRODUCERS = 512;
const RECORD_BYTES = 200;
const ENCODED_BYTES = RECORD_BYTES + 36;
const TOPIC = 'bench';
const WARM_UP_SECONDS = 1;
const FLOOR = 500_000;
const GOAL_SHARE = 0.8;
const FILE_BYTES = 64 * 1024 * 1024;

interface Produced {
  readonly sent: number;
  readonly answered: number;
  readonly perSecond: number;
  readonly cpuUs: number;
}

export async function append(seconds: number): Promise<Report> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bubble-append-'));
  try {
    const log = await openEmbeddedLog({
      disk: nodeDisk(),
      folder: path.join(folder, 'log'),
      clock: systemClock,
      logger: SILENT_LOGGER,
      durability: 'always',
    });
    const retentionMs = Number.POSITIVE_INFINITY;
    await log.ensureTopics([{ name: TOPIC, partitions: 1, cleanup: 'delete', retentionMs, durability: 'log' }]);
    const warmUp = await produce(log, WARM_UP_SECONDS);
    const raw = await rawFile(folder, seconds);
    const measured = await produce(log, seconds);
    const { end } = await log.range(TOPIC, 0);
    await log.close();
    return report(measured, raw, warmUp.answered + measured.answered, end);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function produce(log: Log, seconds: number): Promise<Produced> {
  const records = [{ key: null, value: Buffer.alloc(RECORD_BYTES, 'x') }];
  const cpu = process.cpuUsage();
  const began = performance.now();
  const until = began + seconds * 1_000;
  let sent = 0;
  let answered = 0;
  const producer = async (): Promise<void> => {
    while (performance.now() < until) {
      sent += 1;
      await log.append(TOPIC, 0, records);
      answered += 1;
    }
  };
  await Promise.all(Array.from({ length: PRODUCERS }, producer));
  const elapsed = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  return { sent, answered, perSecond: answered / elapsed, cpuUs: (user + system) / answered };
}

/** Records a second that a bare file takes in batches of all producers. */
async function rawFile(folder: string, seconds: number): Promise<number> {
  const batch = Buffer.alloc(PRODUCERS * ENCODED_BYTES, 'x');
  const file = await nodeDisk().open(path.join(folder, 'raw'), { create: true });
  await file.write(0, Buffer.alloc(FILE_BYTES));
  await file.sync();
  const began = performance.now();
  let written = 0;
  for (let position = 0; performance.now() < began + seconds * 1_000; position += batch.length) {
    if (position + batch.length > FILE_BYTES) position = 0;
    await file.write(position, batch);
    await file.sync();
    written += PRODUCERS;
  }
  await file.close();
  return written / ((performance.now() - began) / 1_000);
}

const report = (measured: Produced, raw: number, answered: number, inLog: number): Report => ({
  case: 'append',
  limits: 'default',
  figures: {
    'records durable': { value: measured.perSecond, unit: '1/s', floor: FLOOR, goal: raw * GOAL_SHARE },
  },
  counts: { sent: measured.sent, answered: measured.answered, inLog },
  rawLimit: { 'one file, same batches': { value: raw, unit: '1/s' } },
  cpu: { 'record, producer included': measured.cpuUs },
  valid: answered === inLog,
  notes: [],
});
