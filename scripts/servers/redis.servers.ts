/** The Redis client and what stands on it, against a real Redis. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { presenceContract } from '../../infra/presence/contract.ts';
import { openRedisPresence } from '../../infra/redis/redis-presence.ts';
import { redisScript } from '../../infra/redis/redis-script.ts';
import { RedisSpentTickets } from '../../infra/redis/redis-spent-tickets.ts';
import { isBubbleError } from '../../schemas/errors.ts';
import { eventually, type RedisFixture, redisFixture } from './redis-fixture.ts';

describe('Redis', { concurrency: false }, () => {
  let fixture: RedisFixture;
  before(async () => {
    fixture = await redisFixture();
  });
  after(() => fixture.end());

  const isAway = (error: unknown): boolean => isBubbleError(error, 'STORE_AWAY') && error.retryable;

  test('commands of one turn share a write, scripts survive a restart, a wrong script is our error', async () => {
    const client = await fixture.connect({ keyPrefix: 'x:' });
    const set = redisScript(`return redis.call('SET', KEYS[1], ARGV[1])`);
    await Promise.all(Array.from({ length: 500 }, (_, at) => client.run(set, [`k${at}`], [at])));
    assert.equal(await fixture.server.ask('GET', 'x:k7'), '7');
    assert.deepEqual(
      (await client.getAll(['k1', 'none', 'k499'])).map((value) => value?.toString() ?? null),
      ['1', null, '499'],
    );
    await fixture.server.ask('SCRIPT', 'FLUSH');
    await client.run(set, ['k1'], ['again']);
    assert.equal(await fixture.server.ask('GET', 'x:k1'), 'again');
    const wrong = redisScript(`return redis.call('INCR', KEYS[1])`);
    await assert.rejects(client.run(wrong, ['k1'], []), { code: 'REFUSED', retryable: false });
    assert.equal(client.pending, 0);
  });

  test('a ticket is spent once, whichever gate asks, until it is over', async () => {
    const [one, other] = [await fixture.connect(), await fixture.connect()];
    const [gate, neighbour] = [new RedisSpentTickets(one), new RedisSpentTickets(other)];
    const untilMs = Date.now() + 2_000;
    assert.equal(await gate.isSpent('ticket'), false);
    const spent = await Promise.all([gate, neighbour].map((each) => each.spend('ticket', untilMs)));
    assert.deepEqual(spent.sort(), [false, true]);
    assert.deepEqual([await gate.isSpent('ticket'), await neighbour.isSpent('other')], [true, false]);
    // Nothing is kept for longer than the ticket would be good for.
    await eventually('it is forgotten', async () => !(await gate.isSpent('ticket')));
  });

  test('what waits is bounded by commands and by bytes', async () => {
    const client = await fixture.connect({ limits: { pendingCommands: 10, pendingBytes: 1_000 } });
    const answers = await Promise.allSettled(Array.from({ length: 25 }, () => client.getAll(['some'])));
    assert.equal(answers.filter(({ status }) => status === 'fulfilled').length, 10);
    const refused = answers.filter((answer) => answer.status === 'rejected');
    assert.ok(refused.length === 15 && refused.every(({ reason }) => isAway(reason)));
    await assert.rejects(client.getAll(['x'.repeat(2_000)]), isAway);
    assert.equal(client.pending, 0);
    await client.getAll(['some']);
  });

  test('killed: commands are refused at once, those under way too, and it comes back by itself', async () => {
    const client = await fixture.connect();
    const slow = redisScript(`local n = 0 for i = 1, 3e8 do n = n + i end return n`);
    const underWay = assert.rejects(client.run(slow, [], []), isAway);
    await fixture.server.process.kill();
    await underWay;
    await eventually('it is seen', () => client.awayForMs !== null);
    const started = performance.now();
    for (let at = 0; at < 1_000; at += 1) await assert.rejects(client.getAll(['some']), isAway);
    assert.ok(performance.now() - started < 1_000, 'a refusal costs no waiting');
    await fixture.server.process.start();
    await eventually('it is back', () => client.awayForMs === null);
    assert.deepEqual(await client.getAll(['some']), [null]);
  });

  test('stopped (SIGSTOP): no command waits for longer than its time, memory is bounded, then it goes on', async () => {
    const client = await fixture.connect({
      limits: { answerWithinMs: 300, connectWithinMs: 300, pendingCommands: 100 },
    });
    fixture.server.process.signal('SIGSTOP');
    const started = performance.now();
    const answers = await Promise.allSettled(
      Array.from({ length: 200 }, () => client.getAll(['x'.repeat(100)])),
    );
    assert.ok(answers.every((answer) => answer.status === 'rejected' && isAway(answer.reason)));
    const tookMs = performance.now() - started;
    assert.ok(tookMs > 200 && tookMs < 2_000, `${tookMs} ms`);
    assert.equal(client.pending, 0);
    fixture.server.process.signal('SIGCONT');
    await eventually('it is back', () => client.awayForMs === null);
    await client.getAll(['some']);
  });

  presenceContract('presence in Redis', async () => {
    const client = await fixture.connect();
    await fixture.server.ask('FLUSHALL');
    return {
      store: openRedisPresence(client),
      empty: async () => void (await fixture.server.ask('FLUSHALL')),
      close: () => client.close(),
    };
  });
});
