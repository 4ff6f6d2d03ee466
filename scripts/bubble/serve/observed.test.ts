/** One message through a server, as operators see it: its trace, its metrics, and what the log lines hold. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { connectNode } from '../../../clients/sdk/node/connect-node.ts';
import { HOPS, type Hop } from '../../../infra/tracing/tracing.ts';
import { clientContext } from '../client-context.ts';
import { runBubble, type Served, serveBubble } from '../testing/run-bubble.ts';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: Hop;
}
interface Export {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly Span[] }[] }[];
}

const BODY = 'the-body-that-no-log-line-may-hold';
const folder = mkdtempSync(join(tmpdir(), 'bubble-observed-'));
const spans: Span[] = [];
let changed = (): void => {};
const collector = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString()) as Export;
    for (const { scopeSpans } of resourceSpans) for (const scope of scopeSpans) spans.push(...scope.spans);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    changed();
  });
});
let server: Served | null = null;
after(async () => {
  await server?.kill();
  collector.closeAllConnections();
  collector.close();
  rmSync(folder, { recursive: true, force: true });
});

const enough = (isEnough: () => boolean): Promise<void> =>
  new Promise((resolve) => {
    changed = () => {
      if (isEnough()) resolve();
    };
    changed();
  });

const ofMessage = (): Span[] => {
  // Those of the one command that was pushed to somebody.
  const pushed = spans.find(({ name }) => name === 'gate.push');
  return spans.filter(({ traceId }) => traceId === pushed?.traceId);
};

test('a message that was sent and pushed: one trace with all hops, its metrics, no secrets in log lines', {
  timeout: 60_000,
}, async () => {
  collector.listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const { port } = collector.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/v1/traces`;
  const settings = [
    `tracing.otlp-url=${url}`,
    'tracing.share=1',
    'partitions.inbound=2',
    'partitions.inbox=2',
  ];
  const flags = [...settings.flatMap((each) => ['--set', each]), '--log-level', 'debug', '--limits', 'trial'];
  server = await serveBubble(folder, flags);
  const context = clientContext({ data: folder });
  const tokens: string[] = [];
  const clientOf = (user: string) =>
    connectNode({
      trustFile: context.file,
      user,
      device: 'phone',
      token: async () => {
        tokens.push(await context.tokenOf(user));
        return tokens.at(-1)!;
      },
      history: 'all',
    });
  const [ada, bob] = [clientOf('ada'), clientOf('bob')];
  const received = new Promise<void>((resolve) => {
    bob.on('row', (row) => {
      if (Buffer.from(row.content).toString() === BODY) resolve();
    });
  });
  await Promise.all([ada.start(), bob.start()]);
  const admin = JSON.parse(readFileSync(join(folder, 'admin.json'), 'utf8')) as {
    url: string;
    token: string;
  };
  const metricsNow = async () => (await fetch(`${admin.url}/metrics`)).text();
  // Before delivery knows bob's session, the row would come by a pull and no push be traced.
  while (!/^bubble_delivery_sessions 2$/m.test(await metricsNow()));
  assert.equal((await ada.send('bob', BODY)).kind, 'accepted');
  await received;
  await enough(() => new Set(ofMessage().map(({ name }) => name)).size === Object.keys(HOPS).length);
  const found = ofMessage();
  const ids = new Set(found.map(({ spanId }) => spanId));
  assert.equal(ids.size, found.length, 'no span twice');
  for (const { name, parentSpanId } of found) {
    if (HOPS[name].parent === null) assert.ok((parentSpanId ?? '') === '');
    else assert.ok(ids.has(parentSpanId!), `${name} hangs on a span of this trace`);
  }

  const refused = await runBubble([
    'send',
    'eve',
    'bob',
    BODY,
    '--data',
    folder,
    '--token',
    'wrong-token-of-eve',
  ]);
  assert.equal(refused.code, 1);
  const metrics = await metricsNow();
  for (const line of [
    'bubble_gate_commands_total{kind="message"} 1',
    'bubble_gate_answers_total{code="OK"} 1',
    'bubble_gate_answer_seconds_count 1',
    'bubble_gate_authentications_total{outcome="refused"} 1',
    'bubble_fanout_decisions_total{outcome="accepted"} 1',
    'bubble_delivery_answers_total 1',
    'bubble_trace_dropped_spans_total 0',
  ])
    assert.ok(metrics.split('\n').includes(line), `${line}\n${metrics}`);
  assert.match(metrics, /^bubble_gate_push_delay_seconds_count [1-9]/m);
  assert.match(metrics, /^bubble_timeline_writes_total\{outcome="written"\} [1-9]/m);
  await Promise.all([ada.stop(), bob.stop()]);
  assert.equal(await server.stop(), 0);

  const lines = server
    .err()
    .split('\n')
    .filter((line) => line.startsWith('{'));
  assert.ok(lines.length > 5, server.err());
  for (const line of lines) {
    const { part } = JSON.parse(line) as { part?: string };
    assert.ok(part !== undefined && part !== 'process', `whose line is this? ${line}`);
  }
  const text = server.err() + server.out();
  for (const secret of [BODY, 'wrong-token-of-eve', admin.token, ...tokens])
    assert.ok(!text.includes(secret));
  server = null;
});
