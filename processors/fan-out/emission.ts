/**
 * What a decision brings about: `prev` of each inbox partition touched moves on, and, while live, rows and the answer
 * are encoded.
 */
import { ERRORS, errorNameOf } from '../../schemas/errors.ts';
import { INBOX_KIND } from '../../schemas/events/inbox.ts';
import { NO_SOURCE } from '../../schemas/rules/acceptance.ts';
import { inboxTopic } from '../../schemas/topics.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { longOf, longOfId } from '../../schemas/wire/int64.ts';
import { type Audience, NOBODY } from './audience.ts';
import type { ReferenceTo } from './decide.ts';
import type { InboundView } from './inbound-view.ts';
import type { MessageBody } from './message-body.ts';
import type { Outcome } from './outcomes.ts';
import type { Outputs } from './outputs.ts';
import type { PartitionState } from './partition-state.ts';
import type { Route } from './route.ts';
import { type RowFields, RowWriter } from './row-writer.ts';
import { NO_SERVER_MSG_ID, type ServerMsgId, serverMsgIdFrom, serverMsgIdPrefix } from './server-msg-id.ts';

const { RowKind, Reference } = bubble.wire;

/** What a receipt or a recall is about, as bytes for the row. */
export function referenceOf(route: Route, { sender, clientMsgId, convSeq }: ReferenceTo): Uint8Array {
  if (sender === '') return Reference.encode({ convSeq: longOf(convSeq) }).finish();
  // A message of the other side was addressed to this side.
  const to = route.kind === 'direct' && sender !== route.sender ? route.sender : route.to;
  const { serverIdLow, serverIdHigh } = serverMsgIdFrom(
    serverMsgIdPrefix(route.tenant, sender, to),
    clientMsgId,
  );
  return Reference.encode({
    serverMsgId: longOfId((BigInt(serverIdHigh) << 32n) | BigInt(serverIdLow)),
    sender,
    clientMsgId: longOfId(clientMsgId),
    convSeq: longOf(convSeq),
  }).finish();
}

export class Emission {
  readonly outputs: Outputs;
  /** False: `prev` moves on and nothing is encoded. */
  live = false;
  readonly #state: PartitionState;
  readonly #view: InboundView;
  readonly #body: MessageBody;
  readonly #rowWriter = new RowWriter();
  readonly #ackWriter = new RowWriter();
  #topic: string;

  /** @param view and body: those of the command that is being decided */
  constructor(state: PartitionState, view: InboundView, body: MessageBody, outputs: Outputs) {
    this.#state = state;
    this.#view = view;
    this.#body = body;
    this.outputs = outputs;
    this.#topic = inboxTopic(state.epoch);
  }

  /** A row for the audience, and the answer to the sender. */
  deliver(
    route: Route,
    src: number,
    rowKind: number,
    audience: Audience,
    code: number,
    parts: Pick<RowFields, 'reference' | 'membership'>,
  ): void {
    if (!this.live) {
      this.#moveOn(audience, src);
      return;
    }
    const view = this.#view;
    const body = this.#body;
    const isMessage = rowKind === RowKind.MESSAGE;
    const serverMsgId = serverMsgIdFrom(route.serverMsgIdPrefix, view.clientMsgId);
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
      ...parts,
    });
    const ack = this.#ack(route, code, false, src, this.#state.logTime, serverMsgId);
    const content = isMessage ? view.bytes.subarray(body.contentStart, body.contentEnd) : NOBODY;
    this.#emit(route, audience, rowKind, src, row, content, ack);
  }

  /** An answer without a row. @param first the outcome that was decided before, where it is known */
  answer(route: Route, src: number, code: number, duplicate: boolean, first: Outcome | null): void {
    if (!this.live) {
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
    if (!this.live) return;
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
