/** What other releases, and strangers, write into a sessions topic. What is made of sessions: ../delivery, ../presence. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimClock } from '../../infra/clock/sim-clock.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { byOtherRelease, OtherRelease } from '../../infra/schema-registry/testing/other-release.ts';
import { MemoryLog } from '../../infra/timeline/testing/memory-log.ts';
import { isBubbleError } from '../../schemas/errors.ts';
import { SLOT_EVENT } from '../../schemas/events/session.ts';
import { type Layout, sessionsTopic, topicSpecs } from '../../schemas/topics.ts';
import { SessionsReader } from './sessions-reader.ts';

const LAYOUT: Layout = { inboundPartitions: 1, inboxPartitions: 1, epoch: 1, retentionMs: Infinity };
const TOPIC = sessionsTopic(1);

class World {
  readonly clock = new SimClock();
  readonly log = new MemoryLog(this.clock);
  readonly registry = new OtherRelease(SLOT_EVENT);
  readonly codecs = this.registry.codecs();
  /** Slots read, in order. */
  readonly slots: number[] = [];
  readonly failures: unknown[] = [];

  async open(): Promise<SessionsReader> {
    await this.log.ensureTopics(topicSpecs(LAYOUT));
    const { log, codecs, clock } = this;
    return new SessionsReader({
      ...{ log, codecs, clock, logger: SILENT_LOGGER, topic: TOPIC, partition: 0 },
      signal: new AbortController().signal,
      onRead: (records) => {
        for (const record of records) if (record.kind === 'slot') this.slots.push(record.event.slot);
      },
    });
  }

  append(...values: Buffer[]): void {
    for (const value of values) this.log.appendNow(TOPIC, 0, [{ key: Buffer.from('slot/x'), value }]);
  }

  slot(slot: number): Buffer {
    return this.codecs.slot.encode({ slot, slotEpoch: 1, gate: 'a' });
  }
}

test('records under the id of another release are read, after one question', async () => {
  const world = new World();
  const reader = await world.open();
  world.append(byOtherRelease(world.slot(1)), byOtherRelease(world.slot(2)), world.slot(3));
  await world.clock.until(reader.toEnd());
  assert.deepEqual([world.slots, world.registry.asked], [[1, 2, 3], 1]);
});

test('what nobody knows is left out alone, and so are bytes without an id', async () => {
  const world = new World();
  world.registry.isRegistered = false;
  const reader = await world.open();
  world.append(byOtherRelease(world.slot(1)), Buffer.from('junk'), world.slot(2));
  await world.clock.until(reader.toEnd());
  assert.deepEqual(world.slots, [2]);
});

test('while the registry is away such records are left out, and others are read', async () => {
  const world = new World();
  world.registry.isAway = true;
  const reader = await world.open();
  world.append(byOtherRelease(world.slot(1)), world.slot(2));
  await world.clock.until(reader.toEnd());
  assert.deepEqual(world.slots, [2]);
  world.registry.isAway = false;
  world.append(byOtherRelease(world.slot(3)));
  await world.clock.until(reader.toEnd());
  assert.deepEqual(world.slots, [2, 3]);
});

const following = async (world: World): Promise<void> => {
  const reader = await world.open();
  world.append(world.slot(1), world.slot(2));
  await world.clock.until(reader.toEnd());
  reader.follow((error) => world.failures.push(error));
  await world.clock.runFor(10);
};

test('where compaction takes the place it stands at, it goes on with what is left', async () => {
  const world = new World();
  await following(world);
  world.append(world.slot(3), world.slot(4), world.slot(5));
  world.log.forget(TOPIC, 0, 4);
  await world.clock.runFor(3_000);
  assert.deepEqual([world.slots, world.failures], [[1, 2, 5], []]);
});

test('a topic that was made anew, and one that is gone, end it with the reason', async () => {
  for (const isMadeAnew of [true, false]) {
    const world = new World();
    await following(world);
    world.log.removeTopic(TOPIC);
    if (isMadeAnew) await world.log.ensureTopics(topicSpecs(LAYOUT));
    await world.clock.runFor(10_000);
    assert.deepEqual(
      world.failures.map((error) => isBubbleError(error) && error.code),
      [isMadeAnew ? 'OFFSET_OUT_OF_RANGE' : 'UNKNOWN_TOPIC'],
    );
    assert.deepEqual(world.slots, [1, 2]);
  }
});
