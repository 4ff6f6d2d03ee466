/** Spans of the commands that pass a gate, on their way in and as rows on their way out. See infra/tracing/tracing.ts. */
import type { Place, Tracing } from '../../infra/tracing/tracing.ts';
import type { PushEvent } from '../../schemas/events/delivery.ts';
import { conversationKey, conversationOf, ownConversationOf } from '../../schemas/ids.ts';
import { partitionOf } from '../../schemas/partition.ts';
import type { Clock } from '../../schemas/ports/clock.ts';
import { offsetOf } from '../../schemas/positions.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import type { PendingRequest } from './pending-requests.ts';
import { numberField, ROW_CONV_SEQ } from './row-fields.ts';

const { AddMsg, RowKind } = bubble.wire;

export interface GateTraceOptions {
  readonly tracing: Tracing;
  readonly clock: Clock;
  readonly slot: number;
  readonly inboundPartitions: number;
}

interface Dispatched {
  readonly hop: 'gate.push' | 'gate.answer';
  readonly place: Place;
  readonly inboxPartition: number;
  readonly startMs: number;
}

/** Traced rows whose write is not over; beyond, they are not traced. */
const MOST_DISPATCHED = 1_024;

export class GateTrace {
  readonly #options: GateTraceOptions;
  #dispatched: Dispatched[] = [];

  constructor(options: GateTraceOptions) {
    this.#options = options;
  }

  /**
   * A batch of commands is in the log. @param startedAt when it was handed over, monotonic ms
   * @param baseOffset of the first of them
   */
  appended(
    partition: number,
    requests: readonly PendingRequest[],
    startedAt: number,
    baseOffset: number,
  ): void {
    const { clock, slot, tracing } = this.#options;
    for (let at = 0; at < requests.length; at += 1) {
      const offset = baseOffset + at;
      if (!tracing.samples(offset)) continue;
      const place = { partition, offset };
      const endMs = clock.now();
      // Monotonic times become times of day by what has passed since.
      const zeroMs = endMs - clock.monotonic();
      const { operation, since } = requests[at]!;
      tracing.span({
        hop: 'gate.receive',
        place,
        startMs: zeroMs + since,
        endMs: zeroMs + startedAt,
        attributes: { 'bubble.operation': operation, 'bubble.slot': slot },
      });
      const attributes = { 'bubble.batch.records': requests.length };
      tracing.span({ hop: 'inbound.append', place, startMs: zeroMs + startedAt, endMs, attributes });
    }
  }

  /** A row was handed to connections. @param tenantOf of a connection that gets it */
  dispatched(event: PushEvent, tenant: () => string | null): void {
    const src = numberField(event.row, ROW_CONV_SEQ);
    if (src === null) return;
    const { clock, tracing } = this.#options;
    if (!tracing.samples(offsetOf(src)) || this.#dispatched.length >= MOST_DISPATCHED) return;
    const place = this.#placeOf(event.row, offsetOf(src), tenant());
    if (place === null) return;
    const common = { place, inboxPartition: event.inboxPartition, startMs: clock.now() };
    if (event.connection >= 0) this.#dispatched.push({ hop: 'gate.answer', ...common });
    if (event.targets.length + event.ownTargets.length > 0)
      this.#dispatched.push({ hop: 'gate.push', ...common });
  }

  get isWaiting(): boolean {
    return this.#dispatched.length > 0;
  }

  /** Everything dispatched so far was written to its sockets. */
  written(): void {
    const { clock, slot, tracing } = this.#options;
    const dispatched = this.#dispatched;
    this.#dispatched = [];
    const endMs = clock.now();
    for (const each of dispatched) tracing.span({ ...each, slot, endMs });
  }

  /** The row does not say its inbound partition, but of which conversation it is. */
  #placeOf(row: Uint8Array, offset: number, tenant: string | null): Place | null {
    if (tenant === null) return null;
    const { fromUserName, toUserName, kind } = AddMsg.decode(row);
    // Who reads all reads in the own conversation; all others name the conversation by the two of it.
    const conversation =
      kind === RowKind.READ && fromUserName === toUserName
        ? ownConversationOf(fromUserName)
        : conversationOf(fromUserName, toUserName);
    const key = Buffer.from(conversationKey(tenant, conversation));
    return { partition: partitionOf(key, this.#options.inboundPartitions), offset };
  }
}
