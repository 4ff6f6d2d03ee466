import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { isBubbleError } from '../../../schemas/errors.ts';
import { systemClock } from '../../clock/system-clock.ts';
import { SILENT_LOGGER } from '../../logger/logger.ts';
import { BrokerConnection } from './broker-connection.ts';

const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

test('a broker that takes connections and says nothing: given up in time, and nothing is left of the attempt', async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const before = timers();
  for (const ssl of [{}, null]) {
    const options = { clientId: 'test', ssl, sasl: null, connectTimeoutMs: 50 };
    const opening = BrokerConnection.open('127.0.0.1', port, {
      ...options,
      clock: systemClock,
      logger: SILENT_LOGGER,
    });
    await assert.rejects(opening, (error) => isBubbleError(error, 'LOG_TIMEOUT') && error.retryable);
  }
  assert.equal(timers(), before);
  for (const socket of sockets) socket.destroy();
  server.close();
});
