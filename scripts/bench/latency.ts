/** Case `latency`: at 500 messages a second, the time to the answer and to the receiver. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type BenchServer, LIMITS_PROFILE, startTarget, type Target } from './bench-server.ts';
import { ChatLoad, CONTENT } from './chat-load.ts';
import { countRows, Population } from './population.ts';
import { relayLatency } from './raw-limit.ts';
import { percentile, perUnit, type Report } from './report.ts';

const RATE = 500;
/** A broker has compiled its hot paths after some seconds; until then it takes most of both cores. */
const WARM_UP_MS = { embedded: 2_000, cluster: 10_000 } as const;
const SETTLE_MS = 2_000;

/** ms: p50 and p99, floor and goal. */
const BOUNDS = {
  embedded: { p50: [10, 2], p99: [50, 10] },
  cluster: { p50: [30, 12], p99: [120, 50] },
} as const;

export async function latency(seconds: number, target: Target): Promise<Report> {
  const server = await startTarget(target);
  try {
    return await measure(server, seconds, target);
  } finally {
    await server.stop();
    server.remove();
  }
}

async function measure(server: BenchServer, seconds: number, target: Target): Promise<Report> {
  const load = new ChatLoad(new Population(server, 'websocket'));
  const toAnswer: number[] = [];
  const toReceiver: number[] = [];
  // Rows of one receiver arrive in the order of their sends here: at most one message of a receiver is under way
  // unless the server is slow, and then the first one sent is the first one to arrive.
  const sentTo = new Map<number, number[]>();
  let measuring = false;
  load.onDelivered = (receiver, rows) => {
    const now = performance.now();
    const starts = sentTo.get(receiver) ?? [];
    for (const start of starts.splice(0, rows)) if (measuring) toReceiver.push(now - start);
  };
  await load.connect((body) => countRows(body).rows);
  // The schedule does not wait for answers: a late one does not make the next send later.
  const rolesBefore = server.cpuByRole();
  const requestsBefore = await server.brokerRequests();
  const begin = performance.now();
  const warmUpMs = WARM_UP_MS[target.kind];
  const total = Math.ceil((RATE * (warmUpMs + seconds * 1_000)) / 1_000);
  let open = 0;
  for (let index = 0; index < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - begin) * RATE) / 1_000));
    measuring = performance.now() - begin > warmUpMs;
    for (; index < due; index += 1) {
      const conversation = (index * 37) % load.conversations;
      const start = performance.now();
      const receiver = load.receiverOf(conversation);
      if (load.isOnline(receiver)) sentTo.set(receiver, [...(sentTo.get(receiver) ?? []), start]);
      open += 1;
      load.send(conversation, () => {
        open -= 1;
        if (measuring) toAnswer.push(performance.now() - start);
      });
    }
    await sleep(1);
  }
  const deadline = Date.now() + 10_000;
  while (open > 0 && Date.now() < deadline) await sleep(10);
  const roles = perUnit(rolesBefore, server.cpuByRole(), total);
  const requests = ((await server.brokerRequests()) - requestsBefore) / total;
  await sleep(SETTLE_MS);
  const { pulled, expected } = await load.pullEverything();
  const raw = await relayLatency(RATE, Math.min(seconds, 5), CONTENT.length + 80);
  const answers = Float64Array.from(toAnswer);
  const rows = Float64Array.from(toReceiver);
  const figure = (value: number, [floor, goal]: readonly [number, number]) => ({
    value,
    unit: 'ms',
    floor,
    goal,
    lowerIsBetter: true,
  });
  return {
    case: 'latency',
    limits: LIMITS_PROFILE,
    figures: {
      'answer p50': figure(percentile(answers, 0.5), BOUNDS[target.kind].p50),
      'answer p99': figure(percentile(answers, 0.99), BOUNDS[target.kind].p99),
      'receiver p50': figure(percentile(rows, 0.5), BOUNDS[target.kind].p50),
      'receiver p99': figure(percentile(rows, 0.99), BOUNDS[target.kind].p99),
    },
    counts: { ...load.counts, answersTimed: answers.length, rowsTimed: rows.length, pulled, expected },
    rawLimit: { 'relay p50': { value: raw.p50, unit: 'ms' }, 'relay p99': { value: raw.p99, unit: 'ms' } },
    cpu: roles,
    valid:
      open === 0 &&
      load.counts.failed === 0 &&
      load.counts.delivered === load.expectedDeliveries() &&
      pulled === expected,
    notes: [
      `${RATE} messages a second on a schedule, durability always, sealed WebSocket, after ${warmUpMs / 1_000} s`,
      ...(target.kind === 'cluster' ? [`requests to the broker per message: ${requests.toFixed(2)}`] : []),
    ],
  };
}
