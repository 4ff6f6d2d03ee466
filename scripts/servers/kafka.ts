/** A real Kafka on this machine: one broker or three (KRaft, each broker and controller), loopback, own folder. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { jarsOf } from './cache.ts';
import { ChildServer, freePort } from './child-server.ts';

const run = promisify(execFile);
const VERSION = '4.1.0';

export interface KafkaOptions {
  readonly folder: string;
  readonly brokers: 1 | 3;
  /** Lines of server.properties beyond ours. */
  readonly properties?: readonly string[];
  /**
   * A proxy before each broker: called before they start, with the ports on which they will listen for clients;
   * resolves with the ports that they are to tell clients. Among themselves brokers connect without it.
   */
  readonly proxied?: (ports: readonly number[]) => Promise<readonly number[]>;
  /** Users of SCRAM, stored when the brokers are formatted. */
  readonly scramUsers?: readonly { readonly name: string; readonly password: string }[];
}

export interface Kafka {
  /** host:port of each broker. */
  readonly bootstrap: readonly string[];
  /** The same as clients are to reach them: by way of the proxies, where there are some. */
  readonly seen: readonly string[];
  readonly brokers: readonly ChildServer[];
  stop(): Promise<void>;
}

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

interface Ports {
  readonly plain: number;
  readonly controller: number;
  /** A second listener, and what is told of it; null: there are no proxies. */
  readonly proxied: { readonly listens: number; readonly told: number } | null;
}

const listeners = ({ plain, controller, proxied }: Ports): string[] => {
  const own = `PLAINTEXT://127.0.0.1:${plain}`;
  const second = (port: number): string => `,PROXIED://127.0.0.1:${port}`;
  return [
    `listeners=${own}${proxied === null ? '' : second(proxied.listens)},CONTROLLER://127.0.0.1:${controller}`,
    `advertised.listeners=${own}${proxied === null ? '' : second(proxied.told)}`,
    'inter.broker.listener.name=PLAINTEXT',
    'controller.listener.names=CONTROLLER',
    'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT',
  ];
};

const choosePorts = async ({ brokers, proxied }: KafkaOptions): Promise<Ports[]> => {
  const chosen: Ports[] = [];
  const listen: number[] = [];
  for (let id = 0; id < brokers; id += 1) {
    chosen.push({ plain: await freePort(), controller: await freePort(), proxied: null });
    if (proxied !== undefined) listen.push(await freePort());
  }
  if (proxied === undefined) return chosen;
  const told = await proxied(listen);
  return chosen.map((ports, id) => ({ ...ports, proxied: { listens: listen[id]!, told: told[id]! } }));
};

const properties = (
  id: number,
  ports: Ports,
  voters: string,
  folder: string,
  options: KafkaOptions,
): string => {
  const replication = options.brokers === 3 ? 3 : 1;
  return [
    'process.roles=broker,controller',
    `node.id=${id}`,
    `controller.quorum.voters=${voters}`,
    ...listeners(ports),
    `log.dirs=${folder}`,
    `offsets.topic.replication.factor=${replication}`,
    `transaction.state.log.replication.factor=${replication}`,
    `transaction.state.log.min.isr=${replication === 3 ? 2 : 1}`,
    'offsets.topic.num.partitions=4',
    'group.initial.rebalance.delay.ms=0',
    // A dead broker is noticed after this long: 9 s by default leaves gaps of 8-11 s.
    'broker.session.timeout.ms=3000',
    'broker.heartbeat.interval.ms=500',
    // Where the dead broker led the controllers, these come on top: 2 s and 1 s by default.
    'controller.quorum.fetch.timeout.ms=1000',
    'controller.quorum.election.timeout.ms=500',
    // A follower that asks a new leader too early asks again after this long: 1 s by default, added to the gap.
    'replica.fetch.backoff.ms=100',
    'auto.create.topics.enable=false',
    'log.message.timestamp.type=LogAppendTime',
    'num.network.threads=2',
    'num.io.threads=4',
    ...(options.properties ?? []),
    '',
  ].join('\n');
};

/** The folder of its jars, its console tools among them. */
export const kafkaJars = (): Promise<string> =>
  jarsOf(`kafka-${VERSION}`, [
    { group: 'org.apache.kafka', name: 'kafka_2.13', version: VERSION },
    { group: 'org.apache.kafka', name: 'kafka-tools', version: VERSION },
  ]);

/** What one of Kafka's console tools says. @param name of its class. Rejects where it fails. */
export const kafkaTool = async (name: string, args: readonly string[]): Promise<string> => {
  const { stdout, stderr } = await run('java', ['-Xmx128m', '-cp', `${await kafkaJars()}/*`, name, ...args]);
  return stdout + stderr;
};

export async function startKafka(options: KafkaOptions): Promise<Kafka> {
  const jars = await kafkaJars();
  const heap = options.brokers === 3 ? '384m' : '512m';
  const ports = await choosePorts(options);
  const voters = ports.map(({ controller }, id) => `${id}@127.0.0.1:${controller}`).join(',');
  // Kafka's own ids are such, but one that begins with a hyphen would be taken for an option.
  const cluster = `b${randomBytes(16).toString('base64url').slice(1)}`;

  const brokers = await Promise.all(
    ports.map(async (own, id) => {
      const folder = join(options.folder, `broker-${id}`);
      await mkdir(folder, { recursive: true });
      const config = join(folder, 'server.properties');
      await writeFile(config, properties(id, own, voters, join(folder, 'data'), options));
      await run('java', [
        '-cp',
        `${jars}/*`,
        'kafka.tools.StorageTool',
        'format',
        '-t',
        cluster,
        '-c',
        config,
        ...(options.scramUsers ?? []).flatMap(({ name, password }) => [
          '--add-scram',
          `SCRAM-SHA-512=[name=${name},password=${password}]`,
        ]),
      ]);
      return new ChildServer({
        name: `kafka broker ${id}`,
        command: 'java',
        args: [`-Xmx${heap}`, `-Xms${heap}`, '-cp', `${jars}/*`, 'kafka.Kafka', config],
        logFile: join(folder, 'broker.log'),
        ready: () => accepts(own.plain),
        readyWithinMs: 60_000,
      });
    }),
  );
  await Promise.all(brokers.map((broker) => broker.start()));
  return {
    bootstrap: ports.map(({ plain }) => `127.0.0.1:${plain}`),
    seen: ports.map(({ plain, proxied }) => `127.0.0.1:${proxied?.told ?? plain}`),
    brokers,
    stop: async () => {
      await Promise.all(brokers.map((broker) => broker.stop()));
    },
  };
}
