/** Case `pull`: rows a second read back by one client 100,000 behind, and by 1,000 clients 100 behind each. */

import type { ClientSession } from '../../clients/sdk/session.ts';
import { ERRORS } from '../../schemas/errors.ts';
import { LIMITS_PROFILE, startServer } from './bench-server.ts';
import { CONTENT } from './chat-load.ts';
import { Population, pullAll, sendText } from './population.ts';
import type { Figure, Report } from './report.ts';

const WRITERS = 100;
const UNANSWERED = 10;
const ROWS = 100_000;
const READERS = 1_000;

export async function pull(): Promise<Report> {
  const server = await startServer();
  try {
    const population = new Population(server, 'websocket');
    const writers = await population.connectAll(
      Array.from({ length: WRITERS }, (_, index) => `writer-${index}`),
      () => ({}),
    );
    await fill(population, writers, ROWS, () => 'reader');
    await fill(population, writers, ROWS, (index) => `reader-${index % READERS}`);
    for (const writer of writers) writer.close();
    const one = await measure(population, ['reader'], server);
    const many = await measure(
      population,
      Array.from({ length: READERS }, (_, index) => `reader-${index}`),
      server,
    );
    const figure = (value: number): Figure => ({ value, unit: 'rows/s', floor: 150_000, goal: 400_000 });
    return {
      case: 'pull',
      limits: LIMITS_PROFILE,
      figures: {
        'one client, 100,000 behind': figure(one.rate),
        '1,000 clients, 100 behind each': figure(many.rate),
      },
      counts: { 'rows.one': one.rows, 'expected.one': ROWS, 'rows.many': many.rows, 'expected.many': ROWS },
      rawLimit: { 'open and count the same pages': { value: one.clientLimit, unit: 'rows/s' } },
      cpu: {
        'server per row, one': one.serverPerRow,
        'client per row, one': one.clientPerRow,
        'server per row, many': many.serverPerRow,
        'client per row, many': many.clientPerRow,
      },
      valid: one.rows === ROWS && many.rows === ROWS,
      notes: ['pages of at most 200 rows, one request outstanding for each session, sealed WebSocket'],
    };
  } finally {
    await server.stop();
    server.remove();
  }
}

/** Sends this many messages, some unanswered at a time, each conversation in its own order. */
async function fill(
  population: Population,
  writers: readonly ClientSession[],
  count: number,
  to: (index: number) => string,
): Promise<void> {
  let index = 0;
  const worker = async (writer: ClientSession): Promise<void> => {
    while (index < count) {
      const receiver = to(index++);
      await new Promise<void>((resolve, reject) => {
        sendText(writer, receiver, population.nextId(), CONTENT, (answer) => {
          if (answer?.ret === ERRORS.OK.code) resolve();
          else reject(new Error(`send: code ${answer?.ret}`));
        });
      });
    }
  };
  await Promise.all(writers.flatMap((writer) => Array.from({ length: UNANSWERED }, () => worker(writer))));
}

interface Measured {
  readonly rate: number;
  readonly rows: number;
  readonly serverPerRow: number;
  readonly clientPerRow: number;
  /** What the client's CPU alone would allow. */
  readonly clientLimit: number;
}

async function measure(
  population: Population,
  users: readonly string[],
  server: { cpuMicroseconds(): number },
): Promise<Measured> {
  const sessions = await population.connectAll(users, () => ({}));
  const serverBefore = server.cpuMicroseconds();
  const clientBefore = process.cpuUsage();
  const start = performance.now();
  const pulls = await Promise.all(sessions.map((session) => pullAll(session)));
  const elapsedMs = performance.now() - start;
  const client = process.cpuUsage(clientBefore);
  const serverCpu = server.cpuMicroseconds() - serverBefore;
  for (const session of sessions) session.close();
  const rows = pulls.reduce((sum, each) => sum + each.messages, 0);
  const clientPerRow = (client.user + client.system) / rows;
  return {
    rate: (rows * 1_000) / elapsedMs,
    rows,
    serverPerRow: serverCpu / rows,
    clientPerRow,
    clientLimit: 1e6 / clientPerRow,
  };
}
