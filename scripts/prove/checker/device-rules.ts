/** What a device was given, and what was said to it, against the final inbox of its user. */

import type { DeviceRecord, Inbox } from './inbox.ts';
import { UNKNOWN_HASH } from './inbox.ts';
import type { History } from './model.ts';

const NEVER = 0x7fff_ffff;

/** @returns whether the device was complete at the end */
export const judgeDevice = (history: History, device: DeviceRecord): boolean => {
  const inbox = history.inboxes.get(device.user);
  if (inbox === undefined) {
    history.violations.add(
      'incomplete',
      () => `the history has no final reading of the user of ${device.name}`,
    );
    return false;
  }
  const receivedAt = firstReceipts(history, device, inbox);
  judgeClaims(history, device, inbox, receivedAt);
  judgeProofs(history, device, inbox, receivedAt);
  judgePulls(history, device, inbox);
  judgeShown(history, device, inbox);
  if (device.finishedTo < 0) return true;
  if (device.finishedTo >= inbox.newest) return true;
  history.violations.add(
    'incomplete',
    () => `${device.name} ended complete to ${device.finishedTo}, its inbox goes to ${inbox.newest}`,
  );
  return false;
};

const rowText = (history: History, inbox: Inbox, index: number): string =>
  `row ${inbox.seq.get(index)} (${history.operations.describe(inbox.operation.get(index))})`;

/** For each row of the inbox the place of its first receipt by this device. */
const firstReceipts = (history: History, device: DeviceRecord, inbox: Inbox): Int32Array => {
  const receivedAt = new Int32Array(inbox.length).fill(NEVER);
  let guess = 0;
  for (let receipt = 0; receipt < device.receivedSeq.length; receipt += 1) {
    const seq = device.receivedSeq.get(receipt);
    // Rows mostly arrive in order: the next one is tried before the search.
    const index = guess < inbox.length && inbox.seq.get(guess) === seq ? guess : inbox.find(seq);
    const hash = device.receivedHash.get(receipt);
    if (index < 0) {
      history.violations.add(
        hash === UNKNOWN_HASH ? 'read-your-write' : 'different-rows',
        () => `${device.name} was given version ${seq}, which is not in its final inbox`,
      );
      continue;
    }
    guess = index + 1;
    if (receivedAt[index] === NEVER) receivedAt[index] = receipt;
    if (hash !== UNKNOWN_HASH && hash !== inbox.hash.get(index)) {
      history.violations.add(
        'different-rows',
        () => `${device.name} was given another row than the final ${rowText(history, inbox, index)}`,
      );
    }
  }
  return receivedAt;
};

const judgeClaims = (history: History, device: DeviceRecord, inbox: Inbox, receivedAt: Int32Array): void => {
  let claim = 0;
  const claims = device.claimTo.length;
  for (let index = inbox.countTo(device.baseline); index < inbox.length; index += 1) {
    const seq = inbox.seq.get(index);
    while (claim < claims && device.claimTo.get(claim) < seq) claim += 1;
    if (claim === claims) return;
    if (receivedAt[index]! >= device.claimAt.get(claim)) {
      history.violations.add(
        'false-completeness',
        () =>
          `${device.name} was complete to ${device.claimTo.get(claim)} without ${rowText(history, inbox, index)}`,
      );
    }
  }
};

const judgeProofs = (history: History, device: DeviceRecord, inbox: Inbox, receivedAt: Int32Array): void => {
  let proof = 0;
  const proofs = device.proofTo.length;
  for (let index = inbox.countTo(device.baseline); index < inbox.length; index += 1) {
    const seq = inbox.seq.get(index);
    while (proof < proofs && device.proofTo.get(proof) < seq) proof += 1;
    if (proof === proofs) return;
    if (seq > device.proofNoticed.get(proof) && receivedAt[index]! >= device.proofAt.get(proof)) {
      history.violations.add(
        'false-proof',
        () =>
          `${device.name} was told that all to ${device.proofTo.get(proof)} was pushed, without ${rowText(history, inbox, index)}`,
      );
    }
  }
};

/** A page holds every row of its range. */
const judgePulls = (history: History, device: DeviceRecord, inbox: Inbox): void => {
  for (let pull = 0; pull < device.pullFrom.length; pull += 1) {
    const from = device.pullFrom.get(pull);
    const to = device.pullTo.get(pull);
    const first = inbox.countTo(from);
    const expected = inbox.countTo(to) - first;
    const count = device.pullCount.get(pull);
    if (expected <= count) continue;
    const at = device.pullAt.get(pull);
    let missing = first;
    while (
      missing - first < count &&
      inbox.seq.get(missing) === device.receivedSeq.get(at + missing - first)
    ) {
      missing += 1;
    }
    history.violations.add(
      'false-completeness',
      () => `a page of ${device.name} for (${from}, ${to}] lacks ${rowText(history, inbox, missing)}`,
    );
  }
};

/** Each row was handed to the application exactly once, where the history tells of it at all. */
const judgeShown = (history: History, device: DeviceRecord, inbox: Inbox): void => {
  const { violations } = history;
  if (device.shown.length === 0) return;
  const times = new Uint8Array(inbox.length);
  for (let at = 0; at < device.shown.length; at += 1) {
    const seq = device.shown.get(at);
    if (seq < 0) {
      times.fill(0, inbox.countTo(-1 - seq));
      continue;
    }
    const index = inbox.find(seq);
    if (index < 0) {
      violations.add('different-rows', () => `${device.name} was shown version ${seq}, which is in no inbox`);
    } else if (times[index]! > 0) {
      violations.add('duplicate', () => `${device.name} was shown twice ${rowText(history, inbox, index)}`);
    } else {
      times[index] = 1;
    }
  }
  if (device.finishedTo < 0) return;
  const end = inbox.countTo(device.finishedTo);
  for (let index = inbox.countTo(device.baseline); index < end; index += 1) {
    if (times[index] === 1) continue;
    violations.add('lost', () => `${device.name} was never shown ${rowText(history, inbox, index)}`);
  }
};
