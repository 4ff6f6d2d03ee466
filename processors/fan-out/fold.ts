/**
 * The fold of one inbound partition: reads a record, decides, changes the state and, while live, makes the outputs.
 *
 * Invariants:
 * 1. What the state becomes does not depend on whether outputs are made: silent and live take the same path.
 * 2. A record whose state is not in memory changes nothing: `apply` names the keys, and is called again.
 * 3. For each (source, inbox partition) `prev` of a record is `src` of the one before; a record gives at most one
 *    output for each inbox partition.
 */

import type { LaneOutput } from '../../infra/lanes/lane.ts';
import { BubbleError, ERRORS } from '../../schemas/errors.ts';
import type { Codecs } from '../../schemas/events/codecs.ts';
import { envelopeIdOf } from '../../schemas/events/envelope-id.ts';
import { COMMAND } from '../../schemas/events/inbound.ts';
import { isName } from '../../schemas/ids.ts';
import type { Limits } from '../../schemas/limits.ts';
import { NO_SOURCE } from '../../schemas/rules/acceptance.ts';
import { decodeFact, KNOWN_RULES_VERSION } from '../../schemas/rules/facts.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { askedOf } from './asked.ts';
import { bodyHash } from './body-hash.ts';
import { type Asked, type Decision, decide } from './decide.ts';
import { Emission, type Emits } from './emission.ts';
import { evolveGroup } from './group.ts';
import { InboundView } from './inbound-view.ts';
import { MessageBody } from './message-body.ts';
import type { DeviceRing } from './outcomes.ts';
import { Outputs } from './outputs.ts';
import { type GroupEntry, groupKeyOf, type PartitionState, type Sender } from './partition-state.ts';
import { type Route, routeOf } from './route.ts';

const { RowKind } = bubble.wire;

/**
 * What was decided while inbox records were made of it. What is folded silently was counted by whoever decided it first.
 */
export interface FoldCounts {
  accepted: number;
  rejected: number;
  duplicate: number;
  conflict: number;
  stale: number;
  /**
   * Bytes that are no inbound record, or one that names nobody who could be answered, or one that an operator has
   * rejected: no output.
   */
  undecodable: number;
}

/** Keys of the table that have to be loaded before the record can be applied. */
export type Missing = readonly string[];

export class PartitionFold {
  readonly state: PartitionState;
  readonly counts: FoldCounts = {
    accepted: 0,
    rejected: 0,
    duplicate: 0,
    conflict: 0,
    stale: 0,
    undecodable: 0,
  };
  readonly #codecs: Codecs;
  readonly #limits: Limits;
  readonly #emission: Emission;
  readonly #view = new InboundView();
  readonly #body = new MessageBody();

