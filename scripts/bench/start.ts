/**
 * Case `start`: from the start of the process to the first answer (an old id retried and answered as a duplicate, an
 * old row pulled), with an empty folder and with 1 million messages. Median of 10.
 */

import type { ClientSession } from '../../clients/sdk/session.ts';
import { ERRORS } from '../../schemas/errors.ts';
import { LIMITS_PROFILE, startServer } from './bench-server.ts';
import { CONTENT } from './chat-load.ts';
import type { Answer } from './population.ts';
import { Population, pullAll, sendText } from './population.ts';
import { percentile, type Report } from './report.ts';

const RUNS = 10;
const MESSAGES = 1_000_000;
const WRITERS = 200;
const UNANSWERED = 10;

export async function start(_seconds: number, messages = MESSAGES): Promise<Report> {
  const empty: number[] = [];
  for (let run = 0; run < RUNS; run += 1) empty.push(await fromNothing());
  const filled = await filledFolder(messages);
  const full: number[] = [];
  try {
    for (let run = 0; run < RUNS; run += 1) full.push(await again(filled));
  } finally {
    filled.remove();
  }
  const ms = (samples: number[]): number => percentile(Float64Array.from(samples), 0.5);
  const figure = (value: number, floor: number, goal: number) => ({
    value: value / 1_000,
    unit: 's',
    floor,
    goal,
    lowerIsBetter: true,
  });
  return {
    case: 'start',
    limits: LIMITS_PROFILE,
    figures: {
      'empty folder': figure(ms(empty), 2, 1),
      [`${messages.toLocaleString('en')} messages`]: figure(ms(full), 3, 1),
    },
    counts: { runsEmpty: empty.length, runsFull: full.length, messages: filled.messages },
    rawLimit: { 'node alone': { value: await nodeAlone(), unit: 's' } },
    cpu: {},
    valid: filled.messages === messages,
    notes: [
      'the folder with messages was left by kill -9, not by a graceful stop; each start of it ends by kill -9 too; 4,000 conversations',
    ],
  };
}

const send = (session: ClientSession, to: string, id: bigint): Promise<Answer | null> =>
  new Promise((resolve) => sendText(session, to, id, CONTENT, resolve));

async function fromNothing(): Promise<number> {
  const begin = performance.now();
  const server = await startServer();
  try {
    const population = new Population(server, 'tcp');
    const session = await population.connect('ada');
    const id = population.nextId();
    const answer = await send(session, 'bob', id);
    const rows = (await pullAll(session)).messages;
    if (answer?.ret !== ERRORS.OK.code || rows !== 1) throw new Error(`code ${answer?.ret}, ${rows} rows`);
    return performance.now() - begin;
  } finally {
    await server.kill();
    server.remove();
  }
}

interface Filled {
  readonly folder: string;
  readonly messages: number;
  readonly lastId: bigint;
  readonly lastTo: string;
  remove(): void;
}

async function filledFolder(messages: number): Promise<Filled> {
  const server = await startServer();
  const population = new Population(server, 'websocket');
  const writers = await population.connectAll(
    Array.from({ length: WRITERS }, (_, index) => `writer-${index}`),
    () => ({}),
  );
  let index = 0;
  let accepted = 0;
  const worker = async (writer: ClientSession, number: number): Promise<void> => {
    for (let turn = 0; index < messages - 1; turn += 1) {
      index += 1;
      const answer = await send(writer, `reader-${2 * number + (turn % 2)}`, population.nextId());
      if (answer?.ret === ERRORS.OK.code) accepted += 1;
    }
  };
  await Promise.all(
    writers.flatMap((writer, at) =>
      Array.from({ length: UNANSWERED }, (_, number) => worker(writer, at * UNANSWERED + number)),
    ),
  );
  const lastId = population.nextId();
  const last = await send(writers[0]!, 'bob', lastId);
  if (last?.ret === ERRORS.OK.code) accepted += 1;
  await server.kill();
  return { folder: server.folder, messages: accepted, lastId, lastTo: 'bob', remove: () => server.remove() };
}

async function again(filled: Filled): Promise<number> {
  const begin = performance.now();
  const server = await startServer({ folder: filled.folder });
  try {
    const population = new Population(server, 'tcp');
    const session = await population.connect('writer-0');
    const answer = await send(session, filled.lastTo, filled.lastId);
    const { rows } = await population.pullOnePage(session);
    if (answer === null || !answer.duplicate || rows === 0)
      throw new Error(`${JSON.stringify(answer)}, ${rows} rows`);
    return performance.now() - begin;
  } finally {
    await server.kill();
  }
}

async function nodeAlone(): Promise<number> {
  const { spawnSync } = await import('node:child_process');
  const begin = performance.now();
  spawnSync(process.execPath, ['--import', 'tsx', '-e', '0']);
  return (performance.now() - begin) / 1_000;
}
