/**
 * What a decision brings about: `prev` of each inbox partition touched moves on, and, while live, rows, the answer
 * and the public event are encoded.
 */
import { ERRORS, errorNameOf } from '../../schemas/errors.ts';
import { INBOX_KIND } from '../../schemas/events/inbox.ts';
import { NO_SOURCE } from '../../schemas/rules/acceptance.ts';
import { EVENTS, inboxTopic } from '../../schemas/topics.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { longOf, longOfId } from '../../schemas/wire/int64.ts';
import { type Audience, NOBODY } from './audience.ts';
import type { Accepted, GroupChange, ReferenceTo } from './decide.ts';
import { eventOf } from './event-fields.ts';
import { EventWriter } from './event-writer.ts';
import type { InboundView } from './inbound-view.ts';
import type { MessageBody } from './message-body.ts';
import type { Outcome } from './outcomes.ts';
import type { Outputs } from './outputs.ts';
import type { PartitionState } from './partition-state.ts';
import type { Route } from './route.ts';
import { RowWriter } from './row-writer.ts';
import { NO_SERVER_MSG_ID, type ServerMsgId, serverMsgIdFrom, serverMsgIdOfTarget } from './server-msg-id.ts';

const { RowKind, Reference, Membership } = bubble.wire;

/** What is made of live records: everything; without public events; public events alone, to make lost ones again. */
export type Emits = 'all' | 'inbox' | 'events';

/** What a receipt or a recall is about, as bytes for the row. */
export function referenceOf(route: Route, { sender, clientMsgId, convSeq }: ReferenceTo): Uint8Array {
  if (sender === '') return Reference.encode({ convSeq: longOf(convSeq) }).finish();
  return Reference.encode({
    serverMsgId: longOfId(serverMsgIdOfTarget(route, sender, clientMsgId)),
    sender,
    clientMsgId: longOfId(clientMsgId),
    convSeq: longOf(convSeq),
  }).finish();
}

export class Emission {
  readonly outputs: Outputs;
  /** False: `prev` moves on and nothing is encoded. */
  live = false;
  emits: Emits;
  readonly #state: PartitionState;
  readonly #view: InboundView;
  readonly #body: MessageBody;
  readonly #rowWriter = new RowWriter();
  readonly #ackWriter = new RowWriter();
  readonly #eventWriter: EventWriter;
  readonly #membershipRowsBelow: number;
  #topic: string;

  /** `view` and `body` are those of the command that is being decided. */
  constructor(options: {
    readonly state: PartitionState;
    readonly view: InboundView;
    readonly body: MessageBody;
    readonly outputs: Outputs;
    readonly emits: Emits;
    /** The registry's id of public events. */
    readonly eventSchemaId: number;
    readonly membershipRowsBelow: number;
  }) {
    this.#state = options.state;
    this.#view = options.view;
    this.#body = options.body;
    this.outputs = options.outputs;
    this.emits = options.emits;
    this.#eventWriter = new EventWriter(options.eventSchemaId);
    this.#membershipRowsBelow = options.membershipRowsBelow;
    this.#topic = inboxTopic(options.state.epoch);
  }

  /** Whether rows and answers are made of what is decided now. */
  get makesInbox(): boolean {
    return this.live && this.emits !== 'events';
  }

