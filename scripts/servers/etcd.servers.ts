/** The directory of gates in a real etcd that is killed, stopped and emptied, and gates that choose slots by it. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { chooseSlot, claimChosenSlot } from '../../gateways/gate/slot-choice.ts';
import { claimSlot } from '../../gateways/gate/slot-client.ts';
import { systemClock } from '../../infra/clock/system-clock.ts';
import { type GateDirectory, openGateDirectory } from '../../infra/etcd/gate-directory.ts';
import type { GateEntry } from '../../infra/etcd/gate-entry.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { systemRandom } from '../../infra/random/system-random.ts';
import { testCodecs } from '../../infra/timeline/testing/inbox-writer.ts';
import { MemoryLog } from '../../infra/timeline/testing/memory-log.ts';
import { isBubbleError } from '../../schemas/errors.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { type Layout, topicSpecs } from '../../schemas/topics.ts';
import { exitOnSignals } from './child-server.ts';
import { type EtcdServer, startEtcd } from './etcd.ts';
import { eventually } from './redis-fixture.ts';

const layout: Layout = { inboundPartitions: 1, inboxPartitions: 2, epoch: 1, retentionMs: Infinity };
const TTL_SEC = 2;

const entry = (slot: number, gate: string, overrides: Partial<GateEntry> = {}): GateEntry => ({
  ...{ slot, gate, tcp: `127.0.0.1:${7_000 + slot}`, websocket: null, load: 0.25 },
  ...overrides,
});

describe('etcd', { concurrency: false }, () => {
  let folder: string;
  let server: EtcdServer;
  const opened: GateDirectory[] = [];
  const removeAtExit = (): void => rmSync(folder, { recursive: true, force: true });
  let prefixes = 0;
  let prefix = '';

  before(async () => {
    exitOnSignals();
    folder = await mkdtemp(join(tmpdir(), 'bubble-etcd-'));
    process.once('exit', removeAtExit);
    server = await startEtcd({ folder });
  });
  after(async () => {
    await server.stop();
    process.off('exit', removeAtExit);
    await rm(folder, { recursive: true, force: true });
  });

  const open = (clock: Clock = systemClock): GateDirectory => {
    const directory = openGateDirectory({
      ...{ endpoints: [server.endpoint], prefix, ttlSec: TTL_SEC, answerWithinMs: 1_000 },
      ...{ clock, random: systemRandom, logger: SILENT_LOGGER },
    });
    opened.push(directory);
    return directory;
  };

  const each = (what: string, run: () => Promise<void>): void => {
    test(what, async () => {
      prefix = `/bubble-${prefixes++}/`;
      try {
        await run();
      } finally {
        for (const directory of opened.splice(0)) await directory.close();
      }
    });
  };

  const isAway = (error: unknown): boolean => isBubbleError(error, 'STORE_AWAY') && error.retryable;

  each('gates that ask at once get different slots, the lowest ones', async () => {
    const directories = Array.from({ length: 5 }, () => open());
    const slots = await Promise.all(directories.map((directory, at) => directory.suggestSlot(`gate-${at}`)));
    assert.deepEqual(slots.toSorted(), [0, 1, 2, 3, 4]);
    assert.deepEqual(await directories[0]!.list(), [], 'a reservation is no gate');
    await directories[3]!.close();
    const freed = slots[3]!;
    assert.equal(await open().suggestSlot('later'), freed);
  });

  each('gates are listed and watched, with their load, until they close', async () => {
    const [one, two] = [open(), open()];
    const seen: number[][] = [];
    const end = two.watch((gates) => void seen.push(gates.map(({ slot }) => slot)));
    assert.equal(await one.suggestSlot('a'), 0);
    await one.announce(entry(0, 'a'));
    await two.announce(entry(await two.suggestSlot('b'), 'b'));
    assert.deepEqual(await two.list(), [entry(0, 'a'), entry(1, 'b')]);
    await one.announce(entry(0, 'a', { load: 0.5 }));
    assert.deepEqual((await two.list())[0], entry(0, 'a', { load: 0.5 }));
    await eventually('the watcher has seen both', () => seen.at(-1)?.length === 2);
    await one.close();
    await eventually('the watcher sees that one has gone', () => seen.at(-1)?.join() === '1');
    end();
  });

  each('a lost slot is given back, and not suggested again to the one that avoids it', async () => {
    const [one, two] = [open(), open()];
    await one.announce(entry(await one.suggestSlot('a'), 'a'));
    const next = await one.suggestSlot('a', new Set([0]));
    assert.equal(next, 1);
    assert.deepEqual(await two.list(), [], 'its old entry is gone');
    assert.equal(await two.suggestSlot('b'), 0);
  });

  each('the last wish counts: another slot announced, and a suggestion that comes too late', async () => {
    const [one, two] = [open(), open()];
    const listed = async (): Promise<string> => (await two.list()).map(({ slot }) => slot).join();
    await one.announce(entry(4, 'a'));
    const late = one.suggestSlot('a');
    await one.announce(entry(3, 'a'));
    await assert.rejects(late, isAway);
    await eventually('the last one alone is listed', async () => (await listed()) === '3');
    await one.announce(entry(6, 'a'));
    await eventually('the newest alone is listed', async () => (await listed()) === '6');
    await eventually('nothing is reserved', async () => (await two.suggestSlot('b')) === 0);
  });

  each('a gate that wakes up late does not push the new holder of its slot off the list', async () => {
    const [one, two] = [open(), open()];
    await one.announce(entry(0, 'sleeper'));
    // The log has given the slot to another one.
    await two.announce(entry(0, 'holder'));
    await one.announce(entry(0, 'sleeper', { load: 0.9 }));
    assert.deepEqual(await two.list(), [entry(0, 'holder')]);
    assert.equal(await one.suggestSlot('sleeper', new Set([0])), 1);
    assert.deepEqual(await two.list(), [entry(0, 'holder')]);
  });

  each('the slot of a gate that says nothing any more is free after its time', async () => {
    // A clock that stands still: it never keeps its lease alive.
    const crashed = open({ ...systemClock, after: () => ({ cancel: () => {} }) });
    await crashed.announce(entry(await crashed.suggestSlot('a'), 'a'));
    const other = open();
    assert.equal(await other.suggestSlot('b'), 1);
    await eventually('its lease ends', async () => (await other.list()).length === 0, 10_000);
    assert.equal(await other.suggestSlot('b'), 0);
  });

  each('killed and started again: suggestions are refused meanwhile, registrations return', async () => {
    const [one, two] = [open(), open()];
    await one.announce(entry(await one.suggestSlot('a'), 'a'));
    await server.process.kill();
    const startedAt = performance.now();
    await assert.rejects(two.suggestSlot('b'), isAway);
    await assert.rejects(two.list(), isAway);
    assert.ok(performance.now() - startedAt < 6_000, 'a refusal comes soon');
    await two.announce(entry(5, 'b'));
    await new Promise((resolve) => setTimeout(resolve, TTL_SEC * 1_000));
    await server.process.start();
    const both = JSON.stringify([entry(0, 'a'), entry(5, 'b')]);
    const listed = (): Promise<string> => two.list().then(JSON.stringify, () => '');
    await eventually('both are listed again', async () => (await listed()) === both, 20_000);
    assert.equal(await open().suggestSlot('c'), 1);
  });

  each('emptied: registrations return under new leases, with the same slots', async () => {
    const [one, two] = [open(), open()];
    await one.announce(entry(await one.suggestSlot('a'), 'a'));
    await two.announce(entry(await two.suggestSlot('b'), 'b'));
    await server.process.kill();
    await rm(join(folder, 'data'), { recursive: true, force: true });
    await server.process.start();
    const both = JSON.stringify([entry(0, 'a'), entry(1, 'b')]);
    const listed = (): Promise<string> => two.list().then(JSON.stringify, () => '');
    await eventually('both are listed again', async () => (await listed()) === both, 20_000);
  });

  each('gates claim in the log what is suggested; an etcd that is away costs nobody a slot', async () => {
    const log = new MemoryLog(systemClock);
    const codecs = testCodecs();
    await log.ensureTopics(topicSpecs(layout));
    const lost: string[] = [];
    const gate = async (name: string) => {
      const directory = open();
      const options = {
        ...{ log, codecs, layout, directory, gateName: name, clock: systemClock, random: systemRandom },
        ...{ logger: SILENT_LOGGER, silenceMs: 10_000 },
      };
      const slot = await claimChosenSlot(
        (lost) => chooseSlot(options, new Set(lost === null ? [] : [lost])),
        (chosen) => claimSlot({ ...options, slot: chosen }),
      );
      const nothing = (): void => {};
      slot.start({
        ...{ push: nothing, joined: nothing, proof: nothing, replaced: nothing, unreadable: nothing },
        batchEnded: () => undefined,
        lost: () => void lost.push(name),
      });
      await directory.announce(entry(slot.slot, name));
      return slot;
    };
    const two = await Promise.all([gate('a'), gate('b')]);
    assert.deepEqual(two.map(({ slot }) => slot).toSorted(), [0, 1]);
    server.process.signal('SIGSTOP');
    const third = await gate('c');
    assert.equal(third.slot, 2, 'by the log');
    await new Promise((resolve) => setTimeout(resolve, TTL_SEC * 1_000));
    server.process.signal('SIGCONT');
    const reader = open();
    const slots = (): Promise<string> =>
      reader.list().then(
        (gates) => gates.map(({ slot }) => slot).join(),
        () => '',
      );
    await eventually('all three are listed', async () => (await slots()) === '0,1,2', 20_000);
    assert.deepEqual(lost, []);
    for (const slot of [...two, third]) await slot.stop();
  });
});
