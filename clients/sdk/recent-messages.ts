/**
 * The last messages by identity: (kind, conversation, sender, serverMsgId). After an epoch change the same message
 * has another version; nobody wants to see it twice. Who makes two ids collide hurts only himself: where sender or
 * conversation differ it is another message.
 */
import type { Row } from './rows.ts';

type Identity = Pick<Row, 'kind' | 'conversation' | 'from' | 'seq'>;

export class RecentMessages {
  readonly #limit: number;
  readonly #byServerMsgId = new Map<bigint, Identity>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Remembers the row; false where the same message is remembered already. The higher version is kept. */
  isNew(row: Row): boolean {
    const { kind, conversation, from, seq, serverMsgId } = row;
    if (serverMsgId === 0n) return true;
    const known = this.#byServerMsgId.get(serverMsgId);
    const same =
      known !== undefined &&
      known.kind === kind &&
      known.conversation === conversation &&
      known.from === from;
    if (same && known.seq >= seq) return false;
    if (known === undefined && this.#byServerMsgId.size >= this.#limit) {
      const oldest = this.#byServerMsgId.keys().next();
      if (oldest.done !== true) this.#byServerMsgId.delete(oldest.value);
    }
    this.#byServerMsgId.set(serverMsgId, { kind, conversation, from, seq });
    return !same;
  }
}
