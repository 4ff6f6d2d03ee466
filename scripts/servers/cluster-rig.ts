/** A deployment of real processes for the suites on it, people who use it, and an import during which things die. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { BubbleClient } from '../../clients/sdk/client.ts';
import { connectNode } from '../../clients/sdk/node/connect-node.ts';
import { readTrust } from '../../clients/sdk/node/trust.ts';
import type { Row } from '../../clients/sdk/rows.ts';
import { systemClock } from '../../infra/clock/system-clock.ts';
import { openOwnKeys } from '../../infra/identity/own-keys.ts';
import { SeededRandom } from '../../infra/random/seeded-random.ts';
import { type Ran, runBubble } from '../bubble/testing/run-bubble.ts';
import { buildImportModel } from '../corpus/import-model.ts';
import { type SyntheticShape, syntheticCorpus, writeCorpus } from '../corpus/synthetic-corpus.ts';
import { BubbleCluster, type Neighbour } from './bubble-cluster.ts';
import type { BubbleProcess } from './bubble-process.ts';
import { exitOnSignals } from './child-server.ts';

const run = promisify(execFile);
const DEADLINE_MS = 60_000;
const LOOK_MS = 50;
const IDLE_LINES = 15;
/** Ten seconds where nothing else runs. */
const IMPORT_WITHIN_MS = 300_000;

export const until = async (
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = DEADLINE_MS,
): Promise<void> => {
  const deadline = performance.now() + withinMs;
  while (!(await holds())) {
    assert.ok(performance.now() < deadline, `not in ${withinMs} ms: ${what}`);
    await sleep(LOOK_MS);
  }
};

/** One device of a user, and what it was shown. */
export class Person {
  readonly name: string;
  readonly client: BubbleClient;
  readonly rows: Row[] = [];

  constructor(name: string, client: BubbleClient) {
    this.name = name;
    this.client = client;
    client.on('row', (row) => this.rows.push(row));
  }

  /** What others have written to this person, in the order in which it was shown. */
  get heard(): string[] {
    return this.rows
      .filter(({ kind, own }) => kind === 'message' && !own)
      .map(({ content }) => Buffer.from(content).toString());
  }

  async online(): Promise<this> {
    await until(`${this.name} is online`, () => this.client.phase.kind === 'online');
    return this;
  }

  /** @throws AssertionError where it is not accepted */
  async says(to: string, text: string): Promise<void> {
    const outcome = await this.client.send(to, text);
    assert.equal(outcome.kind, 'accepted', `${this.name} to ${to}: ${JSON.stringify(outcome.kind)}`);
  }

  hears(text: string): Promise<void> {
    return until(`${this.name} hears ${text}`, () => this.heard.includes(text));
  }
}

export class ClusterRig {
  readonly folder: string;
  readonly cluster: BubbleCluster;
  readonly #people: Person[] = [];
  #tokens: ReturnType<typeof openOwnKeys> | null = null;

  constructor(folder: string, sql: 'mysql' | 'postgres') {
    this.folder = folder;
    this.cluster = new BubbleCluster({
      folder: join(folder, 'cluster'),
      ...{ brokers: 1, gates: 2, processors: 2, partitions: 4, sql, limits: 'trial' },
    });
  }

  part(name: string): BubbleProcess {
    const part = this.cluster.part(name);
    assert.ok(part !== undefined, name);
    return part;
  }

  neighbour(name: string): Neighbour {
    const neighbour = this.cluster.neighbours.find((each) => each.name === name);
    assert.ok(neighbour !== undefined, name);
    return neighbour;
  }

  logOf(name: string): Promise<string> {
    return readFile(this.part(name).logFile, 'utf8');
  }

