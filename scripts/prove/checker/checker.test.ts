import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HistoryChecker } from './checker.ts';
import { eventFromLine, eventToLine, type HistoryEvent, type SeenRow } from './history.ts';
import { ROW } from './model.ts';
import { synthesizeList } from './synthetic-history.ts';
import type { ViolationKind } from './violations.ts';

const OPTIONS = { seed: 7, users: 6, groups: 3, sends: 400 };
const clean = synthesizeList(OPTIONS);

const judge = (events: readonly HistoryEvent[]) => {
  const checker = new HistoryChecker({ membershipRowsBelow: 200, uniqueBodies: true });
  for (const event of events) checker.add(event);
  return checker.finish();
};

type Event<T extends HistoryEvent['type']> = Extract<HistoryEvent, { type: T }>;
const isType =
  <T extends HistoryEvent['type']>(type: T) =>
  (event: HistoryEvent): event is Event<T> =>
    event.type === type;

/** The history with one event replaced (by any number of others). */
const replaced = <T extends HistoryEvent['type']>(
  type: T,
  which: (event: Event<T>) => boolean,
  by: (event: Event<T>) => HistoryEvent[],
): HistoryEvent[] => {
  const index = clean.findIndex((event) => isType(type)(event) && which(event as Event<T>));
  assert(index >= 0, `no ${type} to plant the fault in`);
  return [...clean.slice(0, index), ...by(clean[index] as Event<T>), ...clean.slice(index + 1)];
};

/** The history with the rows of one final reading changed. */
const withInbox = (
  which: (rows: readonly SeenRow[]) => boolean,
  change: (rows: SeenRow[]) => SeenRow[],
): HistoryEvent[] =>
  replaced(
    'final',
    (event) => which(event.rows),
    (event) => [{ ...event, rows: change([...event.rows]) }],
  );

const isMessage = (row: SeenRow): boolean => row.kind === ROW.MESSAGE;
const foreign = (row: SeenRow): boolean => isMessage(row) && !row.own;
const without = (rows: SeenRow[], which: (row: SeenRow) => boolean): SeenRow[] => {
  const index = rows.findLastIndex(which);
  return rows.filter((_, at) => at !== index);
};
const changed = (
  rows: SeenRow[],
  which: (row: SeenRow) => boolean,
  by: (row: SeenRow) => SeenRow,
): SeenRow[] => {
  const index = rows.findIndex(which);
  return rows.map((row, at) => (at === index ? by(row) : row));
};

const finds = (name: string, kind: ViolationKind, events: () => HistoryEvent[], words?: RegExp): void => {
  test(`finds ${kind}: ${name}`, () => {
    const report = judge(events());
    assert((report.byKind.get(kind) ?? 0) > 0, `found ${JSON.stringify([...report.byKind])}`);
    const first = report.first.find((violation) => violation.kind === kind);
    assert.match(first?.message ?? '', words ?? /u\d|#/);
  });
};

test('a clean history passes', () => {
  const report = judge(clean);
  assert.deepEqual(report.first, []);
  assert.equal(report.violations, 0);
  assert.equal(report.devicesComplete, report.devices);
  assert(report.answered > 200);
});

test('property: clean histories of any seed and shape pass', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1_000_000 }),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 0, max: 4 }),
      (seed, users, groups) => {
        const report = judge(synthesizeList({ seed, users, groups, sends: 120 }));
        assert.deepEqual(report.first, []);
      },
    ),
    { numRuns: 60 },
  );
});

test('property: a row taken out of any inbox, or put twice into it, is found', () => {
  const finals = clean.filter(isType('final'));
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.boolean(), (which, at, doubled) => {
      const final = finals[which % finals.length]!;
      const index = at % final.rows.length;
      const rows = doubled
        ? [...final.rows, { ...final.rows[index]!, seq: final.syncedTo + 1 }]
        : final.rows.filter((_, position) => position !== index);
      const report = judge(clean.map((event) => (event === final ? { ...final, rows } : event)));
      assert(report.violations > 0);
      assert(report.byKind.has(doubled ? 'duplicate' : 'lost') || !doubled);
    }),
    { numRuns: 60 },
  );
});

test('the lines of a history give the same events back', () => {
  for (const event of clean) assert.deepEqual(eventFromLine(eventToLine(event)), event);
  assert.throws(() => eventFromLine('["nonsense",1]'), /not an event/);
});

