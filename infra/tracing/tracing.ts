/**
 * The trace of one command through all processes it passes.
 *
 * Nothing travels with the records: they have no headers, which would cost more than the record. Which commands are
 * traced, and the ids of the trace and its spans, are computed by every process from the place of the command in
 * inbound, which all of them know. So gates, fan-out, delivery and timeline of different machines write spans of one
 * trace, each with the right parent, and never speak of it.
 *
 * Where tracing is off, parts hold null in place of a `Tracing`: it costs one comparison a record.
 */

/** Of a command: its partition and offset in inbound. */
export interface Place {
  readonly partition: number;
  readonly offset: number;
}

/**
 * What happens to a command, in order. `of` says of which there may be several: one for each inbox partition it
 * touches, and for each gate slot behind that.
 */
export const HOPS = {
  /** From its receipt to when it is handed to the log. */
  'gate.receive': { parent: null, of: 'command' },
  'inbound.append': { parent: 'gate.receive', of: 'command' },
  'fan-out.decide': { parent: 'inbound.append', of: 'command' },
  'inbox.append': { parent: 'fan-out.decide', of: 'inbox' },
  'timeline.write': { parent: 'inbox.append', of: 'inbox' },
  delivery: { parent: 'inbox.append', of: 'inbox' },
  /** From when the gate has read it to when its sockets were written to. */
  'gate.push': { parent: 'delivery', of: 'slot' },
  'gate.answer': { parent: 'delivery', of: 'slot' },
} as const satisfies Record<string, { parent: string | null; of: 'command' | 'inbox' | 'slot' }>;
export type Hop = keyof typeof HOPS;

export interface TracedSpan {
  readonly hop: Hop;
  readonly place: Place;
  /** ms since the epoch, fractions welcome. */
  readonly startMs: number;
  readonly endMs: number;
  /** For hops of an inbox partition or slot. */
  readonly inboxPartition?: number;
  readonly slot?: number;
  /** Never bodies. Names of people are not in it either: a trace store is not the place for them. */
  readonly attributes?: Readonly<Record<string, string | number>>;
}

export interface Tracing {
  /** Whether the command at this offset of inbound is traced: every process says the same. */
  samples(offset: number): boolean;
  /** Takes a finished span. Never throws and never waits: beyond its bound spans are dropped. */
  span(span: TracedSpan): void;
  /** Spans not sent because there were too many, or nobody took them. */
  readonly dropped: number;
  /** Sends what is left, for a moment at most. */
  close(): Promise<void>;
}

/** One command in `share`, spread evenly: neighbours are not traced together. */
export const isSampled = (offset: number, share: number): boolean => {
  // The finalizer of murmur3, over both halves of the offset.
  let mixed = (offset >>> 0) ^ Math.floor(offset / 2 ** 32);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) % share === 0;
};

/** The parts of a span's name that its hop has, in one text: what its id is computed from. */
export const spanKey = (hop: Hop, { inboxPartition = -1, slot = -1 }: Partial<TracedSpan>): string => {
  const { of } = HOPS[hop];
  if (of === 'command') return hop;
  return of === 'inbox' ? `${hop}/${inboxPartition}` : `${hop}/${inboxPartition}/${slot}`;
};
