/** What a ticket says, as fixed-length bytes: only servers read it. */
import { SECRET_BYTES } from '../../schemas/channel/key-schedule.ts';

export interface Ticket {
  readonly tenant: string;
  readonly user: string;
  readonly device: string;
  readonly generation: number;
  /** K1 of the resumption. */
  readonly resumption: Uint8Array;
  /** Of the full login this session goes back to, ms. */
  readonly authTimeMs: number;
  /** ms */
  readonly tokenExpiresMs: number;
  /** Key of that full login. */
  readonly originKid: number;
  readonly issuedMs: number;
  readonly expiresMs: number;
}

const VERSION = 1;
const NUMBERS = 5;
const STRING_BYTES = [32, 64, 64] as const;
const HEAD_BYTES = 1 + NUMBERS * 8 + 4 + SECRET_BYTES;
/** Version, numbers, kid, secret, and three strings (length and bytes) with room for the longest. */
export const TICKET_PLAIN_BYTES = HEAD_BYTES + STRING_BYTES.reduce((sum, bytes) => sum + 1 + bytes, 0);

/** @throws RangeError where a name is longer than names may be */
export const encodeTicket = (ticket: Ticket): Buffer => {
  const out = Buffer.alloc(TICKET_PLAIN_BYTES);
  let at = out.writeUInt8(VERSION, 0);
  for (const number of [
    ticket.generation,
    ticket.authTimeMs,
    ticket.tokenExpiresMs,
    ticket.issuedMs,
    ticket.expiresMs,
  ]) {
    at = out.writeDoubleBE(number, at);
  }
  at = out.writeUInt32BE(ticket.originKid, at);
  out.set(ticket.resumption, at);
  at += SECRET_BYTES;
  for (const [index, text] of [ticket.tenant, ticket.user, ticket.device].entries()) {
    const bytes = Buffer.from(text, 'utf8');
    if (bytes.length > STRING_BYTES[index]!) throw new RangeError('a name is too long for a ticket');
    at = out.writeUInt8(bytes.length, at);
    out.set(bytes, at);
    at += bytes.length;
  }
  return out;
};

/** @returns null where the bytes are of another version */
export const decodeTicket = (bytes: Buffer): Ticket | null => {
  if (bytes.length !== TICKET_PLAIN_BYTES || bytes[0] !== VERSION) return null;
  const number = (index: number): number => bytes.readDoubleBE(1 + index * 8);
  let at = HEAD_BYTES;
  const text = (): string => {
    const end = at + 1 + bytes[at]!;
    const value = bytes.toString('utf8', at + 1, end);
    at = end;
    return value;
  };
  const kidAt = 1 + NUMBERS * 8;
  return {
    generation: number(0),
    authTimeMs: number(1),
    tokenExpiresMs: number(2),
    issuedMs: number(3),
    expiresMs: number(4),
    originKid: bytes.readUInt32BE(kidAt),
    resumption: Uint8Array.from(bytes.subarray(kidAt + 4, HEAD_BYTES)),
    tenant: text(),
    user: text(),
    device: text(),
  };
};
