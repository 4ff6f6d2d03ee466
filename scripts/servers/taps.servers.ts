/** The public topic is read by strangers' tools, and each counts what was produced. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '../../infra/random/seeded-random.ts';
import { syntheticCorpus } from '../corpus/synthetic-corpus.ts';
import { tapsTrial } from '../taps/trial.ts';

test('kcat, the console consumer, Python and DuckDB count what was produced', async () => {
  const lines = syntheticCorpus(new SeededRandom(7), { rooms: 5, users: 60, lines: 3_000 });
  const said: string[] = [];
  const { produced, python } = await tapsTrial({ lines, print: (text) => said.push(text) });
  // The trial compares; here only that there was something to compare.
  assert.ok(produced.events > 3_000 && produced.records > produced.events);
  for (const kind of ['message', 'membership', 'read', 'recall']) assert.ok(python[kind]! > 20, kind);
  assert.ok(said.some((text) => text.includes('kafka-console-consumer.sh')));
});
