/** Which resumption tickets a device keeps, and which it tries. Pure. */
import type { StoredTicket } from './handshake.ts';

/** The ticket that works for sure (or worked last), and the one of a session that no sealed frame has confirmed. */
export interface Tickets {
  readonly current: StoredTicket | null;
  readonly next: StoredTicket | null;
}

export const NO_TICKETS: Tickets = { current: null, next: null };

/** The newest; the older one is the fall-back once the newest was refused. */
export const ticketToTry = (tickets: Tickets): StoredTicket | null => tickets.next ?? tickets.current;

export const ticketReceived = (tickets: Tickets, ticket: StoredTicket | null): Tickets =>
  ticket === null ? tickets : { current: tickets.current ?? tickets.next, next: ticket };

/** The first sealed frame has opened: the server has spent the old ticket. */
export const ticketConfirmed = (tickets: Tickets): Tickets => ({
  current: tickets.next ?? tickets.current,
  next: null,
});

/** `dropTicket` of a refusal. */
export const ticketRefused = (tickets: Tickets, refused: StoredTicket): Tickets => ({
  current: tickets.current === refused ? null : tickets.current,
  next: tickets.next === refused ? null : tickets.next,
});
