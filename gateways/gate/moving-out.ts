/**
 * Clients of a gate that ends are told to move some at a time, each to come back elsewhere at once: so the other gates
 * take them as they come, and nobody waits. (All at once, each told to wait for up to `drainSpreadMs`, left clients
 * without service for 6 s.)
 */
import type { Limits } from '../../schemas/limits.ts';
import type { Clock } from '../../schemas/ports/clock.ts';

export interface MovingSession {
  readonly isLive: boolean;
  drain(now: number): void;
}

/** So many move in a turn where few are here: other gates take them without an effort. */
const MOVED_AT_ONCE = 100;

/** How many move in a turn, so that all have within `drainSpreadMs`. */
const movedInTurn = (sessions: number, { drainSpreadMs, sweepMs }: Limits): number =>
  Math.max(MOVED_AT_ONCE, Math.ceil(sessions / Math.max(1, Math.floor(drainSpreadMs / sweepMs))));

/** A turn each `sweepMs`. Those that are not live yet end in the first one. Resolves when all have been told. */
export const moveInTurns = async (
  sessions: Iterable<MovingSession>,
  clock: Clock,
  limits: Limits,
): Promise<void> => {
  const live: MovingSession[] = [];
  for (const session of [...sessions]) {
    if (session.isLive) live.push(session);
    else session.drain(clock.monotonic());
  }
  const inTurn = movedInTurn(live.length, limits);
  for (let from = 0; from < live.length; from += inTurn) {
    if (from > 0) await new Promise<void>((resolve) => void clock.after(limits.sweepMs, resolve));
    const now = clock.monotonic();
    for (const session of live.slice(from, from + inTurn)) session.drain(now);
  }
};
