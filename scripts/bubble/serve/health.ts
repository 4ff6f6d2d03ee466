/**
 * What /healthz and /readyz say.
 *
 * Alive: the process answers, and its event loop has not stood still for long. A process that is not alive is helped by
 * a restart, and only such a one: stores and brokers that are away are no reason.
 * Ready: every role of the process has begun, and where it is a gate, it holds its slot and takes connections. A
 * partition that is paused, or a processor that lags, is an alarm of the metrics and no reason to be left out.
 */
import type { GateStats } from '../../../gateways/gate/gate.ts';

export interface PartHealth {
  readonly part: string;
  readonly ok: boolean;
  /** In a few words, also where it is well. */
  readonly detail: string;
}

/** The loop stood still for so long: the process was stopped, swaps, or works on something without end. */
const STUCK_MS = 5_000;

export const livenessOf = (loop: { readonly worstMs: number }): PartHealth[] => {
  const worst = Math.round(loop.worstMs);
  return [
    {
      part: 'event loop',
      ok: worst < STUCK_MS,
      detail: `stood still for ${worst} ms at most in the last 10 s`,
    },
  ];
};

export interface Observed {
  readonly roles: Iterable<string>;
  readonly gate: { stats(): Pick<GateStats, 'state' | 'slot' | 'slotEpoch'> } | null;
  readonly processors: readonly { readonly name: string; lag(): readonly unknown[] }[];
  readonly isStopping: boolean;
  /** Whether the member of this group was given its part, be it nothing, at least once. */
  readonly hasJoined: (group: string) => boolean;
}

const gateHealth = (gate: Observed['gate']): PartHealth => {
  if (gate === null) return { part: 'gate', ok: false, detail: 'not open' };
  const { state, slot, slotEpoch } = gate.stats();
  if (state === 'serving')
    return { part: 'gate', ok: true, detail: `serving, slot ${slot} epoch ${slotEpoch}` };
  return { part: 'gate', ok: false, detail: `the gate is ${state}` };
};

const processorHealth = (role: string, { processors, hasJoined }: Observed): PartHealth => {
  const processor = processors.find(({ name }) => name === role);
  if (processor === undefined) return { part: role, ok: false, detail: 'not started' };
  const partitions = processor.lag().length;
  if (partitions > 0 || hasJoined(role)) return { part: role, ok: true, detail: `${partitions} partitions` };
  return { part: role, ok: false, detail: 'has not joined its group yet' };
};

export const readinessOf = (observed: Observed): PartHealth[] => {
  const parts: PartHealth[] = [];
  if (observed.isStopping) parts.push({ part: 'process', ok: false, detail: 'stopping' });
  for (const role of observed.roles)
    parts.push(role === 'gate' ? gateHealth(observed.gate) : processorHealth(role, observed));
  return parts;
};
