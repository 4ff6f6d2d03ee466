import { performance } from 'node:perf_hooks';
import { createCipheriv, createSecretKey, randomBytes } from 'node:crypto';
import { systemClock } from '../../infra/clock/system-clock.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { SeededRandom } from '../../infra/random/seeded-random.ts';
import { TRIAL_LIMITS } from '../../schemas/limits.ts';
import { OP } from '../../schemas/wire/operations.ts';
import { HEADER_BYTES, writeHeader } from '../../schemas/wire/header.ts';
import { openGate } from './gate.ts';
import { GateRig, MemoryLog, RIG_LAYOUT, rowBytes, message, sealPlain } from './gate-rig.ts';
import { clearFrame } from './replies.ts';
import { deliveryTopic } from '../../schemas/topics.ts';

const rig = new GateRig();
const log = new MemoryLog(systemClock as never);
const key = createSecretKey(randomBytes(32));
const iv = randomBytes(12);
const authenticator = {
  manifest: () => new Uint8Array(0),
  authenticate: async (request: { body: Uint8Array }) => {
    let counter = 0;
    let opened = 0;
    return {
      kind: 'accepted' as const,
      frame: clearFrame(8, 1, Buffer.from('ok')),
      channel: {
        seal: (op: number, seq: number, body: Uint8Array) => {
          counter += 1;
          const out = Buffer.allocUnsafe(HEADER_BYTES + body.length + 16);
          writeHeader(out, 0, op, seq, body.length + 16);
          const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: 16 });
          cipher.setAAD(out.subarray(0, 17));
          cipher.update(body).copy(out, 17);
          cipher.final();
          cipher.getAuthTag().copy(out, 17 + body.length);
          return out;
        },
        open: (_h: Uint8Array, sealed: Uint8Array) => { opened += 1; return Buffer.from(sealed.subarray(0, sealed.length - 16)); },
      },
      principal: { tenant: 't', user: Buffer.from(request.body).toString(), device: 'd', deviceType: 'x', generation: 0 },
      confirmed: () => {},
    };
  },
  close: async () => {},
};
const limits = { ...TRIAL_LIMITS, outstandingPerSession: 1e6, outstandingPerConversation: 1e6 };
const gate = await openGate({
  log, codecs: rig.codecs, timeline: rig.timeline, authenticator: authenticator as never, layout: RIG_LAYOUT,
  limits, clock: systemClock, random: new SeededRandom(1), logger: SILENT_LOGGER, slot: 0, gateName: 'm',
});
const N = 9_000;
let written = 0;
const handlers = Array.from({ length: N }, (_, i) => {
  const connection = { remoteAddress: '1.1.1.1', messageFramed: false, bufferedBytes: 0, send: (f: readonly Uint8Array[]) => { written += f.length; }, pauseReading() {}, resumeReading() {}, end() {}, destroy() {} };
  const h = gate.accept(connection);
  h.received(clearFrame(OP.AUTH, 1, Buffer.from(`user${i}`)));
  return h;
});
await new Promise((r) => setTimeout(r, 100));
for (const h of handlers) h.received(sealPlain(OP.HEARTBEAT, 1, new Uint8Array(0), 0));
await new Promise((r) => setTimeout(r, 300));
console.log(gate.stats());
const epoch = gate.stats().slotEpoch;
const push = (seq: number, spread = false) => rig.codecs.push.encode({ slotEpoch: epoch, inboxPartition: 0, seq, row: rowBytes('someone', '#abcdefghijklmnop', seq, 'x'.repeat(100)), targets: (() => { const b = Buffer.alloc(12 * N); for (let i = 0; i < N; i++) { b.writeUInt32LE(i + 1, i * 12); b.writeDoubleLE(spread ? seq - 2 - i : seq - 1, i * 12 + 4); } return b; })(), ownTargets: Buffer.alloc(0), connection: -1, request: 0, ack: Buffer.alloc(0), prevSeq: 0 });
let seq = 2 ** 45;
for (let round = 0; round < 6; round++) {
  const values = Array.from({ length: 40 }, (_, k) => ({ key: null, value: push(++seq, process.argv[2] === "spread" && k === 0) }));
  const before = gate.stats().pushedRows;
  const cpu = process.cpuUsage();
  const t = performance.now();
  await log.append(deliveryTopic(0), 0, values);
  while (gate.stats().pushedRows < before + 40 * N) await new Promise((r) => setTimeout(r, 5));
  const ms = performance.now() - t;
  const used = process.cpuUsage(cpu);
  console.log(`round ${round}: ${(ms).toFixed(0)} ms, ${((used.user + used.system) / (40 * N)).toFixed(3)} us cpu a delivery, frames ${gate.stats().pushFrames}, bodies ${gate.stats().assembledBodies}`);
}
// 1:1: commands in, answers out
let id = 1n;
for (let round = 0; round < 3; round++) {
  const M = 20_000;
  const cpu = process.cpuUsage();
  const t = performance.now();
  const body = message('bob', id++, 'x'.repeat(100));
  const frames = Array.from({ length: M }, (_, i) => sealPlain(OP.SEND_MSG, 10 + round * M + i, body, 0));
  const t0 = performance.now();
  const cpu0 = process.cpuUsage();
  for (let i = 0; i < M; i += 1) {
    handlers[i % 200]!.received(frames[i]!);
    if (i % 200 === 199) await new Promise((r) => setImmediate(r));
  }
  const mid = process.cpuUsage(cpu0);
  const answers = Array.from({ length: M }, (_, i) => ({ key: null, value: rig.codecs.push.encode({ slotEpoch: epoch, inboxPartition: 0, seq: ++seq, row: rowBytes('a', 'b', seq, 'x'.repeat(100)), targets: (() => { const b = Buffer.alloc(12); b.writeUInt32LE(300 + (i % 200), 0); b.writeDoubleLE(seq - 1, 4); return b; })(), ownTargets: Buffer.alloc(0), connection: 1 + (i % 200), request: 10 + round * M + i, ack: Buffer.alloc(60), prevSeq: 0 }) }));
  const cpu1 = process.cpuUsage();
  const frames0 = written;
  for (let at = 0; at < M; at += 200) { await log.append(deliveryTopic(0), 0, answers.slice(at, at + 200)); await new Promise((r) => setImmediate(r)); await new Promise((r) => setImmediate(r)); }
  while (gate.stats().pendingSends > 0) await new Promise((r) => setTimeout(r, 2));
  const end = process.cpuUsage(cpu1);
  console.log(`1:1 round ${round}: in ${((mid.user + mid.system) / M).toFixed(2)} us, out (answer + push, sealed) ${((end.user + end.system) / M).toFixed(2)} us, frames ${written - frames0}`);
}
await gate.close();
process.exit(0);
