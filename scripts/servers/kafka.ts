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
  /** Users of SCRAM, stored when the brokers are formatted. */
  readonly scramUsers?: readonly { readonly name: string; readonly password: string }[];
}

export interface Kafka {
  /** host:port of each broker. */
  readonly bootstrap: readonly string[];
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

const properties = (
  id: number,
  ports: readonly number[],
  voters: string,
  folder: string,
  options: KafkaOptions,
): string => {
  const replication = options.brokers === 3 ? 3 : 1;
  return [
    'process.roles=broker,controller',
    `node.id=${id}`,
    `controller.quorum.voters=${voters}`,
    `listeners=PLAINTEXT://127.0.0.1:${ports[0]},CONTROLLER://127.0.0.1:${ports[1]}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${ports[0]}`,
    'controller.listener.names=CONTROLLER',
    'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
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

export async function startKafka(options: KafkaOptions): Promise<Kafka> {
  const jars = await jarsOf(`kafka-${VERSION}`, [
    { group: 'org.apache.kafka', name: 'kafka_2.13', version: VERSION },
    { group: 'org.apache.kafka', name: 'kafka-tools', version: VERSION },
  ]);
  const heap = options.brokers === 3 ? '384m' : '512m';
  const ports: [number, number][] = [];
  for (let id = 0; id < options.brokers; id += 1) ports.push([await freePort(), await freePort()]);
  const voters = ports.map(([, controller], id) => `${id}@127.0.0.1:${controller}`).join(',');
  const cluster = randomBytes(16).toString('base64url');

  const brokers = await Promise.all(
    ports.map(async (pair, id) => {
      const folder = join(options.folder, `broker-${id}`);
      await mkdir(folder, { recursive: true });
      const config = join(folder, 'server.properties');
      await writeFile(config, properties(id, pair, voters, join(folder, 'data'), options));
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
        ready: () => accepts(pair[0]),
        readyWithinMs: 60_000,
      });
    }),
  );
  await Promise.all(brokers.map((broker) => broker.start()));
  return {
    bootstrap: ports.map(([port]) => `127.0.0.1:${port}`),
    brokers,
    stop: async () => {
      await Promise.all(brokers.map((broker) => broker.stop()));
    },
  };
}
