import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimClock } from '../../../infra/clock/sim-clock.ts';
import { SeededRandom } from '../../../infra/random/seeded-random.ts';
import type { Connection, ConnectionHandler } from '../../../schemas/ports/connection.ts';
import { type SimLink, SimNetwork } from './sim-network.ts';
import { SimProcess } from './sim-process.ts';

class Recorder implements ConnectionHandler {
  bytes = Buffer.alloc(0);
  readonly closings: string[] = [];
  drains = 0;
  received(bytes: Uint8Array): void {
    this.bytes = Buffer.concat([this.bytes, bytes]);
  }
  drained(): void {
    this.drains += 1;
  }
  closed(reason: string): void {
    this.closings.push(reason);
  }
}

interface Pair {
  readonly clock: SimClock;
  readonly client: Connection;
  readonly server: Connection;
  readonly atClient: Recorder;
  readonly atServer: Recorder;
  readonly link: SimLink;
  readonly clientProcess: SimProcess;
  readonly serverProcess: SimProcess;
}

const connect = async (seed: number): Promise<Pair> => {
  const clock = new SimClock();
  const network = new SimNetwork({ clock, random: new SeededRandom(seed), delayMs: 5, windowBytes: 100 });
  const serverProcess = new SimProcess('server', clock);
  const clientProcess = new SimProcess('client', clock);
  const atServer = new Recorder();
  const atClient = new Recorder();
  const accepted: Connection[] = [];
  network.listen({
    process: serverProcess,
    accept: (connection) => {
      accepted.push(connection);
      return atServer;
    },
  });
  const connecting = network.connect(clientProcess, atClient, new AbortController().signal);
  const { connection, link } = await clock.until(connecting);
  return {
    clock,
    client: connection,
    server: accepted[0]!,
    atClient,
    atServer,
    link,
    clientProcess,
    serverProcess,
  };
};

test('bytes arrive whole and in order, and the end after them', async () => {
  for (let seed = 0; seed < 20; seed += 1) {
    const { clock, client, atServer, atClient } = await connect(seed);
    const sent: Buffer[] = [];
    for (let number = 0; number < 20; number += 1) {
      sent.push(Buffer.from(`frame ${number};`));
      client.send([sent[number]!]);
      await clock.runFor(number % 3);
    }
    client.end();
    await clock.runFor(1_000);
    assert.equal(atServer.bytes.toString(), Buffer.concat(sent).toString());
    assert.equal(atServer.closings.length, 1);
    assert.equal(atClient.closings.length, 1);
  }
});

test('a cut tells both ends once, a silent one tells nobody', async () => {
  const loud = await connect(1);
  loud.link.cut();
  await loud.clock.runFor(100);
  assert.equal(loud.atClient.closings.length + loud.atServer.closings.length, 2);
  const silent = await connect(1);
  silent.link.cutSilently();
  silent.client.send([Buffer.from('lost')]);
  await silent.clock.runFor(10_000);
  assert.equal(silent.atServer.bytes.length, 0);
  assert.equal(silent.atClient.closings.length + silent.atServer.closings.length, 0);
});

test('a stalled connection delivers later, a repeated packet twice', async () => {
  const { clock, client, link, atServer } = await connect(3);
  link.stall(clock.monotonic() + 500);
  link.repeatNext('server');
  client.send([Buffer.from('x')]);
  await clock.runFor(499);
  assert.equal(atServer.bytes.length, 0);
  await clock.runFor(100);
  assert.equal(atServer.bytes.toString(), 'xx');
});

test('a reader that pauses lets the sender fill up; it drains when reading goes on', async () => {
  const { clock, client, server, atServer, atClient } = await connect(4);
  server.pauseReading();
  client.send([Buffer.alloc(1_000)]);
  await clock.runFor(100);
  assert(client.bufferedBytes > 0);
  assert.equal(atServer.bytes.length, 0);
  server.resumeReading();
  await clock.runFor(100);
  assert.equal(client.bufferedBytes, 0);
  assert.equal(atServer.bytes.length, 1_000);
  assert(atClient.drains > 0);
});

test('a killed process hears nothing any more, a paused one hears it late', async () => {
  const { clock, client, atServer, serverProcess } = await connect(5);
  serverProcess.pause();
  client.send([Buffer.from('late')]);
  await clock.runFor(1_000);
  assert.equal(atServer.bytes.length, 0);
  serverProcess.resume();
  await clock.runFor(1);
  assert.equal(atServer.bytes.toString(), 'late');
  serverProcess.kill();
  client.send([Buffer.from('never')]);
  await clock.runFor(1_000);
  assert.equal(atServer.bytes.toString(), 'late');
  assert.equal(atServer.closings.length, 0);
});