finds('an answered row missing at its recipient', 'lost', () =>
  withInbox(
    (rows) => rows.some(foreign),
    (rows) => without(rows, foreign),
  ),
);
finds('an answered row missing everywhere', 'lost', () => {
  const target = clean.find((event) => isType('answered')(event) && event.ret === 0) as Event<'answered'>;
  return clean.map((event) =>
    isType('final')(event)
      ? { ...event, rows: event.rows.filter((row) => row.clientMsgId !== target.clientMsgId) }
      : event,
  );
});
finds('PENDING and then nothing', 'lost', () => [
  ...clean,
  {
    type: 'invoked',
    device: 'u0/phone',
    conversation: 'd/u0/u1',
    clientMsgId: 5n,
    kind: 0,
    digest: 9,
    users: [],
  },
  {
    type: 'answered',
    device: 'u0/phone',
    conversation: 'd/u0/u1',
    clientMsgId: 5n,
    ret: 1,
    duplicate: false,
    serverMsgId: 0n,
    seq: 0,
    prevSeq: 0,
    convSeq: 0,
    digest: 9,
  },
]);
finds('a row that was never sent', 'phantom', () =>
  replaced(
    'invoked',
    (event) => event.kind === 0,
    () => [],
  ),
);
finds('a row with another body', 'phantom', () =>
  clean.map((event) =>
    isType('invoked')(event) && event.clientMsgId === 1100n ? { ...event, digest: 1 } : event,
  ),
);
finds('one id twice in an inbox', 'duplicate', () =>
  withInbox(
    (rows) => rows.some(foreign),
    (rows) => [...rows, { ...rows.find(foreign)!, seq: rows.at(-1)!.seq + 1 }],
  ),
);
finds('one body under two ids', 'duplicate', () =>
  clean.map((event) =>
    isType('final')(event)
      ? {
          ...event,
          rows: event.rows.map((row) =>
            row.kind === ROW.MESSAGE && row.conversation === 'd/u0/u1' ? { ...row, digest: 77 } : row,
          ),
        }
      : event,
  ),
);
finds('two rows of a conversation exchanged in one inbox', 'inversion', () =>
  withInbox(
    (rows) => rows.filter((row) => row.conversation === 'd/u0/u1').length > 1,
    (rows) => {
      const [a, b] = rows.filter((row) => row.conversation === 'd/u0/u1');
      return rows.map((row) =>
        row === a ? { ...b!, seq: a!.seq } : row === b ? { ...a!, seq: b!.seq } : row,
      );
    },
  ),
);
finds('a device whose later message stands before what it had seen', 'inversion', () => {
  const rows = clean.find((event) => isType('final')(event) && event.user === 'u0') as Event<'final'>;
  const own = rows.rows.filter((row) => row.from === 'u0/phone' && row.conversation.startsWith('d/'));
  const [first, second] = own.filter((row) => row.conversation === own[0]!.conversation);
  const swap = new Map([
    [first!.clientMsgId, second!.clientMsgId],
    [second!.clientMsgId, first!.clientMsgId],
  ]);
  // The invocations are told in the other order than the log has them.
  return clean.map((event) =>
    isType('invoked')(event) && swap.has(event.clientMsgId)
      ? { ...event, clientMsgId: swap.get(event.clientMsgId)!, digest: 0 }
      : event,
  );
});
finds('a falling version in an inbox', 'backward-version', () =>
  withInbox(
    (rows) => rows.length > 3,
    (rows) =>
      changed(
        rows,
        (row) => row === rows[2],
        (row) => ({ ...row, seq: rows[0]!.seq }),
      ),
  ),
);
finds('a page whose rows fall', 'backward-version', () =>
  replaced(
    'pulled',
    (event) => event.rows.length > 1,
    (event) => [{ ...event, rows: event.rows.toReversed() }],
  ),
);
finds('a version below one that the device knew when it sent', 'backward-version', () => {
  const answer = clean.findLast((event) => isType('answered')(event) && event.ret === 0) as Event<'answered'>;
  const user = answer.device.slice(0, 2);
  return clean.map((event) =>
    isType('final')(event) && event.user === user
      ? {
          ...event,
          rows: event.rows
            .map((row) => (row.clientMsgId === answer.clientMsgId ? { ...row, seq: 1 } : row))
            .sort((a, b) => a.seq - b.seq),
        }
      : event,
  );
});
finds('a device that was pushed another version', 'different-rows', () =>
  replaced(
    'pushed',
    () => true,
    (event) => [{ ...event, row: { ...event.row, seq: event.row.seq - 0.5 } }],
  ),
);
finds('a device that was pushed another body', 'different-rows', () =>
  replaced(
    'pushed',
    (event) => isMessage(event.row),
    (event) => [{ ...event, row: { ...event.row, digest: 3 } }],
  ),
);
finds('two inboxes with different rows', 'different-rows', () =>
  withInbox(
    (rows) => rows.some(foreign),
    (rows) => changed(rows, foreign, (row) => ({ ...row, digest: 3 })),
  ),
);
finds('another serverMsgId', 'different-rows', () =>
  withInbox(
    (rows) => rows.some(foreign),
    (rows) => changed(rows, foreign, (row) => ({ ...row, serverMsgId: 3n })),
  ),
);
finds('own where it is not', 'different-rows', () =>
  withInbox(
    (rows) => rows.some(foreign),
    (rows) => changed(rows, foreign, (row) => ({ ...row, own: true })),
  ),
);
finds('two final readings that differ', 'different-rows', () => {
  const final = clean.find(isType('final'))!;
  return [...clean, { ...final, rows: final.rows.slice(1) }];
});
finds('an answer with a version where the row is not', 'read-your-write', () =>
  replaced(
    'answered',
    (event) => event.ret === 0,
    (event) => [{ ...event, seq: event.seq + 0.5 }],
  ),
);
finds('a 1:1 row at a third user', 'leak', () => {
  const row = (
    clean.find((event) => isType('final')(event) && event.user === 'u0') as Event<'final'>
  ).rows.find((candidate) => candidate.conversation === 'd/u0/u1')!;
  return clean.map((event) =>
    isType('final')(event) && event.user === 'u3'
      ? { ...event, rows: [...event.rows, { ...row, own: false, seq: event.syncedTo + 1 }] }
      : event,
  );
});
finds('a group row at one who is no member', 'leak', () => {
  const left = clean
    .filter(isType('final'))
    .flatMap((event) => event.rows)
    .find((row) => row.change === 3)!;
  const user = left.users[0]!;
  const holder = clean.find((event) => isType('final')(event) && event.user !== user) as Event<'final'>;
  const later = clean
    .filter(isType('final'))
    .flatMap((event) => event.rows)
    .find(
      (row) =>
        row.conversation === left.conversation &&
        row.convSeq > left.convSeq &&
        isMessage(row) &&
        !row.from.startsWith(`${user}/`),
    )!;
  assert(holder);
  return clean.map((event) =>
    isType('final')(event) && event.user === user
      ? { ...event, rows: insertBySeq(event.rows, { ...later, own: false }) }
      : event,
  );
});
finds('complete without a row', 'false-completeness', () => {
  const push = clean.find((event) => isType('pushed')(event) && !event.row.own) as Event<'pushed'>;
  const index = clean.indexOf(push);
  return [
    ...clean.slice(0, index),
    { type: 'claimed', device: push.device, completeTo: push.row.seq },
    ...clean.slice(index),
  ];
});
finds('a page that lacks a row', 'false-completeness', () =>
  replaced(
    'pulled',
    (event) => event.rows.length > 1,
    (event) => [{ ...event, rows: event.rows.slice(1) }],
  ),
);
finds('a row shown twice', 'duplicate', () =>
  replaced(
    'shown',
    () => true,
    (event) => [event, event],
  ),
);
finds('a row never shown', 'lost', () =>
  replaced(
    'shown',
    () => true,
    () => [],
  ),
);
finds('proven without a push', 'false-proof', () => {
  const push = clean.find((event) => isType('pushed')(event)) as Event<'pushed'>;
  const index = clean.indexOf(push);
  return [
    ...clean.slice(0, index),
    { type: 'proven', device: push.device, provenTo: push.row.seq },
    ...clean.slice(index),
  ];
});
finds('refused for good, and there', 'rejected-yet-visible', () =>
  replaced(
    'answered',
    (event) => event.ret === 0,
    (event) => [{ ...event, ret: 301, seq: 0 }],
  ),
);
finds('CONFLICT for the body that is there', 'rejected-yet-visible', () =>
  replaced(
    'answered',
    (event) => event.ret === 0 && event.digest > 0,
    (event) => [event, { ...event, ret: 207, seq: 0 }],
  ),
);
finds('two outcomes of one id', 'wrong-outcome', () =>
  replaced(
    'answered',
    (event) => event.ret === 0,
    (event) => [event, { ...event, ret: 200, seq: 0 }],
  ),
);
finds('no member by the answer, a member by the model', 'wrong-outcome', () => {
  const row = clean
    .filter(isType('final'))
    .flatMap((event) => event.rows)
    .find((candidate) => candidate.conversation.startsWith('g/') && isMessage(candidate))!;
  return clean.map((event) => {
    if (isType('answered')(event) && event.clientMsgId === row.clientMsgId) return { ...event, ret: 200 };
    if (!isType('final')(event)) return event;
    const rows = event.rows
      .filter((other) => other.own || other.clientMsgId !== row.clientMsgId)
      .map((other) =>
        other.clientMsgId === row.clientMsgId ? { ...other, kind: ROW.REJECTED, status: 200 } : other,
      );
    return { ...event, rows };
  });
});
finds('a device that is not complete at the end', 'incomplete', () =>
  replaced(
    'finished',
    () => true,
    (event) => [{ ...event, completeTo: 1 }],
  ),
);
finds('a user without a final reading', 'incomplete', () =>
  replaced(
    'final',
    () => true,
    () => [],
  ),
);

const insertBySeq = (rows: readonly SeenRow[], row: SeenRow): SeenRow[] =>
  [...rows, row].sort((a, b) => a.seq - b.seq);
