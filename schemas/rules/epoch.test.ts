import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { INBOX_KIND } from '../events/inbox.ts';
import { numberAt } from '../positions.ts';
import { NO_SOURCE, SourceVector } from './acceptance.ts';
import { acceptRecord, isFinished, lastOfEpoch } from './epoch.ts';

const MESSAGE = 0;
const seal = (source: number, src: number, prev = NO_SOURCE) => ({
  kind: INBOX_KIND.SEAL,
  source,
  src,
  prev,
});

test('an accepted seal closes its source, and the partition is finished when all are closed', () => {
  const vector = new SourceVector();
  assert.equal(acceptRecord(vector, seal(1, numberAt(1, 7))), 'accepted');
  assert.equal(isFinished(vector.toArray(), 1, 2), false);
  assert.equal(acceptRecord(vector, seal(0, numberAt(1, 2), numberAt(1, 1))), 'hole');
  assert.equal(isFinished(vector.toArray(), 1, 2), false, 'a seal behind a hole closes nothing');
  assert.equal(acceptRecord(vector, seal(0, numberAt(1, 2))), 'accepted');
  assert.equal(isFinished(vector.toArray(), 1, 2), true);
  assert.equal(isFinished(vector.toArray(), 2, 2), false);
  assert.equal(
    acceptRecord(vector, { kind: MESSAGE, source: 1, src: numberAt(1, 9), prev: numberAt(1, 7) }),
    'repeat',
  );
  assert.equal(acceptRecord(vector, seal(1, numberAt(1, 7))), 'repeat');
  assert.equal(lastOfEpoch(1) + 1, numberAt(2, 0));
  assert.equal(isFinished([], 1, 1), false);
});

interface InboxRecord {
  readonly kind: number;
  readonly source: number;
  readonly src: number;
  readonly prev: number;
  /** One recipient, by number. */
  readonly user: number;
}

/** What sources put into the partitions of two epochs, each of their chains in order. */
const chainsOf = (
  plan: readonly (readonly number[])[],
  cuts: readonly number[],
  old: number,
  fresh: number,
) => {
  const chains: { epoch: number; partition: number; records: InboxRecord[] }[] = [];
  const expected: string[] = [];
  for (const [source, users] of plan.entries()) {
    const cut = Math.min(cuts[source] ?? 0, users.length);
    const epochs = [
      { epoch: 1, count: old, from: 0, to: cut },
      { epoch: 2, count: fresh, from: cut, to: users.length },
    ];
    for (const { epoch, count, from, to } of epochs) {
      const own = Array.from({ length: count }, (_, partition) => ({
        epoch,
        partition,
        records: [] as InboxRecord[],
      }));
      const prevOf = (partition: number): number => own[partition]!.records.at(-1)?.src ?? NO_SOURCE;
      for (let at = from; at < to; at += 1) {
        const user = users[at]!;
        const partition = user % count;
        // The fact stands between the two, at the offset of the cut.
        const src = numberAt(epoch, epoch === 1 ? at : at + 1);
        own[partition]!.records.push({ kind: MESSAGE, source, src, prev: prevOf(partition), user });
        expected.push(`${user}:${src}:${source}`);
      }
      if (epoch === 1) {
        for (const { partition, records } of own) {
          records.push({ ...seal(source, numberAt(1, cut), prevOf(partition)), user: -1 });
        }
      }
      chains.push(...own);
    }
  }
  return { chains, expected: expected.sort() };
};

/** Interleaves the chains of each partition, and repeats stretches of a chain later on, also behind its seal. */
const logsOf = (
  chains: ReturnType<typeof chainsOf>['chains'],
  dice: () => number,
): Map<string, InboxRecord[]> => {
  const logs = new Map<string, InboxRecord[]>();
  const names = [...new Set(chains.map(({ epoch, partition }) => `${epoch}/${partition}`))];
  for (const name of names) {
    const own = chains.filter(({ epoch, partition }) => `${epoch}/${partition}` === name);
    const log: InboxRecord[] = [];
    const next = own.map(() => 0);
    for (let open = own.flatMap((_, index) => index); open.length > 0; ) {
      const index = open[dice() % open.length]!;
      const { records } = own[index]!;
      if (next[index]! < records.length) log.push(records[next[index]!]!);
      next[index]! += 1;
      // A former owner that wakes up: from somewhere it has been to, some records again.
      if (dice() % 4 === 0 && next[index]! > 0) {
        const from = dice() % next[index]!;
        log.push(...records.slice(from, Math.min(next[index]!, from + (dice() % 4))));
      }
      open = own.flatMap((chain, each) => (next[each]! <= chain.records.length ? [each] : []));
    }
    logs.set(name, log);
  }
  return logs;
};

/** A reader as timeline and delivery are: restarts lose what it has not stored; the new topic waits for the old. */
const readAll = (
  logs: Map<string, InboxRecord[]>,
  old: number,
  fresh: number,
  sources: number,
  dice: () => number,
) => {
  const rows: string[] = [];
  const stored = new Map<string, { offset: number; vector: number[] }>();
  const step = (name: string): void => {
    const at = stored.get(name) ?? { offset: 0, vector: [] };
    const vector = new SourceVector(at.vector);
    const batch = logs.get(name)!.slice(at.offset, at.offset + 1 + (dice() % 5));
    const found = batch.flatMap((record) =>
      acceptRecord(vector, record) === 'accepted' && record.kind !== INBOX_KIND.SEAL
        ? [`${record.user}:${record.src}:${record.source}`]
        : [],
    );
    // A crash before it is stored: the same batch comes again.
    if (dice() % 5 === 0) return;
    rows.push(...found);
    stored.set(name, { offset: at.offset + batch.length, vector: vector.toArray() });
  };
  const names = (epoch: number, count: number): string[] =>
    Array.from({ length: count }, (_, partition) => `${epoch}/${partition}`);
  const finished = (name: string): boolean => isFinished(stored.get(name)?.vector ?? [], 1, sources);
  for (let turns = 0; !names(1, old).every(finished); turns += 1) {
    assert.ok(turns < 100_000, 'the old epoch is finished at some time');
    step(names(1, old)[dice() % old]!);
  }
  const behind = rows.length;
  // Whoever still reads the old topic finds nothing any more.
  for (let turn = 0; turn < 200; turn += 1) step(names(1, old)[dice() % old]!);
  assert.equal(rows.length, behind);
  for (const name of names(2, fresh)) {
    while ((stored.get(name)?.offset ?? 0) < logs.get(name)!.length) step(name);
  }
  return rows;
};

test('over a change no row is lost or doubled, whatever is repeated, interleaved or crashes', () => {
  const sources = fc.array(fc.array(fc.nat(6), { maxLength: 25 }), { minLength: 1, maxLength: 4 });
  const plan = fc.record({
    sources,
    cuts: fc.array(fc.nat(25), { minLength: 4, maxLength: 4 }),
    old: fc.integer({ min: 1, max: 3 }),
    more: fc.integer({ min: 1, max: 3 }),
    seed: fc.nat(),
  });
  fc.assert(
    fc.property(plan, ({ sources, cuts, old, more, seed }) => {
      let state = seed + 1;
      const dice = (): number => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return state >>> 8;
      };
      const { chains, expected } = chainsOf(sources, cuts, old, old + more);
      const rows = readAll(logsOf(chains, dice), old, old + more, sources.length, dice);
      assert.deepEqual(rows.sort(), expected);
    }),
    { numRuns: 500 },
  );
});