  /**
   * A row for the audience, the answer to the sender, and the public event.
   * @param accepted null: the command is rejected
   */
  deliver(
    route: Route,
    src: number,
    rowKind: number,
    audience: Audience,
    code: number,
    accepted: Accepted | null,
  ): void {
    if (accepted !== null) this.#state.lastAccepted = src;
    if (!this.live) {
      this.#moveOn(audience, src);
      return;
    }
    const serverMsgId = serverMsgIdFrom(route.serverMsgIdPrefix, this.#view.clientMsgId);
    if (this.makesInbox) this.#row(route, src, rowKind, audience, code, accepted, serverMsgId);
    else this.#moveOn(audience, src);
    if (accepted === null || this.emits === 'inbox') return;
    const { logTime } = this.#state;
    const asked = { view: this.#view, body: this.#body, route, src, logTime, serverMsgId };
    const record = this.#eventWriter.record(eventOf(asked, rowKind, audience, accepted, this.outputs.source));
    this.outputs.addEvent(EVENTS, record);
  }

  #row(
    route: Route,
    src: number,
    rowKind: number,
    audience: Audience,
    code: number,
    accepted: Accepted | null,
    serverMsgId: ServerMsgId,
  ): void {
    const view = this.#view;
    const body = this.#body;
    const isMessage = rowKind === RowKind.MESSAGE;
    const reference = accepted?.reference ?? null;
    const change = accepted?.change ?? null;
    const row = this.#rowWriter.row({
      kind: rowKind,
      from: route.sender,
      to: route.to,
      device: view.device,
      msgType: isMessage ? body.msgType : 0,
      status: code,
      createTime: body.createTime,
      clientSeq: body.clientSeq,
      source: view.bytes,
      texts: isMessage ? body : null,
      ...serverMsgId,
      idLow: view.idLow,
      idHigh: view.idHigh,
      convSeq: src,
      isRoom: route.kind === 'group',
      serverTime: this.#state.logTime,
      reference: reference === null ? null : referenceOf(route, reference),
      membership: change === null ? null : this.#membership(change),
    });
    const ack = this.#ack(route, code, false, src, this.#state.logTime, serverMsgId);
    const content = isMessage ? view.bytes.subarray(body.contentStart, body.contentEnd) : NOBODY;
    this.#emit(route, audience, rowKind, src, row, content, ack);
  }

  #membership({ decision, title }: GroupChange): Uint8Array {
    return Membership.encode({
      change: decision.change,
      // In large groups the number says enough; the list would go to everybody.
      users: decision.users.length < this.#membershipRowsBelow ? [...decision.users] : [],
      title,
      memberCount: decision.memberCount,
    }).finish();
  }

  /** An answer without a row. @param first the outcome that was decided before, where it is known */
  answer(route: Route, src: number, code: number, duplicate: boolean, first: Outcome | null): void {
    if (!this.makesInbox) {
      this.#moveOn(route.self, src);
      return;
    }
    const { clientMsgId } = this.#view;
    const serverMsgId =
      first === null ? NO_SERVER_MSG_ID : serverMsgIdFrom(route.serverMsgIdPrefix, clientMsgId);
    const logTime = first?.logTime ?? this.#state.logTime;
    const ack = this.#ack(route, code, duplicate, first?.convSeq ?? 0, logTime, serverMsgId);
    this.#emit(route, route.self, INBOX_KIND.ANSWER, src, NOBODY, NOBODY, ack);
  }

  #ack(
    route: Route,
    ret: number,
    duplicate: boolean,
    convSeq: number,
    serverTime: number,
    serverMsgId: ServerMsgId,
  ): Buffer {
    const error = ret === 0 ? undefined : errorNameOf(ret);
    return this.#ackWriter.ack({
      ret,
      errMsg: error === undefined ? '' : ERRORS[error].sentence,
      idLow: this.#view.idLow,
      idHigh: this.#view.idHigh,
      clientSeq: this.#body.clientSeq,
      createTime: this.#body.createTime,
      serverTime,
      ...serverMsgId,
      convSeq,
      to: route.to,
      duplicate,
    });
  }

  #moveOn(audience: Audience, src: number): void {
    for (const { partition } of audience) this.#state.prev[partition] = src;
  }

  #emit(
    route: Route,
    audience: Audience,
    kind: number,
    src: number,
    row: Buffer,
    content: Buffer,
    ack: Buffer,
  ): void {
    const decided = {
      route,
      kind,
      src,
      logTime: this.#state.logTime,
      row,
      content,
      ack,
      returnTo: this.#view,
    };
    for (const part of audience) {
      this.outputs.add(this.#topic, part, this.#state.prev[part.partition] ?? NO_SOURCE, decided);
      this.#state.prev[part.partition] = src;
    }
  }

  /** The last record of this source in every partition of the epoch. */
  seal(src: number): void {
    if (!this.makesInbox) return;
    const { inboxPartitions, logTime, prev } = this.#state;
    for (let partition = 0; partition < inboxPartitions; partition += 1) {
      this.outputs.addSeal(this.#topic, partition, src, prev[partition] ?? NO_SOURCE, logTime);
    }
  }

  /** Outputs from now on go into the topic of another epoch. */
  moveTo(epoch: number): void {
    this.#topic = inboxTopic(epoch);
  }
}