  /** @param url one gate; all gates of client.json where it is absent */
  async person(name: string, device = 'phone', url?: string): Promise<Person> {
    const trustFile = this.cluster.clientFile;
    this.#tokens ??= openOwnKeys({ folder: this.cluster.keysFolder, clock: systemClock });
    const token = async (): Promise<string> =>
      (await this.#tokens!).issue({ tenant: 'main', user: name, ttlSec: 3_600 });
    const where = url === undefined ? { trustFile } : { trust: readTrust(trustFile).trust, url };
    const person = new Person(name, connectNode({ ...where, user: name, device, token }));
    this.#people.push(person);
    await person.client.start();
    return person.online();
  }

  bubble(...args: string[]): Promise<Ran> {
    return runBubble(args, { folder: this.folder });
  }

  /** `GET /readyz` of a part, or null where it does not answer. */
  async ready(name: string): Promise<{ isReady: boolean; text: string } | null> {
    try {
      const answer = await fetch(`${this.part(name).admin}/readyz`, { signal: AbortSignal.timeout(1_000) });
      return { isReady: answer.ok, text: await answer.text() };
    } catch {
      return null;
    }
  }

  untilReady(name: string): Promise<void> {
    return until(`${name} is ready`, async () => (await this.ready(name))?.isReady === true);
  }

  /** `slot 0 epoch 1` of a gate. */
  async slotOf(name: string): Promise<string> {
    return /slot \d+ epoch \d+/.exec((await this.ready(name))?.text ?? '')?.[0] ?? '';
  }

  async sql(statement: string): Promise<void> {
    const config = await readFile(this.cluster.configFile, 'utf8');
    const url = new URL(/\[timeline\]\nurl = "([^"]+)"/.exec(config)![1]!);
    const { username, password, port, pathname } = url;
    const place = ['--protocol=tcp', '--host=127.0.0.1', `--port=${port}`, `--user=${username}`];
    await run('mariadb', [...place, pathname.slice(1), '--execute', statement], {
      env: { ...process.env, MYSQL_PWD: password },
    });
  }

  async end(): Promise<void> {
    // Whatever has failed before: no server is left.
    const stopped = await Promise.allSettled(this.#people.map(({ client }) => client.stop()));
    await this.cluster.stop().finally(() => rm(this.folder, { recursive: true, force: true }));
    for (const each of stopped) if (each.status === 'rejected') throw each.reason;
  }
}

export const clusterRig = async (sql: 'mysql' | 'postgres'): Promise<ClusterRig> => {
  exitOnSignals();
  const folder = await mkdtemp(join(tmpdir(), 'bubble-cluster-'));
  // Databases do not run as root: their own users must get through.
  await chmod(folder, 0o711);
  const rig = new ClusterRig(folder, sql);
  try {
    await rig.cluster.start();
  } catch (error) {
    await rig.end();
    throw error;
  }
  return rig;
};

interface ImportResult {
  readonly expected: number;
  readonly found: number;
  readonly wrong: number;
  readonly commands: { readonly answered: number };
  readonly gates: readonly { readonly sessions: number }[];
}

/** Commands that gates have taken so far. */
const commandsOf = async (rig: ClusterRig): Promise<number> => {
  let sum = 0;
  for (const name of ['gate-1', 'gate-2']) {
    const text = await (await fetch(`${rig.part(name).admin}/metrics`)).text();
    for (const [, value] of text.matchAll(/^bubble_gate_commands_total\{[^}]*\} (\d+)/gm))
      sum += Number(value);
  }
  return sum;
};

/** `bubble import` through both gates while a processor is killed twice: every row is there, none is wrong. */
export const importWithKills = async (rig: ClusterRig, shape: SyntheticShape): Promise<void> => {
  const corpus = join(rig.folder, 'corpus.jsonl');
  const lines = syntheticCorpus(new SeededRandom(29), shape);
  writeCorpus(corpus, lines);
  const { rows } = buildImportModel(lines, IDLE_LINES);
  const victim = rig.part('processor-1');
  const before = await commandsOf(rig);
  let hasEnded = false;
  const args = ['import', corpus, '--idle', String(IDLE_LINES), '--json', '--data', rig.cluster.keysFolder];
  const importing = runBubble(args, { folder: rig.folder, withinMs: IMPORT_WITHIN_MS }).finally(() => {
    hasEnded = true;
  });
  for (const share of [0.15, 0.5]) {
    const at = before + share * lines.length;
    await until(`${share} is played`, async () => hasEnded || (await commandsOf(rig)) >= at);
    assert.ok(!hasEnded, 'the import ended before the kill');
    const restarts = rig.cluster.restarts.get(victim.name)!;
    await victim.server.kill();
    await until('it was started again', () => rig.cluster.restarts.get(victim.name)! > restarts);
    await rig.untilReady(victim.name);
  }
  const { code, out, err } = await importing;
  assert.equal(code, 0, out + err);
  const result = JSON.parse(out) as ImportResult;
  assert.deepEqual(
    { expected: result.expected, found: result.found, wrong: result.wrong },
    { expected: rows, found: rows, wrong: 0 },
  );
  assert.ok(
    result.gates.length === 2 && result.gates.every(({ sessions }) => sessions > 0),
    'both gates were used',
  );
};
