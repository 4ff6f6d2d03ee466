/** CPU time and memory of a process and its children, from Linux's /proc. */
import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/** A process and all its descendants. */
export function processTree(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(Number(name));
    if (parent === null) continue;
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const tree = [pid];
  for (let index = 0; index < tree.length; index += 1) tree.push(...(children.get(tree[index]!) ?? []));
  return tree;
}

/** The fields of /proc/<place>/stat after the command's name, or null if the process has ended meanwhile. */
function statOf(place: number | string): string[] | null {
  try {
    const text = readFileSync(`/proc/${place}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

const isGone = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH');

const parentOf = (pid: number): number | null => {
  const stat = statOf(pid);
  return stat === null ? null : Number(stat[1]);
};

/** Whether all threads of a process stand still: a moment after SIGSTOP, and until then some still answer. */
export function isStopped(pid: number): boolean {
  return readdirSync(`/proc/${pid}/task`).every((thread) => {
    const stat = statOf(`${pid}/task/${thread}`);
    return stat === null || stat[0] === 'T';
  });
}

/** User and system time of the tree, microseconds. */
export function cpuMicroseconds(pid: number): number {
  let ticks = 0;
  for (const each of processTree(pid)) {
    const stat = statOf(each);
    if (stat !== null) ticks += Number(stat[11]) + Number(stat[12]);
  }
  return (ticks * 1e6) / TICKS_PER_SECOND;
}

/** Proportional set size of the tree, bytes. */
export function proportionalBytes(pid: number): number {
  let kilobytes = 0;
  for (const each of processTree(pid)) {
    try {
      const match = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${each}/smaps_rollup`, 'utf8'));
      kilobytes += Number(match?.[1] ?? 0);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
  return kilobytes * 1024;
}
