/**
 * Judges a history with a model of its own. Feed it the events (`add`), then `finish`.
 *
 * Invariants of the method:
 * 1. The final inboxes, read over the protocol when all is over, are the reference. Everything seen on the way must
 *    agree with them, and they must agree with one another and with what was invoked.
 * 2. Nothing is assumed about the order of events of different devices.
 * 3. One row costs tens of bytes and no object; only violations are put into words.
 */
import { ERRORS } from '../../../schemas/errors.ts';
import { judgeDevice } from './device-rules.ts';
import { Group } from './groups.ts';
import { Names } from './growing.ts';
import { type HistoryEvent, type SeenRow, userOfDevice } from './history.ts';
import { DeviceRecord, Inbox, UNKNOWN_HASH } from './inbox.ts';
import { type CheckerOptions, type History, ROW } from './model.ts';
import { judgeOperations } from './operation-rules.ts';
import { NONE, Operations, SEEN } from './operations.ts';
import { type Violation, type ViolationKind, Violations } from './violations.ts';

export interface CheckerReport {
  readonly events: number;
  readonly operations: number;
  /** Operations with a definite answer. */
  readonly answered: number;
  readonly rows: number;
  readonly devices: number;
  readonly devicesComplete: number;
  readonly violations: number;
  readonly byKind: ReadonlyMap<ViolationKind, number>;
  /** The first of each kind, in words. */
  readonly first: readonly Violation[];
}

const DEFAULT_OPTIONS: CheckerOptions = { membershipRowsBelow: 200, uniqueBodies: false };
const PAIR = 2 ** 24;
const FORM_CODE = 200;

export class HistoryChecker {
  readonly #history: History;
  readonly #seenConvSeq = new Map<number, number>();
  readonly #groupUsers = new Map<number, Set<number>>();
  #events = 0;
  #rows = 0;

