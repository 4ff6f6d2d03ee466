/** What is done to a deployment under load, one step after another. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BubbleCluster } from '../../servers/bubble-cluster.ts';
import type { BubbleProcess } from '../../servers/bubble-process.ts';
import { untilRecovered } from '../kill-loop/cluster-faults.ts';
import type { RollingLoad } from './rolling-load.ts';
import {
  type GateShare,
  gateShares,
  gateShareText,
  isEven,
  processorShares,
  processorShareText,
} from './spread.ts';

export interface StepContext {
  readonly cluster: BubbleCluster;
  readonly load: RollingLoad;
  readonly inboundPartitions: number;
  /** Of the present epoch. */
  inboxPartitions: number;
}

/** What a step has found, in words, and what was wrong. */
export interface StepFindings {
  readonly text: string;
  readonly faults: readonly string[];
}

export interface Step {
  readonly name: string;
  run(context: StepContext): Promise<StepFindings>;
}

const WITHIN_MS = 60_000;
const LOOK_MS = 100;
/** A process that took so long to stop was killed. */
const KILLED_AFTER_MS = 10_000;

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
  const deadline = performance.now() + WITHIN_MS;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not within ${WITHIN_MS / 1_000} s: ${what}`);
    await sleep(LOOK_MS);
  }
};

const untilEven = async ({ cluster, inboundPartitions, inboxPartitions }: StepContext): Promise<string> => {
  const partitionsOf = {
    'fan-out': inboundPartitions,
    delivery: inboxPartitions,
    timeline: inboxPartitions,
    presence: inboxPartitions,
  };
  let shares = await processorShares(cluster);
  await until('all partitions are held, evenly', async () => {
    shares = await processorShares(cluster);
    return isEven(shares, partitionsOf);
  });
  return processorShareText(shares);
};

/** SIGTERM, and a start as soon as it has ended, as in a rolling upgrade. */
export const restart = (name: string): Step => ({
  name: `${name} is restarted`,
  run: async (context) => {
    const { cluster } = context;
    const part = cluster.part(name)!;
    cluster.hold(name);
    const began = performance.now();
    await part.server.stop();
    const stopMs = performance.now() - began;
    await part.server.start();
    const startMs = performance.now() - began - stopMs;
    cluster.release(name);
    await untilRecovered(cluster);
    if (part.kind === 'processor') await untilEven(context);
    const faults = stopMs < KILLED_AFTER_MS ? [] : [`${name} did not stop within ${KILLED_AFTER_MS} ms`];
    return { text: `stopped in ${seconds(stopMs)}, ready ${seconds(startMs)} later`, faults };
  },
});

export const addProcessor: Step = {
  name: 'a processor is added',
  run: async (context) => {
    const part = await context.cluster.add('processor');
    const began = performance.now();
    const shares = await untilEven(context);
    const text = `${part.name}; even ${seconds(performance.now() - began)} after it was ready; ${shares}`;
    return { text, faults: [] };
  },
};

const sharesOf = (part: BubbleProcess, shares: readonly GateShare[]): number =>
  shares.find(({ name }) => name === part.name)?.sessions ?? 0;

/** A device that is content stays where it is: those whose connections end find the new gate, without being restarted. */
export const addGate: Step = {
  name: 'a gate is added, and connections are cut',
  run: async ({ cluster, load }) => {
    const part = await cluster.add('gate');
    await Promise.all(load.devices.map((device) => device.cut()));
    let shares: readonly GateShare[] = [];
    await until('every device has one session', async () => {
      shares = await gateShares(cluster);
      return shares.reduce((sum, { sessions }) => sum + sessions, 0) === load.devices.length;
    });
    const share = sharesOf(part, shares) / load.devices.length;
    const faults = share > 0.5 / shares.length ? [] : [`${part.name} has only ${sharesOf(part, shares)}`];
    return { text: `sessions ${gateShareText(shares)}`, faults };
  },
};

interface Epochs {
  readonly current: number;
  readonly layouts: readonly { readonly epoch: number; readonly inboxPartitions: number }[];
}

const epochsOf = async (part: BubbleProcess, query = ''): Promise<Epochs> => {
  const file = join(dirname(part.logFile), 'admin.json');
  const { token } = JSON.parse(readFileSync(file, 'utf8')) as { token: string };
  const response = await fetch(`${part.admin}/partitions${query}`, {
    method: query === '' ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
  if (!response.ok) throw new Error(`${part.name}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Epochs;
};

/** More inbox partitions: the epoch of the inbox changes, in every process. */
export const growInbox = (inboxPartitions: number): Step => ({
  name: `inbox grows to ${inboxPartitions} partitions`,
  run: async (context) => {
    const { cluster, load } = context;
    const newestBefore = Math.max(...load.devices.map(({ newestSeq }) => newestSeq));
    const began = performance.now();
    const { layouts } = await epochsOf(cluster.part('processor-1')!, `?inbox=${inboxPartitions}`);
    const { epoch } = layouts.at(-1)!;
    context.inboxPartitions = inboxPartitions;
    await until(`every process is in epoch ${epoch}`, async () => {
      const all = await Promise.all(cluster.parts.map((part) => epochsOf(part)));
      return all.every(({ current }) => current === epoch);
    });
    const changedMs = performance.now() - began;
    await untilRecovered(cluster);
    const shares = await untilEven(context);
    await until('every device has sent in the new epoch', async () =>
      load.devices.every(({ newestSeq }) => newestSeq > newestBefore),
    );
    const text = `epoch ${epoch} everywhere after ${seconds(changedMs)}, every device sends in it after ${seconds(performance.now() - began)}; ${shares}`;
    return { text, faults: [] };
  },
});
