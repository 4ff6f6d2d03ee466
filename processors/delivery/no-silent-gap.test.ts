/**
 * Random sessions, rows, repeats, holes, dropped slots, crashes and takeovers of delivery, against gates and clients
 * that keep the rules. At every moment: a client holds every row up to its C; and where its gate knows of nothing
 * newer than C, it holds every row up to what the gate calls proven. After the faults, heartbeats make it complete.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InboxEvent } from '../../schemas/events/inbox.ts';
import { deliveryTopic } from '../../schemas/topics.ts';
import {
  type Client,
  Gate,
  type GateSession,
  missing,
  newClient,
  World,
  type Wrong,
} from './testing/world.ts';

const LIMITS = {
  deliverySlotQueueBytes: 4_000,
  deliverySlotFullMs: 200,
  deliverySlotSilentMs: 400,
  proofMs: 1_000,
  deliverySlotRestMs: 2_000,
};
const USERS = ['a', 'b', 'c', 'd', 'e'];

/** mulberry32 */
const dice = (seed: number): ((bound: number) => number) => {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % bound;
  };
};

class Run {
  readonly world = new World(LIMITS);
  readonly gates: Gate[] = [];
  readonly clients: Client[];
  readonly #below: (bound: number) => number;
  readonly #wrong: Wrong;
  /** Events of each source since the first lost one. */
  readonly #lost: (InboxEvent[] | null)[] = [null, null];
  readonly #sent: InboxEvent[] = [];
  #release: (() => void)[] = [];

  constructor(seed: number, wrong: Wrong = 'nothing') {
    this.#below = dice(seed);
    this.#wrong = wrong;
    this.clients = USERS.flatMap((user) => [newClient(user, 'phone'), newClient(user, 'laptop')]);
  }

  async play(steps: number): Promise<void> {
    await this.world.open(2);
    for (const slot of [0, 1]) this.gates.push(new Gate(this.world, slot, 1, this.#wrong));
    await this.world.startDelivery();
    for (let step = 0; step < steps; step += 1) {
      await this.#step();
      this.check();
    }
    await this.#heal();
  }

  /** @throws AssertionError where a client believes what is not so */
  check(): void {
    this.world.readTruth();
    for (const client of this.clients) {
      assert.deepEqual(missing(this.world, client, client.completeness.completeTo), [], 'C is too high');
    }
    for (const gate of this.gates) {
      for (const { client, newest, provenTo } of gate.sessions.values()) {
        if (client.completeness.completeTo < newest) continue;
        assert.deepEqual(missing(this.world, client, provenTo), [], 'something false was proven');
      }
    }
  }

  async #step(): Promise<void> {
    const { world } = this;
    const gate = this.gates[this.#below(2)]!;
    const what = this.#below(100);
    if (what < 40) this.#row();
    else if (what < 52) world.connect(gate, this.clients[this.#below(this.clients.length)]!);
    else if (what < 57) this.#anySession(gate, (session) => world.disconnect(gate, session));
    else if (what < 62) this.#lose();
    else if (what < 67) this.#repair();
    else if (what < 71) world.append(...this.#sent.slice(-1 - this.#below(6)));
    else if (what < 76) this.#fault();
    else if (what < 80) this.#healLog();
    else if (what < 83) await this.#takeover();
    else if (what < 85) this.#newEpoch(this.#below(2));
    else if (what < 93) gate.read(this.#below(4) === 0 ? 1 + this.#below(5) : undefined);
    else gate.heartbeats();
    await world.clock.runFor([0, 0, 0, 30, 150, 700, 1_500][this.#below(7)]!);
  }

  #row(): void {
    const recipients = USERS.filter(() => this.#below(2) === 0);
    const source = this.#below(2);
    const sender = USERS[this.#below(USERS.length)]!;
    const gate = this.gates[this.#below(2)]!;
    const session = [...gate.sessions.values()].find(({ client }) => client.user === sender);
    const event = this.world.make({
      sender,
      recipients: [...new Set([sender, ...recipients])],
      source,
      ...(session === undefined ? {} : { returnTo: [gate.slot, gate.epoch, session.connection, 1] as const }),
    });
    this.#sent.push(event);
    this.#lost[source]?.push(event);
    this.world.append(event);
  }

  #lose(): void {
    const source = this.#below(2);
    const event = this.world.make({ sender: 'a', recipients: USERS, source });
    this.#lost[source] ??= [];
    this.#lost[source].push(event);
  }

  #repair(): void {
    for (const source of [0, 1]) {
      const events = this.#lost[source];
      this.#lost[source] = null;
      if (events != null) this.world.append(...events);
    }
  }

  #fault(): void {
    const kind = this.#below(4);
    const held = new Promise<void>((resolve) => this.#release.push(resolve));
    const slot = deliveryTopic(this.#below(2));
    this.world.log.fault = (topic) => {
      if (topic !== slot) return 'none';
      if (kind === 0) return 'lost';
      if (kind === 1) return 'unanswered';
      if (kind === 2) return held;
      return this.#below(2) === 0 ? 'unanswered' : 'none';
    };
  }

  #healLog(): void {
    this.world.log.fault = () => 'none';
    for (const release of this.#release) release();
    this.#release = [];
  }

  async #takeover(): Promise<void> {
    if (this.#below(2) === 0) this.world.crashDelivery();
    // Else a paused owner: it goes on beside the new one, with a lease that it believes in.
    await this.world.startDelivery();
  }

  #newEpoch(slot: number): void {
    const old = this.gates[slot]!;
    const next = new Gate(this.world, slot, old.epoch + 1, this.#wrong);
    this.gates[slot] = next;
    this.world.announceSlot(next);
  }

  #anySession(gate: Gate, action: (session: GateSession) => void): void {
    const sessions = [...gate.sessions.values()];
    const session = sessions[this.#below(Math.max(1, sessions.length))];
    if (session !== undefined) action(session);
  }

  async #heal(): Promise<void> {
    this.#healLog();
    this.#repair();
    const { world } = this;
    for (let round = 0; round < 3; round += 1) {
      await world.clock.runFor(2_500);
      for (const gate of this.gates) gate.read();
      this.check();
      for (const gate of this.gates) gate.heartbeats();
    }
    const upTo = world.readTruth();
    for (const gate of this.gates) {
      for (const { client, provenTo } of gate.sessions.values()) {
        assert.equal(provenTo, upTo, 'every session is proven in the end');
        assert.deepEqual(missing(world, client, upTo), [], 'every client is complete in the end');
      }
    }
  }
}

test('no silent gap, whatever happens to delivery and its slots', async () => {
  let dropped = 0;
  let pushes = 0;
  for (let seed = 1; seed <= 80; seed += 1) {
    const run = new Run(seed);
    try {
      await run.play(120);
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
    dropped += run.world.delivery.dropped;
    for (const gate of run.gates) pushes += gate.pushes;
  }
  assert.ok(dropped > 100 && pushes > 1_000, `the runs are too tame: ${dropped} dropped, ${pushes} pushed`);
});

for (const wrong of ['believes every proof', 'ignores prevSeq', 'loses pushes'] as const) {
  test(`the same runs catch a gate that ${wrong}`, async () => {
    let caught = 0;
    for (let seed = 1; seed <= 20; seed += 1) {
      await new Run(seed, wrong).play(120).catch((error: unknown) => {
        assert.ok(error instanceof assert.AssertionError);
        caught += 1;
      });
    }
    assert.ok(caught > 0);
  });
}