  constructor(options: {
    readonly state: PartitionState;
    readonly source: number;
    readonly codecs: Codecs;
    readonly limits: Limits;
    /** What live records bring; default: all. */
    readonly emits?: Emits;
  }) {
    const { state, source, codecs, limits, emits = 'all' } = options;
    this.state = state;
    this.#codecs = codecs;
    this.#limits = limits;
    this.#emission = new Emission({
      state,
      view: this.#view,
      body: this.#body,
      outputs: new Outputs(codecs.inbox, source),
      emits,
      eventSchemaId: codecs.publicEvent.id,
      membershipRowsBelow: limits.membershipRowsBelow,
    });
  }

  /** What live records bring from now on. */
  set emits(emits: Emits) {
    this.#emission.emits = emits;
  }

  /** The outputs of the records applied since the last call. */
  takeOutputs(): LaneOutput[] {
    return this.#emission.outputs.take();
  }

  /**
   * @param value null: there is none, or it was rejected by an operator (decided-records.ts)
   * @param live false: nothing is encoded, no output is made
   * @returns null where the record is applied
   * @throws BubbleError UNKNOWN_SCHEMA, UNKNOWN_RULES: the partition must stop here
   */
  apply(offset: number, time: number, value: Uint8Array | null, live: boolean): Missing | null {
    const { state } = this;
    this.#emission.live = live;
    if (!this.#read(value)) {
      this.#moveTime(time);
      this.#count('undecodable');
      return null;
    }
    const view = this.#view;
    if (view.kind === COMMAND.RULES_VERSION || view.kind === COMMAND.EPOCH_CHANGE) {
      this.#moveTime(time);
      this.#fact(offset);
      return null;
    }
    if (view.kind === COMMAND.OPERATOR_DECISION && view.sender === '') {
      // What it says, it says about a record before it: see decided-records.ts.
      this.#moveTime(time);
      return null;
    }
    const key = view.senderKey();
    const sender = state.sender(key);
    if (sender === undefined) return this.#missing();
    if (sender.route === undefined) {
      sender.route = routeOf(view.tenant, view.conversation, view.sender, state.inboxPartitions);
    }
    const { route } = sender;
    if (route === null) {
      this.#moveTime(time);
      this.#count('undecodable');
      return null;
    }
    let group: GroupEntry | null = null;
    if (route.kind === 'group') {
      const entry = state.group(groupKeyOf(route.tenant, route.conversation));
      if (entry === undefined) return this.#missing();
      group = entry;
    }
    const asked = askedOf(view, this.#body);
    let author: Sender | null = null;
    if (asked?.kind === 'recall') {
      const found = state.sender(view.keyOfSender(asked.sender));
      if (found === undefined) return this.#missing();
      author = found;
    }
    this.#moveTime(time);
    this.#command(offset, sender, route, asked, group, author);
    return null;
  }

  /** Table keys that a record needs and that are not in memory. For reading ahead. */
  missingFor(value: Uint8Array | null): Missing {
    return this.#read(value) ? this.#missing() : [];
  }

  #missing(): Missing {
    const view = this.#view;
    const keys = [view.senderKey()];
    if (view.conversation.startsWith('g/')) keys.push(groupKeyOf(view.tenant, view.conversation));
    if (view.kind === COMMAND.RECALL) {
      const asked = askedOf(view, this.#body);
      if (asked?.kind === 'recall') keys.push(view.keyOfSender(asked.sender));
    }
    return keys.filter((key) => !this.state.holds(key));
  }

  #count(outcome: keyof FoldCounts): void {
    if (this.#emission.makesInbox) this.counts[outcome] += 1;
  }

  #moveTime(time: number): void {
    if (time > this.state.logTime) this.state.logTime = time;
  }

  /**
   * Bytes without a schema id, and records of another type, are no inbound record for any release. An id that nobody
   * here knows may be one for the next release.
   */
  #read(value: Uint8Array | null): boolean {
    const id = value === null ? null : envelopeIdOf(value);
    if (value === null || id === null) return false;
    const { inbound } = this.#codecs;
    if (id !== inbound.id) {
      if (!inbound.reads(id)) {
        if (Object.values(this.#codecs).some((codec) => codec.reads(id))) return false;
        throw new BubbleError('UNKNOWN_SCHEMA', `schema id ${id} is not known for ${inbound.subject}`);
      }
      const decoded = inbound.decode(value);
      return decoded !== null && this.#view.read(inbound.encode(decoded));
    }
    return this.#view.read(
      Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength),
    );
  }

  #command(
    offset: number,
    sender: Sender,
    route: Route,
    asked: Asked | null,
    group: GroupEntry | null,
    author: Sender | null,
  ): void {
    const { state } = this;
    const view = this.#view;
    const { idLow, idHigh, kind } = view;
    const src = state.srcAt(offset);
    const hash = bodyHash(view.bytes, view.bodyStart, view.bodyEnd, kind);
    const ring = this.#ringOf(sender);
    const known = ring === null ? -1 : state.arena.find(ring, idLow, idHigh);
    if (known >= 0) {
      const first = state.arena.outcome(known);
      const same = first.hash === hash && first.kind === kind;
      this.#count(same ? 'duplicate' : 'conflict');
      this.#emission.answer(route, src, same ? first.code : ERRORS.CONFLICT.code, same, first);
      return;
    }
    if (idLow === 0 && idHigh === 0) {
      this.#reject(route, src, ERRORS.BAD_ID.code);
      return;
    }
    if (state.arena.isStale(sender, ring, idLow, idHigh, state.logTime)) {
      this.#count('stale');
      this.#emission.answer(route, src, ERRORS.STALE_ID.code, false, null);
      return;
    }
    if (ring === null && !isName(view.device)) {
      this.#reject(route, src, ERRORS.BAD_ID.code);
      return;
    }
    const bodyBytes = view.bodyEnd - view.bodyStart;
    const command = { kind, route, asked, bodyBytes, idLow, idHigh, src, group, author };
    const decision = decide(state, command, this.#limits);
    const code = decision.kind === 'accepted' ? ERRORS.OK.code : decision.code;
    state.touch(sender);
    const kept = ring ?? state.arena.addRing(sender, view.deviceBytes, state.logTime);
    state.arena.record(kept, idLow, idHigh, { hash, code, kind, convSeq: src }, state.logTime);
    if (decision.kind === 'rejected') this.#reject(route, src, code);
    else this.#accept(route, src, decision, group);
  }

  #ringOf(sender: Sender): DeviceRing | null {
    for (const ring of sender.rings) {
      if (!this.#view.isDevice(ring.device)) continue;
      if (!this.state.arena.isGone(ring, this.state.logTime)) return ring;
      this.state.touch(sender);
      this.state.arena.dropGone(sender, this.state.logTime);
      return null;
    }
    return null;
  }

  #accept(
    route: Route,
    src: number,
    decision: Extract<Decision, { kind: 'accepted' }>,
    group: GroupEntry | null,
  ): void {
    this.#count('accepted');
    const { change, reference, rowKind } = decision;
    if (change !== null && group !== null) {
      this.state.touch(group);
      group.group = evolveGroup(group.group, change.decision, route.sender, change.title);
      group.audience = change.audience;
    } else if (group !== null && rowKind === RowKind.MESSAGE) {
      group.audience = decision.audience;
    }
    this.#emission.deliver(route, src, rowKind, decision.audience, ERRORS.OK.code, {
      reference,
      change,
      memberCount: group?.group?.members.size ?? null,
    });
  }

  #reject(route: Route, src: number, code: number): void {
    this.#count('rejected');
    this.#emission.deliver(route, src, RowKind.REJECTED, route.self, code, null);
  }

  #fact(offset: number): void {
    const { state } = this;
    const view = this.#view;
    const fact = view.sender === '' ? decodeFact(view.kind, view.body) : null;
    if (fact === null) {
      this.#count('undecodable');
      return;
    }
    if (fact.kind === COMMAND.RULES_VERSION) {
      if (fact.version > KNOWN_RULES_VERSION) {
        throw new BubbleError(
          'UNKNOWN_RULES',
          `rules version ${fact.version} is in force from offset ${offset}; this release knows ${KNOWN_RULES_VERSION}`,
        );
      }
      state.rulesVersion = Math.max(state.rulesVersion, fact.version);
      return;
    }
    if (fact.epoch <= state.epoch) return;
    const src = state.srcAt(offset);
    this.#emission.seal(src);
    state.epoch = fact.epoch;
    state.inboxPartitions = fact.inboxPartitions;
    state.prev = new Array<number>(fact.inboxPartitions).fill(NO_SOURCE);
    state.forgetRoutes();
    this.#emission.moveTo(fact.epoch);
  }
}
