/** Measures the raw server (raw-server.ts): what sockets, disk and the same bytes allow without bubble. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { percentile } from './report.ts';

const here = dirname(fileURLToPath(import.meta.url));

export async function withRawServer<T>(
  mode: 'relay' | 'fan-out',
  measure: (port: number, pid: number) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'bubble-raw-'));
  const child = spawn(process.execPath, ['--import', 'tsx', join(here, 'raw-server.ts'), mode, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
    return await measure(Number(line), child.pid!);
  } finally {
    const exited = once(child, 'exit');
    child.kill();
    await exited;
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function connectSockets(port: number, count: number): Promise<WebSocket[]> {
  const sockets: WebSocket[] = [];
  for (let index = 0; index < count; index += 1) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
    await once(socket, 'open');
    sockets.push(socket);
  }
  return sockets;
}

const SENDERS = 100;
const RECEIVERS = 100;
const CONVERSATIONS = 10;

/** Messages a second: 100 senders with 10 unanswered each, to 100 receivers. */
export const relayLimit = (seconds: number, bytes: number): Promise<number> =>
  withRawServer('relay', async (port) => {
    const sockets = await connectSockets(port, SENDERS + RECEIVERS);
    let answered = 0;
    let running = true;
    const send = (sender: number, request: number): void => {
      const body = Buffer.alloc(bytes, 7);
      body.writeUInt32LE(SENDERS + ((sender * 7 + request * 13) % RECEIVERS), 0);
      body.writeUInt32LE(request, 4);
      sockets[sender]!.send(body);
    };
    for (let sender = 0; sender < SENDERS; sender += 1) {
      sockets[sender]!.on('message', (data) => {
        answered += 1;
        if (running) send(sender, (data as Buffer).readUInt32LE(4));
      });
      for (let request = 0; request < CONVERSATIONS; request += 1) send(sender, request);
    }
    await sleep(1_000);
    const before = answered;
    const start = performance.now();
    await sleep(seconds * 1_000);
    const rate = ((answered - before) * 1_000) / (performance.now() - start);
    running = false;
    for (const socket of sockets) socket.terminate();
    return rate;
  });

/** Time to the answer at this rate, ms. */
export const relayLatency = (
  rate: number,
  seconds: number,
  bytes: number,
): Promise<{ p50: number; p99: number }> =>
  withRawServer('relay', async (port) => {
    const sockets = await connectSockets(port, SENDERS + RECEIVERS);
    const times: number[] = [];
    const starts: number[][] = Array.from({ length: SENDERS }, () => []);
    for (let sender = 0; sender < SENDERS; sender += 1) {
      sockets[sender]!.on('message', () => times.push(performance.now() - starts[sender]!.shift()!));
    }
    const begin = performance.now();
    for (let index = 0; index < rate * seconds; ) {
      const due = Math.min(rate * seconds, Math.floor(((performance.now() - begin) * rate) / 1_000));
      for (; index < due; index += 1) {
        const sender = index % SENDERS;
        const body = Buffer.alloc(bytes, 7);
        body.writeUInt32LE(SENDERS + ((index * 13) % RECEIVERS), 0);
        starts[sender]!.push(performance.now());
        sockets[sender]!.send(body);
      }
      await sleep(1);
    }
    await sleep(200);
    for (const socket of sockets) socket.terminate();
    const samples = Float64Array.from(times);
    return { p50: percentile(samples, 0.5), p99: percentile(samples, 0.99) };
  });

/** Deliveries a second: each message to all sockets, as many outstanding as the case has. */
export const fanOutLimit = (
  members: number,
  outstanding: number,
  seconds: number,
  bytes: number,
): Promise<number> =>
  withRawServer('fan-out', async (port) => {
    const sockets = await connectSockets(port, members);
    let received = 0;
    let running = true;
    const body = Buffer.alloc(bytes, 7);
    // The last socket's row stands for the message's completion: the server writes to it last.
    const last = sockets.at(-1)!;
    for (const socket of sockets) {
      socket.on('message', (data) => {
        const rows = (data as Buffer).length / bytes;
        received += rows;
        if (socket === last && running) for (let row = 0; row < rows; row += 1) sockets[0]!.send(body);
      });
    }
    for (let index = 0; index < outstanding; index += 1) sockets[0]!.send(body);
    await sleep(1_000);
    const before = received;
    const start = performance.now();
    await sleep(seconds * 1_000);
    const rate = ((received - before) * 1_000) / (performance.now() - start);
    running = false;
    for (const socket of sockets) socket.terminate();
    return rate;
  });
