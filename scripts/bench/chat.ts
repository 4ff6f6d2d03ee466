/** Case `chat`: 1:1 messages a second, durable, answered and delivered. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type BenchServer, LIMITS_PROFILE, startTarget, type Target } from './bench-server.ts';
import { ChatLoad, CONTENT } from './chat-load.ts';
import { countRows, Population } from './population.ts';
import { relayLimit } from './raw-limit.ts';
import { perUnit, type Report } from './report.ts';

const WARM_UP_MS = 3_000;
/** After the last push every row must be there to be pulled within this time. */
const SETTLE_MS = 2_000;

const BOUNDS = { embedded: { floor: 12_000, goal: 30_000 }, cluster: { floor: 4_000, goal: 10_000 } };

export async function chat(seconds: number, target: Target): Promise<Report> {
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
  await load.connect((body) => countRows(body).rows);
  let running = true;
  let open = 0;
  const next = (conversation: number): void => {
    open -= 1;
    if (running) begin(conversation);
  };
  const begin = (conversation: number): void => {
    open += 1;
    load.send(conversation, next);
  };
  for (let conversation = 0; conversation < load.conversations; conversation += 1) begin(conversation);
  await sleep(WARM_UP_MS);
  const before = {
    at: process.hrtime.bigint(),
    answered: load.counts.answered,
    delivered: load.counts.delivered,
    server: server.cpuMicroseconds(),
    roles: server.cpuByRole(),
    requests: await server.brokerRequests(),
    client: process.cpuUsage(),
  };
  await sleep(seconds * 1_000);
  const elapsed = Number(process.hrtime.bigint() - before.at) / 1e9;
  const answered = load.counts.answered - before.answered;
  const roles = perUnit(before.roles, server.cpuByRole(), answered);
  const requests = ((await server.brokerRequests()) - before.requests) / answered;
  const serverCpu = server.cpuMicroseconds() - before.server;
  const client = process.cpuUsage(before.client);
  running = false;
  const deadline = Date.now() + 10_000;
  while (open > 0 && Date.now() < deadline) await sleep(10);
  await sleep(SETTLE_MS);
  const { pulled, expected } = await load.pullEverything();
  const raw = await relayLimit(seconds, CONTENT.length + 80);
  const delivered = load.expectedDeliveries();
  return {
    case: 'chat',
    limits: LIMITS_PROFILE,
    figures: {
      'messages answered and delivered': {
        value: answered / elapsed,
        unit: '1/s',
        ...BOUNDS[target.kind],
      },
    },
    counts: { ...load.counts, deliveriesExpected: delivered, pulled, expected },
    rawLimit: { 'relay of the same bytes, fdatasync in groups': { value: raw, unit: '1/s' } },
    cpu: {
      'server per message': serverCpu / answered,
      'client per message': (client.user + client.system) / answered,
      ...roles,
    },
    valid:
      open === 0 && load.counts.failed === 0 && load.counts.delivered === delivered && pulled === expected,
    notes: [
      'durability always; 200 connections over sealed WebSocket; 20 % of the receivers off line',
      ...(target.kind === 'cluster' ? [`requests to the broker per message: ${requests.toFixed(2)}`] : []),
    ],
  };
}
