/**
 * 1:1 chat: 100 senders with 10 conversations each, 100 receivers on line and 25 off line (20 %), 200 connections.
 * One message is unanswered in each conversation. A message is done when its sender has the answer and, where the
 * receiver is on line, the receiver has the row.
 */

import type { ClientSession } from '../../clients/sdk/session.ts';
import { ERRORS } from '../../schemas/errors.ts';
import { type Population, pullAll, sendText } from './population.ts';

const SENDERS = 100;
const RECEIVERS_ONLINE = 100;
const RECEIVERS_OFFLINE = 25;
const CONVERSATIONS = 10;
/** With the envelope about 200 bytes of frame. */
export const CONTENT = Buffer.from(
  'how are you doing today? the weather is fine and the train was late again'.padEnd(120, '.'),
);

const senderName = (index: number): string => `sender-${index}`;
const receiverName = (index: number): string => `receiver-${index}`;

export interface ChatCounts {
  sent: number;
  answered: number;
  failed: number;
  delivered: number;
}

/** Called when a conversation's message was answered: whether and when to send the next one is the case's choice. */
export type Answered = (conversation: number, ok: boolean) => void;

export class ChatLoad {
  readonly counts: ChatCounts = { sent: 0, answered: 0, failed: 0, delivered: 0 };
  readonly conversations = SENDERS * CONVERSATIONS;
  readonly #population: Population;
  readonly #expectedRows = new Map<string, number>();
  #senders: ClientSession[] = [];
  #online: ClientSession[] = [];
  /** Called for each row a receiver gets. */
  onDelivered: (receiver: number, rows: number) => void = () => {};

  constructor(population: Population) {
    this.#population = population;
  }

  async connect(countRows: (body: Uint8Array) => number): Promise<void> {
    this.#senders = await this.#population.connectAll(
      Array.from({ length: SENDERS }, (_, i) => senderName(i)),
      () => ({}),
    );
    this.#online = await this.#population.connectAll(
      Array.from({ length: RECEIVERS_ONLINE }, (_, i) => receiverName(i)),
      (_user, index) => ({
        push: (body) => {
          const rows = countRows(body);
          this.counts.delivered += rows;
          this.onDelivered(index, rows);
        },
      }),
    );
  }

  receiverOf(conversation: number): number {
    const sender = Math.floor(conversation / CONVERSATIONS);
    return (sender * 7 + (conversation % CONVERSATIONS) * 13) % (RECEIVERS_ONLINE + RECEIVERS_OFFLINE);
  }

  isOnline(receiver: number): boolean {
    return receiver < RECEIVERS_ONLINE;
  }

  send(conversation: number, answered: Answered): void {
    const sender = Math.floor(conversation / CONVERSATIONS);
    const receiver = this.receiverOf(conversation);
    this.counts.sent += 1;
    sendText(this.#senders[sender]!, receiverName(receiver), this.#population.nextId(), CONTENT, (answer) => {
      const ok = answer !== null && answer.ret === ERRORS.OK.code;
      if (ok) {
        this.counts.answered += 1;
        this.#expect(senderName(sender));
        this.#expect(receiverName(receiver));
      } else {
        this.counts.failed += 1;
      }
      answered(conversation, ok);
    });
  }

  #expect(user: string): void {
    this.#expectedRows.set(user, (this.#expectedRows.get(user) ?? 0) + 1);
  }

  /** Messages answered whose receiver is on line: what must have been delivered. */
  expectedDeliveries(): number {
    let expected = 0;
    for (let receiver = 0; receiver < RECEIVERS_ONLINE; receiver += 1) {
      expected += this.#expectedRows.get(receiverName(receiver)) ?? 0;
    }
    return expected;
  }

  /** Pulls every inbox, those off line through a new session. @returns rows pulled and expected */
  async pullEverything(): Promise<{ pulled: number; expected: number }> {
    let pulled = 0;
    let expected = 0;
    const pull = async (session: ClientSession, user: string): Promise<void> => {
      const { rows } = await pullAll(session);
      pulled += rows;
      expected += this.#expectedRows.get(user) ?? 0;
    };
    const offline = Array.from({ length: RECEIVERS_OFFLINE }, (_, index) =>
      receiverName(RECEIVERS_ONLINE + index),
    );
    const late = await this.#population.connectAll(offline, () => ({}));
    await Promise.all([
      ...this.#senders.map((session, index) => pull(session, senderName(index))),
      ...this.#online.map((session, index) => pull(session, receiverName(index))),
      ...late.map((session, index) => pull(session, offline[index]!)),
    ]);
    return { pulled, expected };
  }
}
