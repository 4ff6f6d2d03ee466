import assert from 'node:assert/strict';
import { test } from 'node:test';
import { histogramLines, ruleOfThree } from './report.ts';

test('the bound of a claim of zero', () => {
  assert.match(ruleOfThree(300), /1\.0 % .*3\/300/);
  assert.equal(ruleOfThree(0), 'no trials');
});

test('a histogram counts each value once, the last range is open', () => {
  const lines = histogramLines([50, 60, 120, 999], [50, 100, 200]);
  assert.deepEqual(
    lines.map((line) => line.trim().split(/\s+/)[1]),
    ['2', '1', 'and'],
  );
  assert.match(lines[2]!, /200 and more\s+1\s+#+/);
});
