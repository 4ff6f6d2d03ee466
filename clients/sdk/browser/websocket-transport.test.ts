import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserWebSocket, type StandardWebSocket } from './websocket-transport.ts';

class FakeWebSocket implements StandardWebSocket {
  binaryType = '';
  readyState = 0;
  bufferedAmount = 0;
  readonly sent: Uint8Array[] = [];
  closes = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;

  send(data: Uint8Array): void {
    this.sent.push(data);
  }

  close(): void {
    this.closes += 1;
    this.readyState = 3;
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }
}

const never = new AbortController().signal;

const begin = (signal = never) => {
  const webSocket = new FakeWebSocket();
  const seen: string[] = [];
  const connection = browserWebSocket('ws://x', () => webSocket).connect(
    {
      received: (bytes) => seen.push(`received ${bytes.length}`),
      drained: () => {},
      closed: (reason) => seen.push(`closed ${reason}`),
    },
    signal,
  );
  return { webSocket, seen, connection };
};

test('a browser’s WebSocket as a connection', async () => {
  const { webSocket, seen, connection } = begin();
  webSocket.open();
  const opened = await connection;
  assert.equal(webSocket.binaryType, 'arraybuffer');
  opened.send([Uint8Array.of(1), Uint8Array.of(2)]);
  webSocket.onmessage?.({ data: new Uint8Array(5).buffer });
  webSocket.onmessage?.({ data: 'text' });
  webSocket.onclose?.({ code: 1006, reason: '' });
  opened.destroy();
  opened.send([Uint8Array.of(3)]);
  assert.deepEqual(seen, ['received 5', 'received 0', 'closed WebSocket close code 1006']);
  assert.equal(webSocket.sent.length, 2);
});

test('no connection: refused, or given up', async () => {
  const refused = begin();
  refused.webSocket.onclose?.({ code: 1006, reason: '' });
  await assert.rejects(refused.connection, { code: 'CONNECTION_LOST', retryable: true });
  const abort = new AbortController();
  const given = begin(abort.signal);
  abort.abort();
  await assert.rejects(given.connection, { code: 'CONNECTION_LOST' });
  assert.ok(given.webSocket.closes > 0);
  given.webSocket.open();
  assert.deepEqual([refused.seen, given.seen], [[], []]);
});
