/**
 * Strangers' tools read `bubble.events` from a real broker with a real registry, and each must count what was
 * produced. Prints the commands as an analyst would type them, and what they answer.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { BubbleError } from '../../schemas/errors.ts';
import type { CorpusLine } from '../corpus/corpus-line.ts';
import { startApicurio } from '../servers/apicurio.ts';
import { ensurePackages } from '../servers/apt.ts';
import { kafkaJars } from '../servers/kafka.ts';
import { kafkaFixture } from '../servers/kafka-fixture.ts';
import { type Day, dayOf } from './day.ts';
import { produce } from './produce.ts';
import { pythonWithTools } from './python-tools.ts';

const here = dirname(fileURLToPath(import.meta.url));
const run = promisify(execFile);
const TOPIC = 'bubble.events';
const TOOL_WITHIN_MS = 120_000;
const OUTPUT_BYTES = 256 * 1024 * 1024;
const DAY_MS = 24 * 3_600_000;

export interface TrialOptions {
  readonly lines: readonly CorpusLine[];
  readonly print: (text: string) => void;
}

/** What each tool counted. */
export interface TrialCounts {
  readonly produced: { readonly events: number; readonly records: number };
  readonly kcat: { readonly records: number };
  readonly consoleConsumer: { readonly records: number };
  readonly python: Readonly<Record<string, number>>;
  readonly duckdb: { readonly groupMessages: number };
}

interface Tools {
  readonly brokers: string;
  readonly registry: string;
  readonly python: string;
  readonly print: (text: string) => void;
}

/** @throws BubbleError REFUSED with the first lines of what the tool complains of */
const call = async (command: string, args: readonly string[]): Promise<{ out: string; err: string }> => {
  try {
    const { stdout, stderr } = await run(command, [...args], {
      timeout: TOOL_WITHIN_MS,
      maxBuffer: OUTPUT_BYTES,
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    });
    return { out: stdout, err: stderr };
  } catch (cause) {
    const complaint = cause instanceof Error ? cause.message.split('\n').slice(1, 6).join('\n') : '';
    throw new BubbleError('REFUSED', `${command} failed: ${complaint}`, { cause });
  }
};
const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');

/** @returns when each record was appended */
async function byKcat({ brokers, print }: Tools): Promise<number[]> {
  const format = '%p %o %T %k\n';
  const args = ['-C', '-e', '-q', '-b', brokers, '-t', TOPIC, '-o', 'beginning', '-f', format];
  const { out } = await call('kcat', args);
  const lines = linesOf(out);
  print(`$ kcat -C -e -q -b ${brokers} -t ${TOPIC} -o beginning -f '%p %o %T %k\\n' | head -3`);
  print(lines.slice(0, 3).join('\n'));
  const perKey = new Map<string, number>();
  for (const line of lines) {
    const key = line.split(' ').slice(3).join(' ');
    perKey.set(key, (perKey.get(key) ?? 0) + 1);
  }
  const busiest = [...perKey].toSorted(([, left], [, right]) => right - left).slice(0, 3);
  print(
    `$ kcat -C -e -q -b ${brokers} -t ${TOPIC} -o beginning -f '%k\\n' | sort | uniq -c | sort -rn | head -3`,
  );
  print(busiest.map(([key, count]) => `${String(count).padStart(7)} ${key}`).join('\n'));
  return lines.map((line) => Number(line.split(' ')[2]));
}

async function byConsoleConsumer({ brokers, print }: Tools): Promise<number> {
  const jars = await kafkaJars();
  const options = [
    '--bootstrap-server',
    brokers,
    '--topic',
    TOPIC,
    '--from-beginning',
    '--timeout-ms',
    '3000',
  ];
  // Values are binary; without a registry's formatter the console shows keys and places.
  const shown = ['timestamp=true', 'partition=true', 'offset=true', 'key=true', 'value=false'].flatMap(
    (each) => ['--property', `print.${each}`],
  );
  const main = 'org.apache.kafka.tools.consumer.ConsoleConsumer';
  const { out, err } = await call('java', ['-cp', `${jars}/*`, main, ...options, ...shown]);
  const lines = linesOf(out);
  const summary = /Processed a total of (\d+) messages/.exec(err + out);
  print(`$ kafka-console-consumer.sh ${[...options, ...shown].join(' ')} | head -3`);
  print(lines.slice(0, 3).join('\n'));
  print(summary?.[0] ?? '(no summary)');
  return Number(summary?.[1] ?? Number.NaN);
}

