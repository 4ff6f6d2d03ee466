/** Clients against one scripted server: real frames, real channel, simulated time and network. */
import assert from 'node:assert/strict';
import type { Clock } from '../../../schemas/ports/clock.ts';
import type { Random } from '../../../schemas/ports/random.ts';
import { OP } from '../../../schemas/wire/operations.ts';
import { BubbleClient } from '../client.ts';
import type { ClientOptions } from '../client-options.ts';
import { nodeCryptoPort } from '../crypto/node-crypto-port.ts';
import { Manifests } from '../manifests.ts';
import type { Outcome } from '../outcome.ts';
import { type Row, textOf } from '../rows.ts';
import { idInBody, ScriptedServer } from './scripted-server.ts';
import { TRUST } from './server-handshake.ts';

/** A clock that only moves when it is told to. */
export interface SteppedClock extends Clock {
  /** Timers that wait. */
  readonly waiting: number;
  runFor(durationMs: number): Promise<void>;
  until<T>(promise: Promise<T>): Promise<T>;
}

export interface World {
  readonly clock: SteppedClock;
  readonly server: ScriptedServer;
  client(user: string, options?: Partial<ClientOptions>): Promise<Device>;
  stop(): Promise<void>;
}

export interface Device {
  readonly client: BubbleClient;
  readonly rows: Row[];
  readonly texts: () => string[];
  readonly states: string[];
  readonly errors: string[];
}

export const clientWorld = (clock: SteppedClock, random: Random): World => {
  const server = new ScriptedServer(clock);
  const clients: BubbleClient[] = [];
  return {
    clock,
    server,
    client: async (user, options = {}) => {
      const crypto = nodeCryptoPort();
      const client = new BubbleClient({
        user,
        device: { clientVersion: 1, deviceId: 'phone' },
        token: () => `token of ${user}`,
        transport: server.transport,
        crypto,
        clock,
        random,
        manifests: new Manifests(crypto, TRUST),
        ...options,
      });
      clients.push(client);
      const rows: Row[] = [];
      const states: string[] = [];
      const errors: string[] = [];
      client.on('row', (row) => rows.push(row));
      client.on('state', (phase) => states.push(phase.kind));
      client.on('error', (error) => errors.push(error.message));
      await client.start();
      return { client, rows, states, errors, texts: () => rows.map(textOf) };
    },
    stop: async () => {
      for (const client of clients) await client.stop();
      await clock.runFor(10);
      // Whatever is left now would keep a process alive.
      assert.equal(clock.waiting, 0, 'a timer is left after stop');
    },
  };
};

export const online = async ({ clock }: World, { client }: Device): Promise<void> => {
  for (let round = 0; client.phase.kind !== 'online'; round += 1) {
    assert.ok(round < 1_000, `not online: ${client.phase.kind}`);
    await clock.runFor(100);
  }
  await clock.runFor(20);
};

export const accepted = (outcome: Outcome): Outcome & { kind: 'accepted' } => {
  assert.equal(outcome.kind, 'accepted');
  return outcome as Outcome & { kind: 'accepted' };
};

export const sends = (server: ScriptedServer): bigint[] =>
  server.requestsOf(OP.SEND_MSG).map(({ body }) => idInBody(body));
