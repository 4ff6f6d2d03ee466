/** Case `idle`: memory of the server for each authenticated connection, after a heartbeat and one delivered message. */
import { setTimeout as sleep } from 'node:timers/promises';
import { proportionalBytes } from '../servers/process-figures.ts';
import { LIMITS_PROFILE, startServer } from './bench-server.ts';
import { CONTENT } from './chat-load.ts';
import { countRows, Population, sendText } from './population.ts';
import { connectSockets, withRawServer } from './raw-limit.ts';
import type { Figure, Report } from './report.ts';

/** Long enough for V8 to give back what the handshakes left behind. */
const SETTLE_MS = 15_000;

export async function idle(_seconds: number, sizes: readonly number[] = [5_000, 10_000]): Promise<Report> {
  const figures: Record<string, Figure> = {};
  const counts: Record<string, number> = {};
  const rawLimit: Record<string, { value: number; unit: string }> = {};
  let valid = true;
  for (const size of sizes) {
    const server = await startServer();
    try {
      const population = new Population(server, 'websocket');
      const sender = await population.connect('sender');
      // What serving anybody at all costs is not the connections': loaded code, the first caches.
      await sendAndWait(sender, 'sender', population);
      await sleep(SETTLE_MS);
      const before = server.proportionalBytes();
      let delivered = 0;
      let heartbeats = 0;
      const users = Array.from({ length: size }, (_, index) => `idle-${index}`);
      const sessions = await population.connectAll(users, () => ({
        push: (body) => {
          delivered += countRows(body).rows;
        },
        notice: (notice) => {
          if (notice.serverTime > 0) heartbeats += 1;
        },
      }));
      for (const user of users) await sendAndWait(sender, user, population);
      await sleep(SETTLE_MS);
      const perConnection = (server.proportionalBytes() - before) / size;
      figures[`${size} connections`] = {
        value: perConnection / 1_024,
        unit: 'KB',
        floor: 15,
        goal: 10,
        lowerIsBetter: true,
      };
      counts[`delivered.${size}`] = delivered;
      counts[`heartbeats.${size}`] = heartbeats;
      counts[`open.${size}`] = sessions.filter((session) => session.isOpen).length;
      valid &&= delivered === size && heartbeats >= size && sessions.every((session) => session.isOpen);
    } finally {
      await server.stop();
      server.remove();
    }
    rawLimit[`ws server alone, ${size}`] = {
      value: (await wsAlone(size)) / 1_024,
      unit: 'KB',
    };
  }
  return {
    case: 'idle',
    limits: LIMITS_PROFILE,
    figures,
    counts,
    rawLimit,
    cpu: {},
    valid,
    notes: ['PSS of the server process tree, sealed WebSocket'],
  };
}

const sendAndWait = (
  session: Awaited<ReturnType<Population['connect']>>,
  to: string,
  population: Population,
): Promise<void> =>
  new Promise((resolve) => sendText(session, to, population.nextId(), CONTENT, () => resolve()));

/** Bytes for each connection of a process that only accepts WebSockets. */
const wsAlone = (count: number): Promise<number> =>
  withRawServer('relay', async (port, pid) => {
    const before = proportionalBytes(pid);
    const sockets = await connectSockets(port, count);
    await sleep(SETTLE_MS);
    const bytes = proportionalBytes(pid) - before;
    for (const socket of sockets) socket.terminate();
    return bytes / count;
  });
