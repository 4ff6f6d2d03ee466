/**
 * `bubble partition show|resume|reject`: what stops an inbound partition, and an operator's decision about it. Through
 * the admin listener of a running server, or on its log.
 */
import { userInfo } from 'node:os';
import Table from 'cli-table3';
import type { Options } from './config-flags.ts';
import type { DecisionRequest, Standing } from './partition/standing.ts';
import { EXIT, print, printJson } from './terminal.ts';

/** A partition that an owner in some process holds paused. */
export interface PausedOwner {
  readonly partition: number;
  readonly offset: number;
  readonly reason: string;
  /** ISO 8601. */
  readonly since: string;
}

export interface PartitionsShown {
  readonly standings: readonly Standing[];
  /** Of the process that was asked; empty where the log alone was. */
  readonly paused: readonly PausedOwner[];
}

/** Where the commands get at the partitions: a server's admin listener, or the log. */
export interface PartitionDesk {
  show(): Promise<PartitionsShown>;
  /** @returns the offset of the logged decision. Rejects with REFUSED. */
  decide(request: DecisionRequest): Promise<number>;
  close(): Promise<void>;
}

export type OpenDesk = (options: Options) => Promise<PartitionDesk>;

const withDesk = async (open: OpenDesk, options: Options, act: (desk: PartitionDesk) => Promise<number>) => {
  const desk = await open(options);
  try {
    return await act(desk);
  } finally {
    await desk.close();
  }
};

const stateOf = ({ reason, offset, end, decision }: Standing, paused: PausedOwner | undefined): string => {
  if (paused !== undefined) return 'paused';
  if (reason !== null) return decision === 'rejected' ? 'rejected, not passed yet' : 'stands';
  return offset < end ? 'behind' : 'at the end';
};

export const showPartition = (open: OpenDesk, options: Options): Promise<number> =>
  withDesk(open, options, async (desk) => {
    const { standings, paused } = await desk.show();
    const wanted = options['partition'];
    const shown = standings.filter(({ partition }) => wanted === undefined || partition === wanted);
    if (options['json'] === true) {
      for (const standing of shown) {
        const owner = paused.find(({ partition }) => partition === standing.partition) ?? null;
        printJson({ ...standing, paused: owner });
      }
      return EXIT.OK;
    }
    const table = new Table({
      head: ['partition', 'offset', 'end', 'state', 'since', 'why'],
      style: { head: [], border: [] },
    });
    for (const standing of shown) {
      const owner = paused.find(({ partition }) => partition === standing.partition);
      const since = owner?.since ?? standing.since ?? '';
      const why = owner?.reason ?? standing.reason ?? '';
      const asked = standing.decision === 'asked' ? ' (rejection asked for)' : '';
      table.push([
        standing.partition,
        owner?.offset ?? standing.offset,
        standing.end,
        stateOf(standing, owner),
        since,
        `${why}${asked}`,
      ]);
    }
    print(table.toString());
    return EXIT.OK;
  });

const requestOf = (action: DecisionRequest['action'], offset: number, options: Options): DecisionRequest => ({
  partition: Number(options['partition']),
  offset,
  action,
  operator: String(options['operator'] ?? userInfo().username),
  reason: String(options['reason'] ?? (action === 'resume' ? 'try again' : '')),
});

export const rejectRecord = (open: OpenDesk, options: Options): Promise<number> =>
  withDesk(open, options, async (desk) => {
    const request = requestOf('reject', Number(options['offset']), options);
    const at = await desk.decide(request);
    const { partition, offset } = request;
    if (options['json'] === true) printJson({ ...request, decision: at });
    else print(`The rejection of record ${offset} of partition ${partition} is logged at ${at}.`);
    return EXIT.OK;
  });

export const resumePartition = (open: OpenDesk, options: Options): Promise<number> =>
  withDesk(open, options, async (desk) => {
    const partition = Number(options['partition']);
    const { standings, paused } = await desk.show();
    const standing = standings.find((each) => each.partition === partition);
    const owner = paused.find((each) => each.partition === partition);
    const request = requestOf('resume', owner?.offset ?? standing?.offset ?? 0, options);
    const at = await desk.decide(request);
    if (options['json'] === true) printJson({ ...request, decision: at });
    else print(`Partition ${partition} is asked to try again at record ${request.offset}.`);
    return EXIT.OK;
  });
