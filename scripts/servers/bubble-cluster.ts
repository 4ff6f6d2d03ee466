/**
 * A whole deployment on this machine, for trials, proofs and benchmarks: brokers, registry, SQL, Redis, etcd, gates and
 * processors. Loopback, free ports, one folder. A gate or processor that ends by itself is started again, as the
 * orchestrator of a deployment would do it.
 */
import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startApicurio } from './apicurio.ts';
import { type BubbleProcess, bubbleProcess, clientFileOf } from './bubble-process.ts';
import type { ChildServer } from './child-server.ts';
import { startEtcd } from './etcd.ts';
import { type Kafka, type KafkaOptions, startKafka } from './kafka.ts';
import { startMariadb } from './mariadb.ts';
import { startPostgres } from './postgres.ts';
import { startRedis } from './redis.ts';

export interface ClusterOptions {
  readonly folder: string;
  readonly brokers: 1 | 3;
  readonly gates: number;
  readonly processors: number;
  /** Of inbound and of inbox. */
  readonly partitions: number;
  readonly sql: 'mysql' | 'postgres';
  readonly limits: 'default' | 'trial';
  /** Without Redis and etcd: gates get fixed slots, and nothing keeps presence. */
  readonly bare?: boolean;
  /** Further settings, `name=value`. */
  readonly settings?: readonly string[];
  /** Of gates and processors. */
  readonly nodeFlags?: readonly string[];
  /** Proxies between bubble and the brokers: see the option of Kafka. */
  readonly proxied?: KafkaOptions['proxied'];
  readonly progress?: (what: string) => void;
}

/** A server beside bubble. */
export interface Neighbour {
  readonly name: string;
  /** Where it listens, without secrets. */
  readonly address: string;
  readonly server: ChildServer;
  stop(): Promise<void>;
}

const RESTART_MS = 1_000;

const withoutSecret = (url: string): string => url.replace(/\/\/[^@/]*@/, '//');

interface Addresses {
  readonly brokers: readonly string[];
  readonly registry: string;
  readonly sql: string;
  readonly redis: string | null;
  readonly etcd: string | null;
}

const configText = (options: ClusterOptions, addresses: Addresses, keysFolder: string): string => {
  const { brokers, registry, sql, redis, etcd } = addresses;
  const quoted = (text: string): string => JSON.stringify(text);
  return [
    '# Settings that all gates and processors of this trial share.',
    `keys-folder = ${quoted(keysFolder)}`,
    '[log]\nkind = "kafka"',
    `[kafka]\nbrokers = ${quoted(brokers.join(','))}\nreplication = ${options.brokers}\nmin-insync = ${options.brokers === 3 ? 2 : 1}`,
    `[registry]\nurl = ${quoted(registry)}`,
    `[timeline]\nurl = ${quoted(sql)}`,
    `[partitions]\ninbound = ${options.partitions}\ninbox = ${options.partitions}`,
    redis === null ? '' : `[redis]\nurl = ${quoted(redis)}`,
    etcd === null ? '' : `[etcd]\nendpoints = ${quoted(etcd)}`,
    '[logging]\nlevel = "info"',
    `[limits]\nprofile = "${options.limits}"`,
    '',
  ].join('\n');
};

export class BubbleCluster {
  readonly neighbours: Neighbour[] = [];
  readonly parts: BubbleProcess[] = [];
  /** How often each gate and processor was started again. */
  readonly restarts = new Map<string, number>();
  kafka: Kafka | null = null;
  readonly #options: ClusterOptions;
  #stopping = false;
  /** Parts that are meant to be down. */
  readonly #held = new Set<string>();

  constructor(options: ClusterOptions) {
    this.#options = options;
  }

