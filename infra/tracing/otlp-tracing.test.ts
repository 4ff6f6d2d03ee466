import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { SimClock } from '../clock/sim-clock.ts';
import { systemClock } from '../clock/system-clock.ts';
import { SILENT_LOGGER } from '../logger/logger.ts';
import { openOtlpTracing, SpanQueue, traceIdOf } from './otlp-tracing.ts';
import { isSampled } from './tracing.ts';

interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
}

interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { key: string; value: { stringValue?: string } }[] };
    readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[];
  }[];
}

/** @param answer status of every answer */
const collector = async (answer: number) => {
  const sent: Sent[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      sent.push(JSON.parse(Buffer.concat(chunks).toString()) as Sent);
      response.writeHead(answer, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1/traces`,
    spans: () =>
      sent.flatMap((each) => each.resourceSpans.flatMap((of) => of.scopeSpans.flatMap((s) => s.spans))),
    resources: () => sent.flatMap((each) => each.resourceSpans.map(({ resource }) => resource)),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

const open = (url: string, processName: string) =>
  openOtlpTracing({
    url,
    share: 1,
    deployment: 'test',
    processName,
    version: '1',
    clock: systemClock,
    logger: SILENT_LOGGER,
  });

test('two processes that never spoke of it write spans of one trace, with the right parents', async () => {
  const received = await collector(200);
  try {
    const place = { partition: 3, offset: 41 };
    const [gate, processor] = [open(received.url, 'gate-1'), open(received.url, 'processor-1')];
    gate.span({ hop: 'gate.receive', place, startMs: 1_000, endMs: 1_001.5 });
    gate.span({ hop: 'inbound.append', place, startMs: 1_001.5, endMs: 1_004 });
    processor.span({ hop: 'fan-out.decide', place, startMs: 1_005, endMs: 1_005 });
    processor.span({ hop: 'inbox.append', place, inboxPartition: 2, startMs: 1_005, endMs: 1_007 });
    processor.span({ hop: 'delivery', place, inboxPartition: 2, startMs: 1_008, endMs: 1_008 });
    processor.span({ hop: 'timeline.write', place, inboxPartition: 2, startMs: 1_008, endMs: 1_009 });
    gate.span({ hop: 'gate.answer', place, inboxPartition: 2, slot: 0, startMs: 1_010, endMs: 1_010 });
    await Promise.all([gate.close(), processor.close()]);
    const spans = received.spans();
    assert.equal(spans.length, 7);
    assert.deepEqual([...new Set(spans.map(({ traceId }) => traceId))], [traceIdOf('test', place)]);
    const parents = new Map(spans.map(({ name, parentSpanId }) => [name, parentSpanId]));
    const ids = new Map(spans.map(({ name, spanId }) => [name, spanId]));
    assert.equal(parents.get('gate.receive') ?? '', '');
    assert.equal(parents.get('inbound.append'), ids.get('gate.receive'));
    assert.equal(parents.get('fan-out.decide'), ids.get('inbound.append'));
    assert.equal(parents.get('inbox.append'), ids.get('fan-out.decide'));
    assert.equal(parents.get('delivery'), ids.get('inbox.append'));
    assert.equal(parents.get('timeline.write'), ids.get('inbox.append'));
    assert.equal(parents.get('gate.answer'), ids.get('delivery'));
    assert.equal(new Set(ids.values()).size, 7);
    const receive = spans.find(({ name }) => name === 'gate.receive')!;
    assert.deepEqual([receive.startTimeUnixNano, receive.endTimeUnixNano], ['1000000000', '1001500000']);
    const names = received.resources().map(({ attributes }) => attributes);
    assert.ok(
      names.every((of) =>
        of.some(({ key, value }) => key === 'service.name' && value.stringValue === 'bubble'),
      ),
    );
  } finally {
    received.close();
  }
});

test('other places and other deployments are other traces', () => {
  const ids = [
    traceIdOf('a', { partition: 0, offset: 1 }),
    traceIdOf('b', { partition: 0, offset: 1 }),
    traceIdOf('a', { partition: 1, offset: 1 }),
    traceIdOf('a', { partition: 0, offset: 2 }),
  ];
  assert.equal(new Set(ids).size, 4);
  assert.ok(ids.every((id) => /^[0-9a-f]{32}$/.test(id)));
});

test('one command in so many is traced, spread over the offsets', () => {
  const sampled = Array.from({ length: 100_000 }, (_, offset) => offset).filter((offset) =>
    isSampled(offset, 100),
  );
  assert.ok(sampled.length > 900 && sampled.length < 1_100, String(sampled.length));
  const thirds = [0, 1, 2].map(
    (third) => sampled.filter((offset) => Math.floor(offset / 33_334) === third).length,
  );
  assert.ok(
    thirds.every((count) => count > 250),
    String(thirds),
  );
  assert.ok(isSampled(12_345, 1) && isSampled(2 ** 44 + 7, 1));
});

test('a collector that refuses: spans are dropped and counted, closing does not wait for it', async () => {
  const received = await collector(400);
  const tracing = open(received.url, 'gate-1');
  tracing.span({ hop: 'gate.receive', place: { partition: 0, offset: 0 }, startMs: 1, endMs: 2 });
  await tracing.close();
  received.close();
  assert.equal(tracing.dropped, 1);
});

test('beyond the bound spans are dropped, and one request is under way at a time', async () => {
  const clock = new SimClock();
  const requests: { spans: number; done: () => void }[] = [];
  const exporter = {
    export: (spans: readonly ReadableSpan[], done: (result: { code: number }) => void) => {
      requests.push({ spans: spans.length, done: () => done({ code: 0 }) });
    },
    shutdown: async () => {},
  };
  const queue = new SpanQueue(exporter, clock, SILENT_LOGGER);
  const span = {} as ReadableSpan;
  for (let count = 0; count < 5_000; count += 1) queue.onEnd(span);
  assert.equal(queue.dropped, 5_000 - 4_096);
  await clock.runFor(1_000);
  assert.deepEqual(
    requests.map(({ spans }) => spans),
    [512],
  );
  await clock.runFor(5_000);
  assert.equal(requests.length, 1);
  requests[0]!.done();
  await clock.runFor(0);
  assert.equal(requests.length, 2);
});
