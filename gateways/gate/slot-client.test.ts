/** What other releases, and strangers, write into a slot's topic. Claims between gates: slot-choice.test.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimClock } from '../../infra/clock/sim-clock.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { SeededRandom } from '../../infra/random/seeded-random.ts';
import { byOtherRelease, OtherRelease } from '../../infra/schema-registry/testing/other-release.ts';
import { MemoryLog } from '../../infra/timeline/testing/memory-log.ts';
import { BubbleError, isBubbleError } from '../../schemas/errors.ts';
import type { Codecs } from '../../schemas/events/codecs.ts';
import { REPLACED_EVENT, SLOT_CLAIM_EVENT } from '../../schemas/events/delivery.ts';
import type { EventSchema } from '../../schemas/events/envelope.ts';
import { deliverySpec, deliveryTopic, type Layout, topicSpecs } from '../../schemas/topics.ts';
import { claimSlot, type DeliverySlot, type SlotLoss } from './slot-client.ts';

const LAYOUT: Layout = { inboundPartitions: 1, inboxPartitions: 1, epoch: 1, retentionMs: Infinity };
const SILENCE_MS = 10_000;

class World {
  readonly clock = new SimClock();
  readonly log = new MemoryLog(this.clock);
  readonly registry: OtherRelease;
  readonly codecs: Codecs;
  /** Connections that were told to be replaced. */
  readonly replaced: number[] = [];
  readonly losses: SlotLoss[] = [];
  /** What had been dispatched when a record could not be read. */
  readonly unreadable: number[][] = [];

  /** @param event what the other release writes */
  constructor(event: EventSchema = REPLACED_EVENT) {
    this.registry = new OtherRelease(event);
    this.codecs = this.registry.codecs();
  }

  claim(): Promise<DeliverySlot> {
    const { log, codecs, clock } = this;
    return claimSlot({
      ...{ log, codecs, clock, layout: LAYOUT, random: new SeededRandom(1), logger: SILENT_LOGGER },
      ...{ slot: 0, gateName: 'a', silenceMs: SILENCE_MS },
    });
  }

  async held(): Promise<DeliverySlot> {
    await this.log.ensureTopics(topicSpecs(LAYOUT));
    const slot = await this.clock.until(this.claim());
    const nothing = (): void => {};
    slot.start({
      ...{ push: nothing, joined: nothing, proof: nothing, batchEnded: () => undefined },
      replaced: ({ connection }) => void this.replaced.push(connection),
      unreadable: () => void this.unreadable.push([...this.replaced]),
      lost: (loss) => void this.losses.push(loss),
    });
    return slot;
  }

  append(...values: Buffer[]): void {
    for (const value of values) this.log.appendNow(deliveryTopic(0), 0, [{ key: null, value }]);
  }

  record(slotEpoch: number, connection: number): Buffer {
    return this.codecs.replaced.encode({ slotEpoch, connection });
  }
}

test('a record under the id of another release is read, after one question', async () => {
  const world = new World();
  const { epoch } = await world.held();
  for (const connection of [1, 2, 3]) world.append(byOtherRelease(world.record(epoch, connection)));
  world.append(world.record(epoch, 4));
  await world.clock.runFor(0);
  assert.deepEqual([world.replaced, world.registry.asked], [[1, 2, 3, 4], 1]);
});

test('what nobody can read is said before what lies behind it, and costs no slot', async () => {
  const world = new World();
  world.registry.isRegistered = false;
  const { epoch } = await world.held();
  const [one, two, three, four] = [1, 2, 3, 4].map((connection) => world.record(epoch, connection));
  const cutShort = world.record(epoch, 5).subarray(0, -1);
  world.append(
    one!,
    byOtherRelease(world.record(epoch, 6)),
    two!,
    Buffer.from('junk'),
    three!,
    cutShort,
    four!,
  );
  await world.clock.runFor(0);
  assert.deepEqual([world.replaced, world.losses], [[1, 2, 3, 4], []]);
  assert.deepEqual(world.unreadable, [[1], [1, 2], [1, 2, 3]]);
});

test('while the registry is away nothing behind such a record is read', async () => {
  const world = new World();
  world.registry.isAway = true;
  const slot = await world.held();
  world.append(byOtherRelease(world.record(slot.epoch, 1)), world.record(slot.epoch, 2));
  await world.clock.runFor(5_000);
  slot.tick(world.clock.monotonic());
  assert.deepEqual([world.replaced, world.losses], [[], []]);
  world.registry.isAway = false;
  await world.clock.runFor(1_000);
  assert.deepEqual(world.replaced, [1, 2]);
});

test('a registry that stays away costs the slot, as any silence does', async () => {
  const world = new World();
  world.registry.isAway = true;
  const slot = await world.held();
  world.append(byOtherRelease(world.record(slot.epoch, 1)));
  await world.clock.runFor(SILENCE_MS + 1);
  slot.tick(world.clock.monotonic());
  assert.deepEqual([world.replaced, world.losses], [[], ['unreadable']]);
});

test('a claim under the id of another release wins as any other', async () => {
  const world = new World(SLOT_CLAIM_EVENT);
  await world.log.ensureTopics([...topicSpecs(LAYOUT), deliverySpec(0)]);
  const append = world.log.append.bind(world.log);
  world.log.append = async (topic, partition, records, options) => {
    if (topic === deliveryTopic(0)) {
      // Another gate is faster: it takes the epoch that ours has seen as free.
      const claim = { slotEpoch: 1, claimant: 'other', gate: 'b' };
      world.append(byOtherRelease(world.codecs.slotClaim.encode(claim)));
    }
    return append(topic, partition, records, options);
  };
  await assert.rejects(world.clock.until(world.claim()), (error) => isBubbleError(error, 'SLOT_LOST'));
});

test('a read that fails for now costs no slot; a silence that lasts does', async () => {
  const world = new World();
  let isAway = false;
  const open = world.log.reader.bind(world.log);
  world.log.reader = async (...place) => {
    const reader = await open(...place);
    const read = reader.read.bind(reader);
    reader.read = (...limits) =>
      isAway
        ? Promise.reject(new BubbleError('LOG_TIMEOUT', 'no answer', { retryable: true }))
        : read({ ...limits[0], maxWaitMs: 100 }, limits[1]);
    return reader;
  };
  const slot = await world.held();
  isAway = true;
  await world.clock.runFor(SILENCE_MS - 1_000);
  slot.tick(world.clock.monotonic());
  isAway = false;
  world.append(world.record(slot.epoch, 1));
  await world.clock.runFor(1_000);
  assert.deepEqual([world.replaced, world.losses], [[1], []]);
  isAway = true;
  await world.clock.runFor(SILENCE_MS + 1_000);
  slot.tick(world.clock.monotonic());
  assert.deepEqual(world.losses, ['unreadable']);
});
