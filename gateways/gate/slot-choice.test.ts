import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimClock } from '../../infra/clock/sim-clock.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { SeededRandom } from '../../infra/random/seeded-random.ts';
import { testCodecs } from '../../infra/timeline/testing/inbox-writer.ts';
import { MemoryLog } from '../../infra/timeline/testing/memory-log.ts';
import { BubbleError } from '../../schemas/errors.ts';
import { deliveryTopic, type Layout, topicSpecs } from '../../schemas/topics.ts';
import { chooseSlot, claimChosenSlot, type SlotDirectory } from './slot-choice.ts';
import { claimSlot, type DeliverySlot, type SlotLoss } from './slot-client.ts';

const layout: Layout = { inboundPartitions: 1, inboxPartitions: 2, epoch: 1, retentionMs: Infinity };

class World {
  readonly clock = new SimClock();
  readonly log = new MemoryLog(this.clock);
  readonly codecs = testCodecs();
  readonly random = new SeededRandom(1);
  directory: SlotDirectory | undefined;
  readonly losses: (SlotLoss | null)[] = [];

  async open(): Promise<this> {
    await this.log.ensureTopics(topicSpecs(layout));
    return this;
  }

  options(gateName: string, configured?: number) {
    const { log, codecs, clock, random, directory } = this;
    return {
      ...{ log, codecs, layout, clock, random, gateName, logger: SILENT_LOGGER, silenceMs: 10_000 },
      slots: 5,
      ...(directory === undefined ? {} : { directory }),
      ...(configured === undefined ? {} : { configured }),
    };
  }

  claim(name: string, lost: number | null = null, slots = 5): Promise<DeliverySlot> {
    const options = { ...this.options(name), slots };
    return claimChosenSlot(
      (taken) => chooseSlot(options, new Set(taken === null ? [] : [taken])),
      (slot) => claimSlot({ ...options, slot }),
      lost,
    );
  }

  /** A gate that has claimed a slot and reads it. */
  async gate(name: string, lost: number | null = null): Promise<DeliverySlot> {
    const slot = await this.clock.until(this.claim(name, lost));
    const nothing = (): void => {};
    slot.start({
      ...{ push: nothing, joined: nothing, proof: nothing, replaced: nothing, unreadable: nothing },
      batchEnded: () => undefined,
      lost: (loss) => this.losses.push(loss),
    });
    return slot;
  }

  /** What delivery does for a slot with sessions. */
  prove(slot: number): void {
    const value = this.codecs.proof.encode({
      ...{ slotEpoch: 1, inboxPartition: 0, from: 0, to: 0, sessionsBelow: 0 },
    });
    this.log.appendNow(deliveryTopic(slot), 0, [{ key: null, value }]);
  }
}

const open = (): Promise<World> => new World().open();

test('a configured slot is taken, until another gate has taken it from us', async () => {
  const world = await open();
  assert.equal(await chooseSlot(world.options('a', 3)), 3);
  assert.equal(await chooseSlot(world.options('a', 3), new Set([3])), 0);
});

test('the directory suggests, and is told what to avoid', async () => {
  const world = await open();
  const asked: [string, number[]][] = [];
  world.directory = {
    suggestSlot: async (gate, avoid) => {
      asked.push([gate, [...avoid]]);
      return 7;
    },
  };
  assert.equal(await chooseSlot(world.options('a'), new Set([2])), 7);
  assert.deepEqual(asked, [['a', [2]]]);
});

test('a directory that is away does not keep a gate from starting', async () => {
  const world = await open();
  world.directory = {
    suggestSlot: async () => {
      throw new BubbleError('STORE_AWAY', 'etcd is away', { retryable: true });
    },
  };
  assert.equal((await world.gate('a')).slot, 0);
  assert.equal((await world.gate('b')).slot, 1);
});

test('without a directory: its own old slot first, then the lowest quiet one', async () => {
  const world = await open();
  assert.equal((await world.gate('a')).slot, 0);
  assert.equal((await world.gate('b')).slot, 1);
  assert.equal((await world.gate('c')).slot, 2);
  // b crashes and starts again; its sessions keep the slot loud.
  world.prove(1);
  assert.equal((await world.gate('b')).slot, 1);
  await world.clock.runFor(31_000);
  world.prove(0);
  world.prove(1);
  assert.equal((await world.gate('d')).slot, 2, 'c is quiet: nobody is connected there');
  assert.deepEqual(world.losses, ['superseded', 'superseded'], "b's former life, and c");
});

test('after superseded a gate moves on to another slot, not back', async () => {
  const world = await open();
  const first = await world.gate('a');
  await world.clock.runFor(31_000);
  await world.gate('b');
  await world.clock.runFor(0);
  assert.deepEqual(world.losses, ['superseded']);
  const second = await world.gate('a', first.slot);
  assert.equal(second.slot, 1);
  await world.clock.runFor(1_000);
  assert.deepEqual(world.losses, ['superseded'], 'b keeps what it has');
});

test('two gates that start at once end with two slots', async () => {
  const world = await open();
  const names = ['a', 'b', 'c', 'd'];
  const slots = await world.clock.until(Promise.all(names.map((name) => world.claim(name, null, 10))));
  assert.equal(new Set(slots.map(({ slot }) => slot)).size, 4);
});

test('all slots in use: refused, to be tried again', async () => {
  const world = await open();
  for (const name of ['a', 'b', 'c', 'd', 'e']) await world.gate(name);
  await assert.rejects(chooseSlot(world.options('f')), { code: 'SLOT_LOST', retryable: true });
  await world.clock.runFor(31_000);
  assert.equal(await chooseSlot(world.options('f')), 0);
});

test('a slot that others claim first again and again: given up after some attempts', async () => {
  const asked: (number | null)[] = [];
  const choose = async (lost: number | null): Promise<number> => asked.push(lost) - 1;
  const claim = async (slot: number): Promise<never> => {
    throw new BubbleError('SLOT_LOST', `slot ${slot} was claimed by another gate`);
  };
  await assert.rejects(claimChosenSlot(choose, claim, 99), { code: 'SLOT_LOST' });
  assert.deepEqual(asked, [99, ...Array.from({ length: 15 }, (_, slot) => slot)]);
});
