/**
 * Case `fold`: inbound records a second of the decision state (1:1 load, silent), and rows a second of the timeline's
 * rebuild from the inbox log (groups of about 40 members, as in a busy chat room, and 1:1).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../infra/clock/system-clock.ts';
import { nodeDisk } from '../../infra/disk/node-disk.ts';
import { openEmbeddedLog } from '../../infra/log/embedded/embedded-log.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { openEmbeddedTimeline } from '../../infra/timeline/embedded/embedded-timeline.ts';
import { PartitionFold } from '../../processors/fan-out/fold.ts';
import { PartitionState } from '../../processors/fan-out/partition-state.ts';
import { rebuildTimeline } from '../../processors/timeline/rebuild.ts';
import { EVENT_SCHEMAS, makeCodecs } from '../../schemas/events/codecs.ts';
import { COMMAND, NO_RETURN } from '../../schemas/events/inbound.ts';
import { packUsers } from '../../schemas/events/packed.ts';
import { nextClientMsgId } from '../../schemas/ids.ts';
import { TRIAL_LIMITS } from '../../schemas/limits.ts';
import { numberAt } from '../../schemas/positions.ts';
import { inboxTopic, type Layout, topicSpecs } from '../../schemas/topics.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { longOfId } from '../../schemas/wire/int64.ts';
import { LIMITS_PROFILE } from './bench-server.ts';
import { CONTENT } from './chat-load.ts';
import type { Report } from './report.ts';

const schemas = Object.values(EVENT_SCHEMAS);
const codecs = makeCodecs((event) => 1 + schemas.indexOf(event));
const layout: Layout = {
  inboundPartitions: 1,
  inboxPartitions: 1,
  epoch: 1,
  retentionMs: Number.POSITIVE_INFINITY,
};

const RECORDS = 500_000;
const SENDERS = 100;
const CONVERSATIONS = 1_000;
const INBOX_RECORDS = 200_000;
const GROUPS = 15;
const MEMBERS = 41;

export async function fold(): Promise<Report> {
  const decisions = foldInbound();
  const timeline = await foldTimeline();
  return {
    case: 'fold',
    limits: LIMITS_PROFILE,
    figures: {
      'inbound records folded': { value: decisions.rate, unit: '1/s', floor: 300_000, goal: 800_000 },
      'timeline rows rebuilt': { value: timeline.rate, unit: 'rows/s', floor: 1_000_000, goal: 3_000_000 },
    },
    counts: {
      records: RECORDS,
      accepted: decisions.accepted,
      inboxRecords: INBOX_RECORDS,
      rows: timeline.rows,
      rowsInStore: timeline.stored,
    },
    rawLimit: { 'decode inbound records with avsc': { value: decisions.raw, unit: '1/s' } },
    cpu: { 'per inbound record': 1e6 / decisions.rate, 'per row': timeline.cpuPerRow },
    valid: decisions.accepted === RECORDS && timeline.rows === timeline.stored,
    notes: [
      'timeline: log read from files, store written to files; 3 of 4 messages in groups of 41, the others 1:1',
    ],
  };
}

function foldInbound(): { rate: number; raw: number; accepted: number } {
  const values: Buffer[] = [];
  let id = 0n;
  const start = Date.now();
  for (let index = 0; index < RECORDS; index += 1) {
    const conversation = (index * 37) % CONVERSATIONS;
    const sender = `sender-${conversation % SENDERS}`;
    const to = `receiver-${conversation}`;
    id = nextClientMsgId(id, start, 0);
    const body = bubble.wire.NewChatMsg.encode({
      msgType: 1,
      toUserName: to,
      clientMsgId: longOfId(id),
      content: CONTENT,
    }).finish();
    values.push(
      codecs.inbound.encode({
        tenant: 'main',
        conversation: `d/${to}/${sender}`,
        kind: COMMAND.MESSAGE,
        sender,
        device: 'bench',
        generation: 0,
        clientMsgId: id,
        to,
        body,
        bodyKey: null,
        gateTime: start,
        ...NO_RETURN,
      }),
    );
  }
  const state = new PartitionState(TRIAL_LIMITS, { epoch: 1, inboxPartitions: 1 }, false);
  const folding = new PartitionFold({ state, source: 0, codecs, limits: TRIAL_LIMITS });
  const began = performance.now();
  for (let offset = 0; offset < RECORDS; offset += 1)
    folding.apply(offset, start + (offset >> 5), values[offset]!, false);
  const rate = (RECORDS * 1_000) / (performance.now() - began);
  const decoding = performance.now();
  for (let offset = 0; offset < RECORDS; offset += 1) codecs.inbound.decode(values[offset]!);
  const raw = (RECORDS * 1_000) / (performance.now() - decoding);
  return { rate, raw, accepted: folding.counts.accepted };
}

async function foldTimeline(): Promise<{ rate: number; rows: number; stored: number; cpuPerRow: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'bubble-fold-'));
  const disk = nodeDisk();
  const log = await openEmbeddedLog({
    disk,
    folder: join(folder, 'log'),
    clock: systemClock,
    durability: 'os',
    logger: SILENT_LOGGER,
    memoryBytes: 1024 * 1024,
  });
  try {
    await log.ensureTopics(topicSpecs(layout));
    const rows = await fillInbox(log);
    const store = await openEmbeddedTimeline({
      disk,
      folder: join(folder, 'timeline'),
      records: log,
      codecs,
      layout,
      clock: systemClock,
      logger: SILENT_LOGGER,
      limits: TRIAL_LIMITS,
    });
    const { end } = await log.range(inboxTopic(1), 0);
    const cpu = process.cpuUsage();
    const began = performance.now();
    await rebuildTimeline({ log, codecs, store, layout }, 0, end);
    const elapsedMs = performance.now() - began;
    const used = process.cpuUsage(cpu);
    let stored = 0;
    for (const user of users()) {
      for (let from = 0; ; ) {
        const page = await store.read(
          0,
          { tenant: 'main', user },
          { from, until: Number.POSITIVE_INFINITY, maxRows: 10_000, maxBytes: 64 * 1024 * 1024 },
        );
        stored += page.rows.length;
        from = page.syncedTo;
        if (!page.more) break;
      }
    }
    await store.close();
    return { rate: (rows * 1_000) / elapsedMs, rows, stored, cpuPerRow: (used.user + used.system) / rows };
  } finally {
    await log.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const member = (group: number, index: number): string => `member-${group}-${index}`;
const pair = (index: number): [string, string] => [
  `sender-${index % SENDERS}`,
  `receiver-${index % CONVERSATIONS}`,
];

function users(): string[] {
  const all: string[] = [];
  for (let group = 0; group < GROUPS; group += 1)
    for (let index = 0; index < MEMBERS; index += 1) all.push(member(group, index));
  for (let index = 0; index < SENDERS; index += 1) all.push(`sender-${index}`);
  for (let index = 0; index < CONVERSATIONS; index += 1) all.push(`receiver-${index}`);
  return all;
}

async function fillInbox(log: Awaited<ReturnType<typeof openEmbeddedLog>>): Promise<number> {
  const groups = Array.from({ length: GROUPS }, (_, group) =>
    packUsers(Array.from({ length: MEMBERS }, (_, index) => member(group, index))),
  );
  const row = bubble.wire.AddMsg.encode({
    fromUserName: 'sender',
    toUserName: 'receiver',
    msgType: 1,
  }).finish();
  let rows = 0;
  let prev = -1;
  const batchSize = 500;
  for (let from = 0; from < INBOX_RECORDS; from += batchSize) {
    const batch = [];
    for (let index = from; index < from + batchSize; index += 1) {
      const group = index % 4 === 0 ? -1 : index % GROUPS;
      const [sender, receiver] = pair(index);
      const src = numberAt(1, index);
      rows += group < 0 ? 2 : MEMBERS;
      batch.push({
        key: null,
        value: codecs.inbox.encode({
          tenant: 'main',
          conversation: group < 0 ? `d/${receiver}/${sender}` : `g/#group-${group}`,
          kind: 0,
          source: 0,
          src,
          prev,
          logTime: 1,
          sender,
          recipients: group < 0 ? packUsers([sender, receiver]) : groups[group]!,
          row,
          content: CONTENT,
          bodyKey: null,
          ack: Buffer.alloc(0),
          ...NO_RETURN,
        }),
      });
      prev = src;
    }
    await log.append(inboxTopic(1), 0, batch);
  }
  return rows;
}
