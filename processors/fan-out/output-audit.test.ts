import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OutputAudit } from './output-audit.ts';

const TARGET = { topic: 'inbox', partition: 3 };
const at = (offset: number, src: number) => ({ offset, vector: [-1, src] });
const audited = (): OutputAudit => {
  const audit = new OutputAudit(1);
  audit.acknowledged(TARGET.topic, TARGET.partition, 10, 100);
  audit.acknowledged(TARGET.topic, TARGET.partition, 20, 200);
  return audit;
};

test('a reader that has passed an output and not seen it tells from where to repair', () => {
  const audit = audited();
  assert.equal(audit.examine(TARGET, [at(10, 50)]), null, 'the reader has not passed it');
  assert.equal(audit.examine(TARGET, [at(11, 99)]), 99);
  assert.equal(audit.examine(TARGET, [{ offset: 11, vector: [] }]), -1);
  assert.equal(audit.examine(TARGET, [at(11, 100), at(30, 70)]), 70, 'the lowest of all readers');
});

test('once all readers have seen an output the newest one is examined, then nothing', () => {
  const audit = audited();
  assert.equal(audit.examine(TARGET, [at(15, 100), at(9, 0)]), null, 'one is still before it');
  assert.equal(audit.examine(TARGET, [at(15, 150), at(15, 100)]), null);
  assert.equal(audit.examine(TARGET, [at(21, 199)]), 199);
  assert.equal(audit.examine(TARGET, [at(21, 200)]), null);
  assert.deepEqual(audit.partitions(), []);
});

test('without readers nothing is decided', () => {
  const audit = audited();
  assert.equal(audit.examine(TARGET, []), null);
  assert.equal(audit.partitions().length, 1);
  audit.clear();
  assert.equal(audit.partitions().length, 0);
});

test('an offset below an end that was there before tells of a partition made anew', async () => {
  const audit = new OutputAudit(1);
  const endingAt = (end: number) => ({ range: async () => ({ begin: 0, end }) });
  audit.ended('inbox', 0, 10);
  audit.acknowledged('inbox', 0, 10, 100);
  audit.acknowledged('inbox', 1, 0, 100);
  assert.equal(await audit.fellBack(endingAt(0)), null, 'nothing is suspect');
  audit.examine({ topic: 'inbox', partition: 0 }, [at(25, 100)]);
  audit.acknowledged('inbox', 0, 24, 200);
  assert.equal(await audit.fellBack(endingAt(25)), null, 'an answer that came late');
  assert.equal(await audit.fellBack(endingAt(0)), null, 'and is forgotten');
  audit.acknowledged('inbox', 0, 3, 300);
  assert.match(
    (await audit.fellBack(endingAt(4))) ?? '',
    /offset 3 again: it ends at 4, and has ended at 25/,
  );
});
