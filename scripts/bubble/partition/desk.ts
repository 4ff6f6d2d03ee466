/** The partitions as an open log tells of them: what the admin listener answers with, and tools where no server runs. */
import type { Log } from '../../../infra/log/log.ts';
import type { FanOut } from '../../../processors/fan-out/fan-out.ts';
import type { Codecs } from '../../../schemas/events/codecs.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import type { PartitionDesk, PausedOwner } from '../partition.ts';
import { allStandings, logDecision } from './standing.ts';

export interface DeskParts {
  readonly log: Log;
  readonly codecs: Codecs;
  readonly clock: Clock;
  /** The processor of this process, where it runs one. */
  readonly fanOut: Pick<FanOut, 'paused' | 'resume'> | null;
}

const pausedOf = (fanOut: DeskParts['fanOut']): PausedOwner[] =>
  (fanOut?.paused() ?? []).map(({ partition, offset, reason, since }) => ({
    partition,
    offset,
    reason: `${reason.code}: ${reason.message}`,
    since: new Date(since).toISOString(),
  }));

export const deskOn = ({ log, codecs, clock, fanOut }: DeskParts, close = async () => {}): PartitionDesk => ({
  show: async () => ({ standings: await allStandings(log, codecs), paused: pausedOf(fanOut) }),
  decide: async (request) => {
    const { partition, action, offset } = request;
    if (action === 'resume' && fanOut?.resume(partition) === true) return offset;
    return logDecision(log, codecs, request, clock.now());
  },
  close,
});
