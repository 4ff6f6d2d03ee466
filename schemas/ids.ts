/**
 * Identities: their form, and how the derived ones are computed. Everything that is computed here must give the
 * same on every server, client and replay.
 */

export const TENANT_PATTERN = /^[a-z0-9][a-z0-9_-]{0,31}$/;
/** User and device ids: 1-64 bytes of UTF-8 without control characters or '/', not beginning with '#'. */
export const NAME_BYTES = 64;
/** Group ids are made by the server: '#' and 16 characters of base 32. */
export const GROUP_PATTERN = /^#[a-z2-7]{16}$/;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this refuses
const FORBIDDEN_IN_NAME = /[\u0000-\u001f\u007f/]/;
const utf8 = new TextEncoder();

export const isTenant = (value: string): boolean => TENANT_PATTERN.test(value);
export const isGroup = (value: string): boolean => GROUP_PATTERN.test(value);
export const isName = (value: string): boolean =>
  value.length > 0 &&
  value.length <= NAME_BYTES &&
  !value.startsWith('#') &&
  !FORBIDDEN_IN_NAME.test(value) &&
  value.isWellFormed() &&
  (value.length * 3 <= NAME_BYTES || utf8.encode(value).length <= NAME_BYTES);

/**
 * The conversation of a message: `d/<lower user>/<higher user>`, `g/<group>` or `u/<user>` (the user's own).
 * The key of a record is the tenant, '/', the conversation.
 */
export type ConversationId = string;

/** @param to a user or a group id, as the client wrote it */
export const conversationOf = (from: string, to: string): ConversationId => {
  if (to.startsWith('#')) return `g/${to}`;
  return from < to ? `d/${from}/${to}` : `d/${to}/${from}`;
};
export const ownConversationOf = (user: string): ConversationId => `u/${user}`;
export const groupConversationOf = (group: string): ConversationId => `g/${group}`;
export const conversationKey = (tenant: string, conversation: ConversationId): string =>
  `${tenant}/${conversation}`;
export const userKey = (tenant: string, user: string): string => `${tenant}/${user}`;
export const sessionKey = (tenant: string, user: string, device: string, session: string): string =>
  `${tenant}/${user}/${device}/${session}`;
export const slotKey = (slot: number): string => `slot/${slot}`;

/** SHA-256 of bytes; Node's crypto on servers, a JavaScript one in clients. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

const hashOf = (sha256: Sha256, kind: string, parts: readonly string[]): Uint8Array =>
  // No part holds a line feed (control characters are refused), so the joined text is unambiguous.
  sha256(utf8.encode(`${kind}\n${parts.join('\n')}`));

/**
 * 64-bit hash of (tenant, sender, receiver or group, clientMsgId), never 0: the same for every retry and replay.
 * Collisions are harmless to others, since stores key by (conversation, sender, serverMsgId).
 */
export const serverMsgIdOf = (
  sha256: Sha256,
  tenant: string,
  sender: string,
  to: string,
  clientMsgId: bigint,
): bigint => {
  const hash = hashOf(sha256, 'msg', [tenant, sender, to, clientMsgId.toString()]);
  const id = new DataView(hash.buffer, hash.byteOffset, hash.byteLength).getBigUint64(0);
  return id === 0n ? 1n : id;
};

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** The id of the group that this creation makes: '#' and the first 80 bits of a hash in base 32. */
export const groupIdOf = (sha256: Sha256, tenant: string, creator: string, clientMsgId: bigint): string => {
  const hash = hashOf(sha256, 'group', [tenant, creator, clientMsgId.toString()]);
  let text = '#';
  let bits = 0;
  let held = 0;
  for (let index = 0; index < 10; index += 1) {
    held = (held << 8) | (hash[index] ?? 0);
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32[(held >> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return text;
};

/** clientMsgId = server-corrected milliseconds * 2^20 + 20 random bits, rising per device and conversation. */
export const CLIENT_MSG_ID_RANDOM_BITS = 20n;
export const nextClientMsgId = (last: bigint, nowMs: number, random20: number): bigint => {
  const fresh = (BigInt(Math.floor(nowMs)) << CLIENT_MSG_ID_RANDOM_BITS) | BigInt(random20 & 0xfffff);
  return fresh > last ? fresh : last + 1n;
};
export const timeOfClientMsgId = (id: bigint): number => Number(id >> CLIENT_MSG_ID_RANDOM_BITS);
