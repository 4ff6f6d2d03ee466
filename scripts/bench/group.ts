/**
 * Case `group`: deliveries a second in groups of 100, 1,000, 5,000 and 9,000 members on line (and a fifth more off
 * line), fan-out on write, 10 senders with 4 messages outstanding. Clients count every row they get.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientSession } from '../../clients/sdk/session.ts';
import { ERRORS } from '../../schemas/errors.ts';
import { type BenchServer, LIMITS_PROFILE, startTarget, type Target } from './bench-server.ts';
import { CONTENT } from './chat-load.ts';
import { countRows, createGroup, Population, pullAll, sendText } from './population.ts';
import { fanOutLimit } from './raw-limit.ts';
import { type Figure, percentile, perUnit, type Report } from './report.ts';

const SENDERS = 10;
const OUTSTANDING = 4;
const WARM_UP_MS = 2_000;
const SETTLE_MS = 2_000;
/** Inboxes pulled at the end: all of those off line and as many of those on line, at most. */
const PULLED_OF_EACH = 200;

interface Measured {
  readonly rate: number;
  readonly p99: number;
  readonly serverPerDelivery: number;
  readonly clientPerDelivery: number;
  /** Of each process of a cluster, for one delivery. */
  readonly roles: Readonly<Record<string, number>>;
  readonly counts: {
    sent: number;
    answered: number;
    delivered: number;
    expected: number;
    pulled: number;
    pullExpected: number;
  };
  readonly valid: boolean;
}

const SIZES = { embedded: [100, 1_000, 5_000, 9_000], cluster: [1_000] };
const BOUNDS = { embedded: { floor: 120_000, goal: 500_000 }, cluster: { floor: 60_000, goal: 150_000 } };

export async function group(
  seconds: number,
  target: Target,
  sizes: readonly number[] = SIZES[target.kind],
): Promise<Report> {
  const figures: Record<string, Figure> = {};
  const counts: Record<string, number> = {};
  const rawLimit: Record<string, { value: number; unit: string }> = {};
  const cpu: Record<string, number> = {};
  let valid = true;
  for (const size of sizes) {
    const server = await startTarget(target);
    try {
      const measured = await measure(server, size, seconds);
      figures[`${size} on line`] = {
        value: measured.rate,
        unit: 'deliveries/s',
        ...BOUNDS[target.kind],
      };
      figures[`${size} on line, p99 to the last row`] = {
        value: measured.p99,
        unit: 'ms',
        floor: null,
        goal: null,
        lowerIsBetter: true,
      };
      for (const [name, count] of Object.entries(measured.counts)) counts[`${name}.${size}`] = count;
      cpu[`server per delivery, ${size}`] = measured.serverPerDelivery;
      cpu[`client per delivery, ${size}`] = measured.clientPerDelivery;
      Object.assign(cpu, measured.roles);
      valid &&= measured.valid;
    } finally {
      await server.stop();
      server.remove();
    }
    const raw = await fanOutLimit(size, SENDERS * OUTSTANDING, Math.min(seconds, 4), CONTENT.length + 60);
    rawLimit[`same bytes to ${size} sockets`] = { value: raw, unit: 'deliveries/s' };
  }
  return {
    case: 'group',
    limits: LIMITS_PROFILE,
    figures,
    counts,
    rawLimit,
    cpu,
    valid,
    notes: ['rows that share a frame count each; a fifth of the members is off line'],
  };
}

const memberName = (index: number): string => `member-${index}`;

async function measure(server: BenchServer, online: number, seconds: number): Promise<Measured> {
  const population = new Population(server, 'websocket');
  const offline = Math.ceil(online / 4);
  const owner = await population.connect('owner');
  const names = Array.from({ length: online + offline }, (_, index) => memberName(index));
  const received = new Float64Array(online);
  let delivered = 0;
  const sentAt: number[] = [];
  const times: number[] = [];
  let slowest = 0;
  const rowsArrived = (index: number, rows: number): void => {
    delivered += rows;
    received[index]! += rows;
    // The member with the fewest rows says when a message has reached everybody; followed one by one.
    if (index === slowest) advance();
  };
  const advance = (): void => {
    let least = slowest;
    for (let index = 0; index < online; index += 1) if (received[index]! < received[least]!) least = index;
    const now = performance.now();
    while (times.length < received[least]! && times.length < sentAt.length)
      times.push(now - sentAt[times.length]!);
    slowest = least;
  };
  const sessions = await population.connectAll(names.slice(0, online), (_user, index) => ({
    push: (body) => {
      const { messages } = countRows(body);
      if (messages > 0) rowsArrived(index, messages);
    },
  }));
  const id = await createGroup(population, owner, 'bench', names);
  let running = true;
  let open = 0;
  const counts = { sent: 0, answered: 0 };
  const send = (sender: number): void => {
    open += 1;
    counts.sent += 1;
    sentAt.push(performance.now());
    sendText(sessions[sender]!, id, population.nextId(), CONTENT, (answer) => {
      open -= 1;
      if (answer?.ret !== ERRORS.OK.code) return;
      counts.answered += 1;
      // The sender's own row is the answer: it is no push.
      rowsArrived(sender, 1);
      delivered -= 1;
      if (running) send(sender);
    });
  };
  for (let sender = 0; sender < SENDERS; sender += 1) for (let k = 0; k < OUTSTANDING; k += 1) send(sender);
  await sleep(WARM_UP_MS);
  const before = {
    delivered,
    at: performance.now(),
    server: server.cpuMicroseconds(),
    roles: server.cpuByRole(),
    client: process.cpuUsage(),
    timed: times.length,
  };
  await sleep(seconds * 1_000);
  const count = delivered - before.delivered;
  const rate = (count * 1_000) / (performance.now() - before.at);
  const serverCpu = server.cpuMicroseconds() - before.server;
  const roles = perUnit(before.roles, server.cpuByRole(), count);
  const client = process.cpuUsage(before.client);
  const timed = Float64Array.from(times.slice(before.timed));
  running = false;
  const deadline = Date.now() + 15_000;
  const expected = (): number => counts.answered * (online - 1);
  while ((open > 0 || delivered < expected()) && Date.now() < deadline) await sleep(20);
  await sleep(SETTLE_MS);
  const { pulled, pullExpected } = await pullSample(population, sessions, names, online, counts.answered);
  return {
    rate,
    p99: percentile(timed, 0.99),
    serverPerDelivery: serverCpu / count,
    roles,
    clientPerDelivery: (client.user + client.system) / count,
    counts: { ...counts, delivered, expected: expected(), pulled, pullExpected },
    valid:
      open === 0 && counts.sent === counts.answered && delivered === expected() && pulled === pullExpected,
  };
}

async function pullSample(
  population: Population,
  sessions: readonly ClientSession[],
  names: readonly string[],
  online: number,
  messages: number,
): Promise<{ pulled: number; pullExpected: number }> {
  const late = await population.connectAll(names.slice(online, online + PULLED_OF_EACH), () => ({}));
  const readers = [...late, ...sessions.slice(0, PULLED_OF_EACH)];
  const pulls = await Promise.all(readers.map((session) => pullAll(session)));
  const pulled = pulls.reduce((sum, each) => sum + each.messages, 0);
  return { pulled, pullExpected: readers.length * messages };
}