  constructor(options: Partial<CheckerOptions> = {}) {
    const devices = new Names();
    const conversations = new Names();
    this.#history = {
      users: new Names(),
      devices,
      conversations,
      operations: new Operations(devices, conversations),
      records: [],
      inboxes: new Map(),
      groups: new Map(),
      conflicts: new Map(),
      violations: new Violations(),
      options: { ...DEFAULT_OPTIONS, ...options },
    };
  }

  add(event: HistoryEvent): void {
    this.#events += 1;
    switch (event.type) {
      case 'opened': {
        const device = this.#device(event.device);
        if (device.baseline < 0) device.baseline = event.completeTo;
        else device.claim(event.completeTo);
        return;
      }
      case 'closed':
        return;
      case 'restarted':
        this.#device(event.device).restart(event.completeTo);
        return;
      case 'invoked':
        this.#invoked(event);
        return;
      case 'answered':
        this.#answered(event);
        return;
      case 'pushed':
        this.#received(this.#device(event.device), event.row);
        return;
      case 'pulled':
        this.#pulled(event);
        return;
      case 'shown':
        this.#device(event.device).shown.push(event.seq);
        return;
      case 'claimed':
        this.#device(event.device).claim(event.completeTo);
        return;
      case 'noticed': {
        const device = this.#device(event.device);
        device.noticedTo = Math.max(device.noticedTo, event.newestSeq);
        return;
      }
      case 'proven':
        this.#device(event.device).prove(event.provenTo);
        return;
      case 'finished': {
        const device = this.#device(event.device);
        device.claim(event.completeTo);
        device.finishedTo = event.completeTo;
        return;
      }
      case 'final':
        this.#final(event.user, event.rows, event.syncedTo);
        return;
    }
  }

  finish(): CheckerReport {
    const history = this.#history;
    const { operations, violations } = history;
    for (const group of history.groups.values()) {
      group.completeUsers((operation) => this.#groupUsers.get(operation) ?? new Set());
      group.replay((change, why) =>
        violations.add(
          'wrong-outcome',
          () => `accepted though ${why}: ${operations.describe(change.operation)}`,
        ),
      );
    }
    this.#checkGroupUsers();
    const answered = judgeOperations(history);
    let complete = 0;
    for (const device of history.records) if (judgeDevice(history, device)) complete += 1;
    return {
      events: this.#events,
      operations: operations.count,
      answered,
      rows: this.#rows,
      devices: history.records.length,
      devicesComplete: complete,
      violations: violations.total,
      byKind: violations.counts(),
      first: violations.first(),
    };
  }

  #device(name: string): DeviceRecord {
    const number = this.#history.devices.numberOf(name);
    const known = this.#history.records[number];
    if (known !== undefined) return known;
    // Devices can be named first by rows of theirs in others' inboxes: records are made for all below.
    const records = this.#history.records;
    for (let next = records.length; next <= number; next += 1) {
      const deviceName = this.#history.devices.nameOf(next);
      records.push(new DeviceRecord(deviceName, this.#history.users.numberOf(userOfDevice(deviceName))));
    }
    return records[number]!;
  }

  #operation(device: string, conversation: string, clientMsgId: bigint): number {
    const { devices, conversations, operations } = this.#history;
    return operations.find(devices.numberOf(device), conversations.numberOf(conversation), clientMsgId);
  }

  #invoked(event: Extract<HistoryEvent, { type: 'invoked' }>): void {
    const { operations } = this.#history;
    const device = this.#device(event.device);
    const operation = this.#operation(event.device, event.conversation, event.clientMsgId);
    operations.addDigest(operation, event.digest);
    if (event.users.length > 0) this.#namedUsers(operation, event.users);
    if (operations.has(operation, SEEN.INVOKED)) return;
    operations.mark(operation, SEEN.INVOKED);
    operations.kind.set(operation, event.kind);
    operations.afterSeq.set(operation, device.newestSeen);
    const place = operations.device.get(operation) * PAIR + operations.conversation.get(operation);
    operations.afterConvSeq.set(operation, this.#seenConvSeq.get(place) ?? 0);
  }

  #namedUsers(operation: number, users: readonly string[]): void {
    const named = this.#groupUsers.get(operation) ?? new Set();
    for (const user of users) named.add(this.#history.users.numberOf(user));
    this.#groupUsers.set(operation, named);
  }

  /** A membership row may concern only users whom its command named, and its sender. */
  #checkGroupUsers(): void {
    const { groups, operations, users, violations } = this.#history;
    for (const group of groups.values()) {
      for (const change of group.changes) {
        const named = this.#groupUsers.get(change.operation);
        if (named === undefined) continue;
        const foreign = change.users.find((user) => user !== change.sender && !named.has(user));
        if (foreign === undefined) continue;
        violations.add(
          'phantom',
          () =>
            `${users.nameOf(foreign)} was not named by the command: ${operations.describe(change.operation)}`,
        );
      }
    }
  }

  #answered(event: Extract<HistoryEvent, { type: 'answered' }>): void {
    const { operations, violations, conflicts } = this.#history;
    const device = this.#device(event.device);
    const operation = this.#operation(event.device, event.conversation, event.clientMsgId);
    if (event.serverMsgId !== 0n && !operations.sameServerId(operation, event.serverMsgId)) {
      violations.add(
        'different-rows',
        () => `another serverMsgId in an answer: ${operations.describe(operation)}`,
      );
    }
    if (event.ret === ERRORS.PENDING.code) operations.mark(operation, SEEN.PENDING);
    else if (event.ret === ERRORS.STALE_ID.code) operations.mark(operation, SEEN.STALE);
    else if (event.ret === ERRORS.CONFLICT.code) {
      if (event.digest !== 0) conflicts.set(operation, [...(conflicts.get(operation) ?? []), event.digest]);
    } else if (event.ret === ERRORS.OK.code || event.ret >= FORM_CODE) this.#outcome(operation, event.ret);
    if (event.convSeq > 0 && event.ret === ERRORS.OK.code) this.#sawConvSeq(device, operation, event.convSeq);
    if (event.seq > 0) {
      const before = operations.answeredSeq.get(operation);
      if (before !== 0 && before !== event.seq) {
        violations.add(
          'different-rows',
          () => `answered with version ${before} and with ${event.seq}: ${operations.describe(operation)}`,
        );
      }
      operations.answeredSeq.set(operation, event.seq);
      device.receive(event.seq, UNKNOWN_HASH);
    }
  }

  #outcome(operation: number, ret: number): void {
    const { operations, violations } = this.#history;
    if (ret === ERRORS.OK.code) operations.mark(operation, SEEN.OK);
    const before = operations.outcome.get(operation);
    if (before === NONE) operations.outcome.set(operation, ret);
    else if (before !== ret) {
      violations.add(
        'wrong-outcome',
        () => `answered with ${before} and with ${ret}: ${operations.describe(operation)}`,
      );
    }
  }

  #sawConvSeq(device: DeviceRecord, operation: number, convSeq: number): void {
    const { operations, devices } = this.#history;
    const place = (devices.find(device.name) ?? 0) * PAIR + operations.conversation.get(operation);
    if ((this.#seenConvSeq.get(place) ?? 0) < convSeq) this.#seenConvSeq.set(place, convSeq);
  }

  /** A row that a device was given. */
  #received(device: DeviceRecord, row: SeenRow): void {
    const { operations, violations } = this.#history;
    const operation = this.#operation(row.from, row.conversation, row.clientMsgId);
    device.receive(row.seq, hashOfRow(operation, row));
    this.#sawConvSeq(device, operation, row.convSeq);
    if (row.own !== (userOfDevice(row.from) === userOfDevice(device.name))) {
      violations.add(
        'different-rows',
        () => `own is ${row.own} at ${device.name}: ${operations.describe(operation)}`,
      );
    }
    if (!operations.sameServerId(operation, row.serverMsgId)) {
      violations.add(
        'different-rows',
        () => `another serverMsgId in a row: ${operations.describe(operation)}`,
      );
    }
  }

  #pulled(event: Extract<HistoryEvent, { type: 'pulled' }>): void {
    const { violations } = this.#history;
    const device = this.#device(event.device);
    device.pullFrom.push(event.from);
    device.pullTo.push(event.syncedTo);
    device.pullAt.push(device.receivedSeq.length);
    device.pullCount.push(event.rows.length);
    let before = event.from;
    for (const row of event.rows) {
      if (row.seq <= before || row.seq > event.syncedTo) {
        violations.add(
          'backward-version',
          () =>
            `a page of ${device.name} for (${event.from}, ${event.syncedTo}] has ${row.seq} after ${before}`,
        );
      }
      before = row.seq;
      this.#received(device, row);
    }
  }

  #final(user: string, rows: readonly SeenRow[], syncedTo: number): void {
    const { inboxes, users, violations } = this.#history;
    const number = users.numberOf(user);
    const known = inboxes.get(number);
    const inbox = new Inbox();
    inbox.syncedTo = syncedTo;
    if (known === undefined) inboxes.set(number, inbox);
    const newestConvSeq = new Map<number, number>();
    let before = 0;
    for (const row of rows) {
      const operation = this.#operation(row.from, row.conversation, row.clientMsgId);
      const hash = hashOfRow(operation, row);
      if (row.seq <= before) {
        violations.add('backward-version', () => `the inbox of ${user} has ${row.seq} after ${before}`);
      }
      before = row.seq;
      inbox.seq.push(row.seq);
      inbox.operation.push(operation);
      inbox.hash.push(hash);
      if (known === undefined) this.#finalRow(number, operation, hash, row, newestConvSeq);
    }
    if (known !== undefined && !sameInbox(known, inbox)) {
      violations.add('different-rows', () => `two final readings of ${user} differ`);
    }
  }

  #finalRow(
    user: number,
    operation: number,
    hash: number,
    row: SeenRow,
    newestConvSeq: Map<number, number>,
  ): void {
    const { operations, violations, users } = this.#history;
    this.#rows += 1;
    const conversation = operations.conversation.get(operation);
    const newest = newestConvSeq.get(conversation) ?? 0;
    if (operations.lastInbox.get(operation) === user) {
      violations.add(
        'duplicate',
        () => `twice in the inbox of ${users.nameOf(user)}: ${operations.describe(operation)}`,
      );
      return;
    }
    if (row.convSeq <= newest) {
      violations.add(
        'inversion',
        () =>
          `the inbox of ${users.nameOf(user)} has convSeq ${row.convSeq} after ${newest}: ${operations.describe(operation)}`,
      );
    }
    newestConvSeq.set(conversation, Math.max(newest, row.convSeq));
    operations.lastInbox.set(operation, user);
    operations.inboxes.set(operation, operations.inboxes.get(operation) + 1);
    const sender = userOfDevice(row.from);
    const isSender = this.#history.users.numberOf(sender) === user;
    if (isSender) operations.rowSeq.set(operation, row.seq);
    if (row.own !== isSender) {
      violations.add(
        'different-rows',
        () => `own is ${row.own} in the inbox of ${users.nameOf(user)}: ${operations.describe(operation)}`,
      );
    }
    if (!operations.sameServerId(operation, row.serverMsgId)) {
      violations.add(
        'different-rows',
        () => `another serverMsgId in a row: ${operations.describe(operation)}`,
      );
    }
    if (operations.rowKind.get(operation) === NONE) this.#firstRow(operation, hash, row);
    else if (operations.rowHash.get(operation) !== hash) {
      violations.add(
        operations.convSeq.get(operation) === row.convSeq ? 'different-rows' : 'inversion',
        () =>
          `the inbox of ${users.nameOf(user)} has it otherwise than another: ${operations.describe(operation)}`,
      );
    }
  }

  #firstRow(operation: number, hash: number, row: SeenRow): void {
    const { operations, groups, users } = this.#history;
    operations.mark(operation, row.kind === ROW.REJECTED ? SEEN.REJECTED_ROW : SEEN.ROW);
    operations.rowKind.set(operation, row.kind);
    operations.rowHash.set(operation, hash);
    operations.rowDigest.set(operation, row.digest);
    operations.rowStatus.set(operation, row.status);
    operations.convSeq.set(operation, row.convSeq);
    if (row.kind !== ROW.MEMBERSHIP) return;
    const conversation = operations.conversation.get(operation);
    let group = groups.get(conversation);
    if (group === undefined) {
      group = new Group();
      groups.set(conversation, group);
    }
    group.add({
      convSeq: row.convSeq,
      change: row.change,
      sender: users.numberOf(userOfDevice(row.from)),
      users: row.users.map((user) => users.numberOf(user)),
      operation,
    });
  }
}

/** What must be the same for every reader of a row. Never 0. */
const hashOfRow = (operation: number, row: SeenRow): number => {
  let hash = Math.imul(operation + 1, 0x9e3779b1) ^ row.kind;
  hash = mix(hash, row.convSeq);
  hash = mix(hash, row.digest);
  hash = mix(hash, row.status * 64 + row.change);
  for (const user of row.users)
    for (let at = 0; at < user.length; at += 1) hash = mix(hash, user.charCodeAt(at));
  return hash | 1;
};

const mix = (hash: number, value: number): number => {
  const mixed = Math.imul(hash ^ (value | 0), 0x85ebca6b);
  return Math.imul(mixed ^ (mixed >>> 13) ^ Math.floor(value / 0x1_0000_0000), 0xc2b2ae35);
};

const sameInbox = (a: Inbox, b: Inbox): boolean => {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) {
    if (a.seq.get(index) !== b.seq.get(index) || a.hash.get(index) !== b.hash.get(index)) return false;
  }
  return true;
};
