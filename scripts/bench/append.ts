/**
 * Case `append`: records a second that are durable through `Log`, 512 producers that each wait for their answer,
 * 200 bytes. Raw limit: the bare file with the same bytes in a batch, one write and one fdatasync, zero-filled.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../infra/clock/system-clock.ts';
import { nodeDisk } from '../../infra/disk/node-disk.ts';
import { openEmbeddedLog } from '../../infra/log/embedded/embedded-log.ts';
import type { Log, RecordInput } from '../../infra/log/log.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import type { Report } from './report.ts';

const PRODUCERS = 512;
const VALUE_BYTES = 200;
/** Length, CRC, offset, time and lengths of key and value, as the segment files have them. */
const RECORD_OVERHEAD_BYTES = 36;
const TOPIC = 'bench';
/** Log and bare file take turns, so that a change of the machine's speed meets both. */
const ROUNDS = 4;

interface Produced {
  readonly answered: number;
  readonly ms: number;
  readonly cpu: number;
}

export async function append(seconds: number): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'bubble-append-'));
  try {
    const log = await openEmbeddedLog({
      disk: nodeDisk(),
      folder: join(folder, 'log'),
      clock: systemClock,
      logger: SILENT_LOGGER,
    });
    const retentionMs = Number.POSITIVE_INFINITY;
    await log.ensureTopics([
      { name: TOPIC, partitions: 1, cleanup: 'delete', retentionMs, durability: 'log' },
    ]);
    await produce(log, 500);
    const before = (await log.range(TOPIC, 0)).end;
    const total = { answered: 0, ms: 0, cpu: 0 };
    let raw = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const part = await produce(log, (seconds * 1_000) / ROUNDS);
      total.answered += part.answered;
      total.ms += part.ms;
      total.cpu += part.cpu;
      raw += (await rawFile(folder, (seconds * 500) / ROUNDS)) / ROUNDS;
    }
    const inLog = (await log.range(TOPIC, 0)).end - before;
    await log.close();
    const rate = (total.answered * 1_000) / total.ms;
    return {
      case: 'append',
      limits: 'none',
      figures: {
        'records durable': { value: rate, unit: '1/s', floor: 500_000, goal: null },
        'share of the raw file': { value: (100 * rate) / raw, unit: '%', floor: null, goal: 80 },
      },
      counts: { answered: total.answered, inLog, producers: PRODUCERS, valueBytes: VALUE_BYTES },
      rawLimit: { 'bare file, the same batches': { value: raw, unit: '1/s' } },
      cpu: { 'producer and log, per record': total.cpu / total.answered },
      valid: inLog === total.answered,
      notes: ['durability always, one partition, one record in an append'],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function produce(log: Log, ms: number): Promise<Produced> {
  const records: RecordInput[] = [{ key: null, value: Buffer.alloc(VALUE_BYTES, 'x') }];
  const began = performance.now();
  const until = began + ms;
  const cpu = process.cpuUsage();
  let answered = 0;
  const producer = async (): Promise<void> => {
    while (performance.now() < until) {
      await log.append(TOPIC, 0, records);
      answered += 1;
    }
  };
  await Promise.all(Array.from({ length: PRODUCERS }, producer));
  const used = process.cpuUsage(cpu);
  return { answered, ms: performance.now() - began, cpu: used.user + used.system };
}

/** One write and one fdatasync of a batch after the other. @returns records a second */
async function rawFile(folder: string, ms: number): Promise<number> {
  const batch = Buffer.alloc(PRODUCERS * (VALUE_BYTES + RECORD_OVERHEAD_BYTES), 'x');
  const size = 64 * 1024 * 1024;
  const file = await nodeDisk().open(join(folder, 'raw'), { create: true });
  await file.write(0, Buffer.alloc(size));
  await file.sync();
  const began = performance.now();
  const until = began + ms;
  let written = 0;
  for (let position = 0; performance.now() < until; position += batch.length) {
    if (position + batch.length > size) position = 0;
    await file.write(position, batch);
    await file.sync();
    written += PRODUCERS;
  }
  const rate = (written * 1_000) / (performance.now() - began);
  await file.close();
  return rate;
}
