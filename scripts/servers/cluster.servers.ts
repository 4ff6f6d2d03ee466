/** The whole deployment end to end: one broker, registry, MariaDB, Redis, etcd, two gates and two processors. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { QueryRefused } from '../../clients/sdk/query-runner.ts';
import { systemClock } from '../../infra/clock/system-clock.ts';
import { type GateDirectory, openGateDirectory } from '../../infra/etcd/gate-directory.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { systemRandom } from '../../infra/random/system-random.ts';
import { openRedis, type RedisClient } from '../../infra/redis/redis-client.ts';
import { openRedisPresence } from '../../infra/redis/redis-presence.ts';
import { type ClusterRig, clusterRig, importWithKills, type Person, until } from './cluster-rig.ts';

const run = promisify(execFile);
const NAMES = ['ada', 'bob', 'cleo', 'dan', 'eve', 'fay', 'gus', 'hal'];
/** What a stop may take: the gate's drain, and 15 s. */
const STOP_WITHIN_MS = 20_000;
/** What sockets to servers that hang may keep a process for then. */
const LINGER_MS = 6_000;
const PARTS = ['processor-1', 'processor-2', 'gate-1', 'gate-2'];

describe('a deployment of many processes', () => {
  let rig: ClusterRig;
  let redis: RedisClient;
  let directory: GateDirectory;
  const people = new Map<string, Person>();
  const person = (name: string): Person => people.get(name)!;

  before(async () => {
    rig = await clusterRig('mysql');
    const ports = { clock: systemClock, logger: SILENT_LOGGER };
    redis = openRedis({ url: rig.neighbour('redis').address, ...ports });
    directory = openGateDirectory({
      ...{ endpoints: [rig.neighbour('etcd').address], prefix: '/bubble/', ttlSec: 10 },
      ...{ ...ports, random: systemRandom },
    });
    for (const name of NAMES) people.set(name, await rig.person(name));
  });
  after(async () => {
    await Promise.allSettled([redis?.close(), directory?.close()]);
    await rig?.end();
  });

  const listed = async (): Promise<string[]> =>
    (await directory.list()).map(({ gate, tcp, websocket }) => `${gate} ${tcp} ${websocket}`).toSorted();
  const allListed = (): Promise<void> => {
    const expected = ['gate-1', 'gate-2'].map((name) => {
      const { tcp, websocket } = rig.part(name);
      return `${name} ${tcp} ${websocket}`;
    });
    return until('both gates are listed', async () => String(await listed()) === String(expected));
  };
  /** Everybody writes to the next one. */
  const allTalk = async (what: string): Promise<void> => {
    const next = (at: number): string => NAMES[(at + 1) % NAMES.length]!;
    await Promise.all(NAMES.map((name, at) => person(name).says(next(at), `${what}, ${name}`)));
    await Promise.all(NAMES.map((name, at) => person(next(at)).hears(`${what}, ${name}`)));
  };

  test('people on different gates talk; strangers and operators see it', async () => {
    const gates = new Set(NAMES.map((name) => person(name).client.gate));
    assert.equal(gates.size, 2, 'devices are spread over the gates of client.json');
    await allTalk('hello');
    await allListed();
    const config = ['--config', rig.cluster.configFile];
    const [events, partitions] = await Promise.all([
      rig.bubble('log', 'read', 'events', '--json', ...config),
      rig.bubble('partition', 'show', '--json', ...config),
    ]);
    assert.equal(events.code, 0, events.err);
    for (const name of NAMES) assert.ok(events.out.includes(`hello, ${name}`), `${name} is not in events`);
    assert.equal(partitions.code, 0, partitions.err);
    assert.equal(partitions.out.trim().split('\n').length, 4, partitions.out);
  });

  test('presence: who is online, at which gate; a Redis that was emptied is filled again', async () => {
    const store = openRedisPresence(redis);
    const isWhole = async (): Promise<boolean> => {
      const found = await store.whereIs('main', NAMES).catch(() => []);
      return NAMES.every((name, at) => {
        const gate = person(name).client.gate === rig.part('gate-1').websocket ? 'gate-1' : 'gate-2';
        return found[at]?.length === 1 && found[at][0]!.gate === gate;
      });
    };
    await until('all are there', isWhole);
    const { port } = new URL(rig.neighbour('redis').address);
    await run('redis-cli', ['-p', port, 'FLUSHALL']);
    assert.equal(await isWhole(), false);
    await until('all are there again', isWhole);
  });

  test('an import through two gates, a processor killed twice', async () => {
    await importWithKills(rig, { rooms: 150, users: 120, lines: 3_500 });
    await allTalk('after the import');
  });

  test('a gate that dies: its slot is taken again, and nothing for the dead connection comes to a new one', async () => {
    const gate = rig.part('gate-1');
    const [ivy, sender] = [await rig.person('ivy', 'phone', gate.websocket), person('ada')];
    await sender.says('ivy', 'before');
    await ivy.hears('before');
    const slot = (await rig.slotOf('gate-1')).split(' ')[1]!;
    rig.cluster.hold('gate-1');
    await gate.server.kill();
    // Until its entry has gone, etcd would suggest another slot.
    for (let number = 1; !(await directory.list()).every((each) => String(each.slot) !== slot); number += 1) {
      await sender.says('ivy', `meanwhile ${number}`);
      await sleep(250);
    }
    await ivy.client.stop();
    rig.cluster.release('gate-1');
    await gate.server.start();
    const [, again, , epoch] = (await rig.slotOf('gate-1')).split(' ');
    assert.deepEqual([again, Number(epoch) > 1], [slot, true]);
    // The first connection of the gate, as ivy's was one of the first.
    const jon = await rig.person('jon', 'phone', gate.websocket);
    await sender.says('ivy', 'last');
    await sender.says('jon', 'to jon');
    await jon.hears('to jon');
    assert.deepEqual(jon.heard, ['to jon']);
    const back = await rig.person('ivy', 'tablet', gate.websocket);
    await back.hears('last');
    const texts = back.heard;
    assert.equal(new Set(texts).size, texts.length, 'nothing twice');
    assert.ok(
      texts[0] === 'before' && texts.includes('meanwhile 1') && texts.at(-1) === 'last',
      String(texts),
    );
    await allListed();
  });

  test('etcd dies: gates keep their slots and serve; back again, they are listed', async () => {
    const slots = async (): Promise<string[]> => [await rig.slotOf('gate-1'), await rig.slotOf('gate-2')];
    const before = await slots();
    const etcd = rig.neighbour('etcd').server;
    await etcd.kill();
    await allTalk('without etcd');
    assert.deepEqual(await slots(), before);
    await etcd.start();
    await allListed();
    assert.deepEqual(await slots(), before);
  });

  test('the registry hangs: nobody notices', async () => {
    const registry = rig.neighbour('registry').server;
    registry.signal('SIGSTOP');
    try {
      await allTalk('without the registry');
    } finally {
      registry.signal('SIGCONT');
    }
  });

  test('the database is away for 5 s: sends are answered, pulls are told to come later, and catch up', async () => {
    const database = rig.neighbour('mysql').server;
    await database.stop();
    const started = performance.now();
    const refusals = new Set<string>();
    let sent = 0;
    while (performance.now() - started < 5_000) {
      sent += 1;
      await allTalk(`without SQL ${sent}`);
      await person('ada')
        .client.sync(0)
        .catch((error: unknown) => {
          assert.ok(error instanceof QueryRefused && error.retryable, String(error));
          refusals.add(error.answerName);
        });
    }
    assert.deepEqual([...refusals], ['STORE_AWAY']);
    await database.start();
    const late = await rig.person('bob', 'tablet');
    await late.hears(`without SQL ${sent}, ada`);
    for (let number = 1; number <= sent; number += 1)
      assert.equal(late.heard.filter((text) => text === `without SQL ${number}, ada`).length, 1);
  });

  test('a part that fails ends its process in time, with exit code 1 and why', async () => {
    const processors = ['processor-1', 'processor-2'].map((name) => rig.part(name));
    for (const { name } of processors) rig.cluster.hold(name);
    await rig.sql('RENAME TABLE bubble_timeline_checkpoint TO hidden');
    const started = performance.now();
    await person('ada').client.send('bob', 'something to write');
    await Promise.all(processors.map(({ server }) => server.exited()));
    assert.ok(performance.now() - started < STOP_WITHIN_MS + 10_000);
    for (const { name, server } of processors) {
      assert.equal(server.exitCode, 1);
      assert.match(await rig.logOf(name), /bubble: timeline cannot go on: .*checkpoint/);
    }
    await rig.sql('RENAME TABLE hidden TO bubble_timeline_checkpoint');
    for (const { name } of processors) rig.cluster.release(name);
    await Promise.all(processors.map(({ server }) => server.start()));
    await allTalk('after the failure');
  });

  test('graceful stops: also beside servers that hang, and exit codes of 0', async () => {
    const [gate, processor] = [rig.part('gate-2'), rig.part('processor-2')];
    const hanging = ['mysql', 'etcd', 'redis'].map((name) => rig.neighbour(name).server);
    for (const { name } of [gate, processor]) rig.cluster.hold(name);
    for (const server of hanging) server.signal('SIGSTOP');
    const started = performance.now();
    for (const { server } of [gate, processor]) server.signal('SIGTERM');
    await Promise.all([gate, processor].map(({ server }) => server.exited()));
    assert.ok(performance.now() - started < STOP_WITHIN_MS + LINGER_MS);
    for (const { name, server } of [gate, processor]) assert.equal(server.exitCode, 0, name);
    // (etcd's client does not let go of a socket to a server that hangs.)
    const left = /.*something is still open.*/.exec(await rig.logOf(processor.name));
    assert.equal(left?.[0], undefined);
    for (const server of hanging) server.signal('SIGCONT');
    for (const { name } of [gate, processor]) rig.cluster.release(name);
    await Promise.all([gate, processor].map(({ server }) => server.start()));
    await allTalk('after the stop');
    await rig.cluster.stop();
    for (const name of PARTS)
      assert.equal(rig.part(name).server.exitCode, 0, `${name}: ${(await rig.logOf(name)).slice(-1_000)}`);
  });
});
