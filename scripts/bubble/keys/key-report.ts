/** What is known of a deployment's keys without any secret: for `bubble keys show`, and to tell what has changed. */
import { createHash } from 'node:crypto';
import { dueOf } from '../../../gateways/auth/key-issue.ts';
import { KEY_AHEAD_MS, KEY_PERIOD_MS } from '../../../gateways/auth/key-plan.ts';
import { base64url, KEYS_NAME, pointOf } from '../../../gateways/auth/key-state.ts';
import type { KeyStore } from '../../../gateways/auth/key-store.ts';
import { stateOf } from '../../../gateways/auth/stored-keys.ts';
import {
  TICKET_KEY_LIFE_MS,
  TICKET_KEY_ROTATION_MS,
  TICKET_KEYS_NAME,
  ticketKeysIn,
} from '../../../gateways/auth/ticket-keys.ts';
import { SUITE } from '../../../schemas/channel/key-schedule.ts';
import { MANIFEST_LIFETIME_MAX_MS } from '../../../schemas/channel/manifest.ts';

export interface RootKey {
  readonly use: 'current' | 'next';
  /** The point, base64url, as client.json has it. */
  readonly key: string;
  /** SHA-256 of the point's 65 bytes, base64url. */
  readonly fingerprint: string;
}

/** Times are ms. */
export interface ChannelKey {
  readonly kid: number;
  readonly suite: number;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** When its successor is announced. */
  readonly nextDueMs: number;
  /** SHA-256 of the public key, base64url. */
  readonly fingerprint: string;
}

export interface TicketKey {
  readonly kid: number;
  readonly createdMs: number;
  readonly nextDueMs: number;
  readonly expiresMs: number;
}

export interface KeyReport {
  readonly deployment: string;
  readonly rootKeys: readonly RootKey[];
  readonly manifest: { readonly serial: number; readonly issuedAtMs: number; readonly expiresAtMs: number };
  readonly channelKeys: readonly ChannelKey[];
  readonly retiredKids: readonly number[];
  /** All kids from 1 up to here were given out. */
  readonly lastKid: number;
  readonly ticketKeys: readonly TicketKey[];
  /** A gate that may write them has something to do: it looks once a minute. */
  readonly isDue: boolean;
}

export const suiteName = (suite: number): string =>
  suite === SUITE.RSA ? 'RSA' : suite === SUITE.STATIC_ECDH ? 'static ECDH' : String(suite);

const fingerprintOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64url');

const rootKeyOf = (scalar: string, at: number): RootKey => {
  const point = pointOf(scalar);
  return {
    use: at === 0 ? 'current' : 'next',
    key: base64url(point),
    fingerprint: fingerprintOf(point),
  };
};

/** Null where there are no channel keys. @throws BubbleError CONFIG where they are damaged or of another deployment */
export const reportOn = async (
  store: KeyStore,
  deployment: string,
  nowMs: number,
): Promise<KeyReport | null> => {
  const stored = await store.load(KEYS_NAME);
  if (stored === null) return null;
  const state = stateOf(stored, deployment);
  const { serial, issuedAtMs, keys, retiredKids, nextKid } = state;
  const tickets = ticketKeysIn(await store.load(TICKET_KEYS_NAME));
  const { isDue, rsaFromMs } = dueOf(state, null, nowMs);
  const newestTicketMs = tickets.at(-1)?.createdMs ?? Number.NEGATIVE_INFINITY;
  return {
    deployment,
    isDue: isDue || rsaFromMs !== null || nowMs - newestTicketMs >= TICKET_KEY_ROTATION_MS,
    rootKeys: state.roots.map(rootKeyOf),
    manifest: { serial, issuedAtMs, expiresAtMs: issuedAtMs + MANIFEST_LIFETIME_MAX_MS },
    channelKeys: keys.map(({ kid, suite, notBeforeMs, notAfterMs, published }) => ({
      kid,
      suite,
      notBeforeMs,
      notAfterMs,
      nextDueMs: notBeforeMs + KEY_PERIOD_MS - KEY_AHEAD_MS,
      fingerprint: fingerprintOf(Buffer.from(published, 'base64url')),
    })),
    retiredKids,
    lastKid: nextKid - 1,
    ticketKeys: tickets.map(({ kid, createdMs }) => ({
      kid,
      createdMs,
      nextDueMs: createdMs + TICKET_KEY_ROTATION_MS,
      expiresMs: createdMs + TICKET_KEY_LIFE_MS,
    })),
  };
};

/** Sentences on what is different, none where nothing is. */
export const changesBetween = (before: KeyReport, after: KeyReport): string[] => {
  const changes: string[] = [];
  const had = new Set(before.channelKeys.map(({ kid }) => kid));
  const has = new Set(after.channelKeys.map(({ kid }) => kid));
  for (const { kid, suite, notBeforeMs } of after.channelKeys) {
    if (had.has(kid)) continue;
    changes.push(
      `made      key ${kid}, ${suiteName(suite)}, in use from ${new Date(notBeforeMs).toISOString()}`,
    );
  }
  for (const { kid, suite } of before.channelKeys) {
    if (!has.has(kid)) changes.push(`destroyed key ${kid}, ${suiteName(suite)}`);
  }
  const hadTickets = new Set(before.ticketKeys.map(({ kid }) => kid));
  const hasTickets = new Set(after.ticketKeys.map(({ kid }) => kid));
  for (const { kid } of after.ticketKeys)
    if (!hadTickets.has(kid)) changes.push(`made      ticket key ${kid}`);
  for (const { kid } of before.ticketKeys)
    if (!hasTickets.has(kid)) changes.push(`destroyed ticket key ${kid}`);
  if (before.manifest.serial !== after.manifest.serial) {
    const until = new Date(after.manifest.expiresAtMs).toISOString();
    changes.push(`issued    manifest ${after.manifest.serial}, good until ${until}`);
  }
  return changes;
};
