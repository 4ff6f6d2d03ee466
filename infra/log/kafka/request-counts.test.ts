import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { test } from 'node:test';
import { KafkaCounts, throttleMsOf } from './request-counts.ts';

test('error codes of answers are counted by their name, success is not', () => {
  const counts = new KafkaCounts();
  counts.answer([{ errorCode: 0 }, { errorCode: 6 }, { errorCode: 6 }]);
  counts.answer({ errorCode: 27 });
  counts.answer({ brokers: [] });
  counts.answer(undefined);
  assert.deepEqual(
    [...counts.errors.entries()],
    [
      ['NOT_LEADER_FOR_PARTITION', 2],
      ['REBALANCE_IN_PROGRESS', 1],
    ],
  );
});

test('the throttle time stands last in an answer to Produce, first in one to Fetch', () => {
  const payload = Buffer.alloc(12);
  payload.writeInt32BE(7, 0);
  payload.writeInt32BE(9, 8);
  assert.deepEqual(
    [throttleMsOf(0, payload), throttleMsOf(1, payload), throttleMsOf(11, payload)],
    [9, 7, 0],
  );
  assert.equal(throttleMsOf(0, Buffer.alloc(2)), 0);
});

test('bytes are those of the sockets, also after they have closed', async () => {
  const server = createServer((socket) => socket.on('data', (bytes) => void socket.end(bytes)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const counts = new KafkaCounts();
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  counts.opened(socket);
  socket.write('12345');
  socket.resume();
  assert.equal(counts.openConnections, 1);
  await once(socket, 'close');
  assert.deepEqual([counts.openConnections, counts.bytesSent, counts.bytesReceived], [0, 5, 5]);
  assert.equal(counts.connections, 1);
  server.close();
});