  /** client.json of all gates, and the keys, lie here. */
  get keysFolder(): string {
    return join(this.#options.folder, 'keys');
  }
  get configFile(): string {
    return join(this.#options.folder, 'bubble.toml');
  }
  get clientFile(): string {
    return join(this.keysFolder, 'client.json');
  }

  async start(): Promise<void> {
    const { folder, gates, processors, progress } = this.#options;
    // Servers that run as users of their own must reach their folders in it.
    await mkdir(folder, { recursive: true });
    await chmod(folder, 0o711);
    await mkdir(this.keysFolder, { recursive: true, mode: 0o700 });
    const addresses = await this.#startNeighbours();
    await writeFile(this.configFile, configText(this.#options, addresses, this.keysFolder), { mode: 0o600 });
    for (let number = 1; number <= processors; number += 1) await this.#make('processor', number);
    for (let number = 1; number <= gates; number += 1) await this.#make('gate', number);
    progress?.(`${processors} processors, ${gates} gates`);
    // The first one makes topics, tables and schemas; the others find them.
    const [first, ...others] = this.parts;
    if (first !== undefined) await this.#startPart(first);
    await Promise.all(others.map((part) => this.#startPart(part)));
    await this.writeClientFile();
    for (const part of this.parts) void this.#keepRunning(part);
  }

  async #startNeighbours(): Promise<Addresses> {
    const { folder, brokers, sql, bare, proxied, progress } = this.#options;
    progress?.(`Kafka (${brokers === 1 ? 'one broker' : 'three brokers'})`);
    this.kafka = await startKafka({
      folder: join(folder, 'kafka'),
      brokers,
      ...(proxied === undefined ? {} : { proxied }),
    });
    const { kafka } = this;
    kafka.brokers.forEach((server, id) => {
      this.#add(`kafka-${id}`, kafka.bootstrap[id]!, server, () => server.stop());
    });
    progress?.('schema registry (Apicurio)');
    const registry = await this.#started('registry', startApicurio);
    this.#add('registry', registry.url, registry.server, () => registry.stop());
    progress?.(sql === 'mysql' ? 'MariaDB' : 'PostgreSQL');
    const database = await this.#started(sql, sql === 'mysql' ? startMariadb : startPostgres);
    this.#add(sql, withoutSecret(database.url), database.server, () => database.stop());
    const addresses = {
      brokers: kafka.seen,
      registry: registry.url,
      sql: database.url,
    };
    if (bare === true) return { ...addresses, redis: null, etcd: null };
    progress?.('Redis, etcd');
    const redis = await this.#started('redis', startRedis);
    this.#add('redis', redis.url, redis.process, () => redis.stop());
    const etcd = await this.#started('etcd', startEtcd);
    this.#add('etcd', etcd.endpoint, etcd.process, () => etcd.stop());
    return { ...addresses, redis: redis.url, etcd: etcd.endpoint };
  }

  async #started<T>(name: string, start: (options: { folder: string }) => Promise<T>): Promise<T> {
    const folder = join(this.#options.folder, name);
    await mkdir(folder, { recursive: true });
    return start({ folder });
  }

  #add(name: string, address: string, server: ChildServer, stop: () => Promise<void>): void {
    this.neighbours.push({ name, address, server, stop });
  }

  async #make(kind: 'gate' | 'processor', number: number): Promise<BubbleProcess> {
    const { folder, bare, settings, nodeFlags } = this.#options;
    const name = `${kind}-${number}`;
    // Each by its own name, so that brokers and proxies tell them apart.
    const flags = [`kafka.client-id=${name}`, ...(settings ?? [])].flatMap((each) => ['--set', each]);
    if (kind === 'gate' && bare === true) flags.push('--set', `gate.slot=${number - 1}`);
    const part = await bubbleProcess({
      kind,
      name,
      folder: join(folder, name),
      configFile: this.configFile,
      flags,
      ...(nodeFlags === undefined ? {} : { nodeFlags }),
    });
    this.parts.push(part);
    this.restarts.set(name, 0);
    return part;
  }

  async #startPart(part: BubbleProcess): Promise<void> {
    await part.server.start();
    this.#options.progress?.(`${part.name} is ready`);
  }

  /** Adds one more, under load if there is some. */
  async add(kind: 'gate' | 'processor'): Promise<BubbleProcess> {
    const number = this.parts.filter((part) => part.kind === kind).length + 1;
    const part = await this.#make(kind, number);
    await this.#startPart(part);
    await this.writeClientFile();
    void this.#keepRunning(part);
    return part;
  }

  /** Until `release`, it is not started again when it ends. */
  hold(name: string): void {
    this.#held.add(name);
  }

  release(name: string): void {
    this.#held.delete(name);
  }

  part(name: string): BubbleProcess | undefined {
    return this.parts.find((part) => part.name === name);
  }

  async #keepRunning(part: BubbleProcess): Promise<void> {
    while (!this.#stopping) {
      await part.server.exited();
      await sleep(RESTART_MS);
      if (this.#stopping || this.#held.has(part.name) || part.server.running) continue;
      this.restarts.set(part.name, this.restarts.get(part.name)! + 1);
      try {
        await this.#startPart(part);
      } catch (error) {
        this.#options.progress?.(`${part.name} did not start: ${String(error).split('\n')[0]}`);
      }
    }
  }

  /** For clients: the keys of the deployment and all gates. */
  async writeClientFile(): Promise<void> {
    const gates = this.parts.filter(({ kind }) => kind === 'gate');
    const [first] = gates;
    if (first === undefined) return;
    const { deployment, rootKeys } = clientFileOf(join(this.#options.folder, first.name));
    const addresses = gates.map(({ tcp, websocket }) => ({ tcp, websocket }));
    const file = { deployment, rootKeys, ...addresses[0], gates: addresses };
    // Whole at any moment: clients read it whenever they connect.
    const partial = `${this.clientFile}.partial`;
    await writeFile(partial, `${JSON.stringify(file, null, 2)}\n`);
    await rename(partial, this.clientFile);
  }

  /** Gates first, so that clients move, then processors, then what they stand on. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const kind of ['gate', 'processor'] as const) {
      await Promise.all(this.parts.filter((part) => part.kind === kind).map(({ server }) => server.stop()));
    }
    await Promise.all(this.neighbours.map((neighbour) => neighbour.stop()));
  }
}
