/** When keys come and go: pure. A key is the newest for 30 days and accepted for 7 more, the life of a manifest. */
import { MANIFEST_TOLERANCE_MS } from '../../schemas/channel/manifest.ts';

const DAY_MS = 24 * 3_600_000;
export const KEY_PERIOD_MS = 30 * DAY_MS;
/** A manifest issued just before the change is used this long after it. */
const KEY_OVERLAP_MS = 7 * DAY_MS;
/** The next key is announced this long before it becomes the newest. */
export const KEY_AHEAD_MS = 7 * DAY_MS;

export interface KeyDates {
  readonly kid: number;
  readonly suite: number;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

export interface KeyPlan {
  readonly create: readonly { readonly suite: number; readonly notBeforeMs: number }[];
  readonly destroy: readonly number[];
}

/** ms since the epoch: until when a key is accepted that is used from `notBeforeMs` on. */
export const notAfterOf = (notBeforeMs: number): number => notBeforeMs + KEY_PERIOD_MS + KEY_OVERLAP_MS;

/**
 * What has to be made and destroyed now.
 * @param suites that each must have a newest key
 */
export const planKeys = (
  keys: readonly KeyDates[],
  retiredKids: readonly number[],
  suites: readonly number[],
  nowMs: number,
): KeyPlan => {
  const isOver = (key: KeyDates): boolean =>
    retiredKids.includes(key.kid) || nowMs > key.notAfterMs + MANIFEST_TOLERANCE_MS;
  const create: { suite: number; notBeforeMs: number }[] = [];
  for (const suite of suites) {
    const held = keys.filter((key) => key.suite === suite && !isOver(key));
    const newestMs = Math.max(...held.map((key) => key.notBeforeMs));
    const nextMs = newestMs + KEY_PERIOD_MS;
    if (held.length === 0) create.push({ suite, notBeforeMs: nowMs });
    else if (nowMs >= nextMs - KEY_AHEAD_MS) create.push({ suite, notBeforeMs: Math.max(nowMs, nextMs) });
  }
  return { create, destroy: keys.filter(isOver).map((key) => key.kid) };
};
