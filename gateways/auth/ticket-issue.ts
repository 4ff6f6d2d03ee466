/** Which ticket a session is given, and for how long. */
import type { Identity } from './identify.ts';
import type { TicketKeys } from './ticket-keys.ts';

export interface TicketPolicy {
  readonly lifeMs: number;
  /** After this time since the full login, a full login is demanded again. */
  readonly loginMs: number;
  readonly endsWithToken: boolean;
}

const HOUR_MS = 3_600_000;
const TICKET_POLICY: TicketPolicy = { lifeMs: 24 * HOUR_MS, loginMs: 7 * 24 * HOUR_MS, endsWithToken: false };

export interface IssuedTicket {
  /** 0: there is none. */
  readonly lifetimeMs: number;
  /** Makes it around the resumption secret; empty where there is none. */
  ticketOf(resumption: Uint8Array): Uint8Array;
}

export const ticketFor = (
  keys: TicketKeys,
  { principal, authTimeMs, tokenExpiresMs, originKid }: Identity,
  issuedMs: number,
  { lifeMs, loginMs, endsWithToken }: TicketPolicy = TICKET_POLICY,
): IssuedTicket => {
  const byLife = Math.min(issuedMs + lifeMs, authTimeMs + loginMs);
  const expiresMs = endsWithToken ? Math.min(byLife, tokenExpiresMs) : byLife;
  const none = new Uint8Array(0);
  if (expiresMs <= issuedMs) return { lifetimeMs: 0, ticketOf: () => none };
  const { tenant, user, device, generation } = principal;
  const common = {
    tenant,
    user,
    device,
    generation,
    authTimeMs,
    tokenExpiresMs,
    originKid,
    issuedMs,
    expiresMs,
  };
  return {
    lifetimeMs: expiresMs - issuedMs,
    ticketOf: (resumption) => keys.seal({ ...common, resumption }) ?? none,
  };
};