async function byPython(tools: Tools, path: string): Promise<Record<string, number>> {
  const { out } = await call(tools.python, [
    join(here, 'read_events.py'),
    tools.brokers,
    tools.registry,
    path,
  ]);
  tools.print(`$ python read_events.py ${tools.brokers} ${tools.registry} events.json`);
  tools.print(out.trim());
  const { out: one } = await call('grep', ['-m1', '"kind": "message"', path]);
  tools.print(`$ grep -m1 '"kind": "message"' events.json`);
  tools.print(one.trim());
  return JSON.parse(out) as Record<string, number>;
}

/** A replay from a time: as many records as kcat has seen of that time or later. */
async function sinceByPython(tools: Tools, path: string, times: readonly number[]): Promise<void> {
  const since = times.toSorted((left, right) => left - right)[Math.floor(times.length / 2)] ?? 0;
  const args = [tools.brokers, tools.registry, path, String(since)];
  const { out } = await call(tools.python, [join(here, 'read_events.py'), ...args]);
  tools.print(`$ python read_events.py ${tools.brokers} ${tools.registry} later.json ${since}`);
  tools.print(out.trim());
  const { records } = JSON.parse(out) as { records: number };
  assert.equal(records, times.filter((time) => time >= since).length, 'Python, from a time');
}

async function byDuckDb(tools: Tools, path: string): Promise<number> {
  const { out } = await call(tools.python, [join(here, 'count_per_hour.py'), path, 'createTime']);
  tools.print('$ python count_per_hour.py events.json createTime');
  tools.print(out.trimEnd());
  return Number(linesOf(out).at(-1));
}

/** @throws AssertionError where a tool counts anything else than what was produced */
function compare(day: Day, { produced, kcat, consoleConsumer, python, duckdb }: TrialCounts): void {
  const { message, membership, read, recall } = day.expected;
  const asked = message + membership + read + recall;
  assert.equal(produced.events, asked, 'events are the accepted commands');
  assert(produced.records > produced.events, 'the takeover made some twice');
  assert.equal(kcat.records, produced.records, 'kcat');
  assert.equal(consoleConsumer.records, produced.records, 'console consumer');
  const kinds = Object.entries(day.expected).filter(([, count]) => count > 0);
  const expected = { records: produced.records, events: asked, ...Object.fromEntries(kinds) };
  assert.deepEqual(python, expected, 'Python');
  assert.equal(duckdb.groupMessages, day.groupMessages, 'DuckDB');
}

/** Brings up what it needs and removes it. Rejects where a tool counts anything else than was produced. */
export async function tapsTrial({ lines, print }: TrialOptions): Promise<TrialCounts> {
  await ensurePackages(['kcat']);
  const python = await pythonWithTools();
  const folder = await mkdtemp(join(tmpdir(), 'bubble-taps-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  // Where one of them does not start, the other ends with this process.
  const [fixture, apicurio] = await Promise.all([
    kafkaFixture({ brokers: 1 }),
    startApicurio({ folder: join(folder, 'apicurio') }),
  ]);
  try {
    const yesterday = Math.floor(Date.now() / DAY_MS - 1) * DAY_MS;
    const day = dayOf(lines, yesterday);
    const log = await fixture.open();
    const produced = await produce({ log, registryUrl: apicurio.url, folder }, day).finally(() =>
      log.close(),
    );
    print(
      `${day.commands.length} commands, ${produced.events} accepted, ${produced.records} records in ${TOPIC}`,
    );
    const brokers = fixture.kafka.bootstrap.join(',');
    const tools = { brokers, registry: apicurio.url, python, print };
    const path = join(folder, 'events.json');
    const times = await byKcat(tools);
    const counts: TrialCounts = {
      produced,
      kcat: { records: times.length },
      consoleConsumer: { records: await byConsoleConsumer(tools) },
      python: await byPython(tools, path),
      duckdb: { groupMessages: await byDuckDb(tools, path) },
    };
    await sinceByPython(tools, join(folder, 'later.json'), times);
    compare(day, counts);
    return counts;
  } finally {
    await apicurio.stop();
    await fixture.end();
    process.off('exit', remove);
    remove();
  }
}
