/**
 * Records a second that are durable through `Log`, with many producers that each wait for their answer, beside what the
 * bare file takes with the same bytes in a batch: one write and one fdatasync, into a zero-filled file.
 *
 * node --import tsx scripts/bench/append.ts [--producers 512] [--bytes 200] [--seconds 3] [--partitions 1]
 *   [--batch 1] [--json]
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../../infra/clock/system-clock.ts';
import { nodeDisk } from '../../infra/disk/node-disk.ts';
import { openEmbeddedLog } from '../../infra/log/embedded/embedded-log.ts';
import type { Log, RecordInput } from '../../infra/log/log.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';

const RECORD_OVERHEAD_BYTES = 36;
const TOPIC = 'bench';

interface Shape {
  readonly producers: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly partitions: number;
  readonly batch: number;
}

async function produce(log: Log, shape: Shape): Promise<{ recordsPerSecond: number; cpuUs: number }> {
  const value = Buffer.alloc(shape.bytes, 'x');
  const records: RecordInput[] = Array.from({ length: shape.batch }, () => ({ key: null, value }));
  const until = performance.now() + shape.seconds * 1000;
  const began = performance.now();
  const cpu = process.cpuUsage();
  let answered = 0;
  const producer = async (number: number): Promise<void> => {
    while (performance.now() < until) {
      await log.append(TOPIC, number % shape.partitions, records);
      answered += shape.batch;
    }
  };
  await Promise.all(Array.from({ length: shape.producers }, (_, number) => producer(number)));
  const seconds = (performance.now() - began) / 1000;
  const used = process.cpuUsage(cpu);
  return { recordsPerSecond: answered / seconds, cpuUs: (used.user + used.system) / answered };
}

/** One write and one fdatasync of a batch after the other. */
async function rawFile(folder: string, shape: Shape): Promise<number> {
  const perPartition = Math.ceil(shape.producers / shape.partitions) * shape.batch;
  const batch = Buffer.alloc(perPartition * (shape.bytes + RECORD_OVERHEAD_BYTES), 'x');
  const size = 64 * 1024 * 1024;
  const file = await nodeDisk().open(path.join(folder, 'raw'), { create: true });
  await file.write(0, Buffer.alloc(size));
  await file.sync();
  const until = performance.now() + (shape.seconds * 1000) / 2;
  const began = performance.now();
  let written = 0;
  let position = 0;
  while (performance.now() < until) {
    if (position + batch.length > size) position = 0;
    await file.write(position, batch);
    await file.sync();
    position += batch.length;
    written += perPartition;
  }
  await file.close();
  return written / ((performance.now() - began) / 1000);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      producers: { type: 'string', default: '512' },
      bytes: { type: 'string', default: '200' },
      seconds: { type: 'string', default: '3' },
      partitions: { type: 'string', default: '1' },
      batch: { type: 'string', default: '1' },
      folder: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const shape: Shape = {
    producers: Number(values.producers),
    bytes: Number(values.bytes),
    seconds: Number(values.seconds),
    partitions: Number(values.partitions),
    batch: Number(values.batch),
  };
  const folder = fs.mkdtempSync(path.join(values.folder ?? os.tmpdir(), 'bubble-append-'));
  try {
    const log = await openEmbeddedLog({
      disk: nodeDisk(),
      folder: path.join(folder, 'log'),
      clock: systemClock,
      logger: SILENT_LOGGER,
    });
    const { partitions } = shape;
    const retentionMs = Number.POSITIVE_INFINITY;
    await log.ensureTopics([{ name: TOPIC, partitions, cleanup: 'delete', retentionMs, durability: 'log' }]);
    await produce(log, { ...shape, seconds: 0.5 });
    const raw = await rawFile(folder, shape);
    const { recordsPerSecond, cpuUs } = await produce(log, shape);
    await log.close();
    report(values.json, recordsPerSecond, raw, cpuUs, shape);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function report(json: boolean, recordsPerSecond: number, raw: number, cpuUs: number, shape: Shape): void {
  const rounded = { records: Math.round(recordsPerSecond), raw: Math.round(raw), cpu: Number(cpuUs.toFixed(2)) };
  if (json) {
    const figures = {
      'records durable': { value: rounded.records, unit: '1/s', floor: 500_000, goal: Math.round(raw * 0.8) },
    };
    const cpu = { serverAndClientUsPerRecord: rounded.cpu };
    console.log(JSON.stringify({ case: 'append', figures, counts: shape, rawLimit: rounded.raw, cpu }));
    return;
  }
  const share = ((100 * recordsPerSecond) / raw).toFixed(0);
  console.log(`log ${rounded.records} records/s, ${rounded.cpu} us of CPU each`);
  console.log(`raw file ${rounded.raw} records/s (${share} % of it)`);
}

await main();
