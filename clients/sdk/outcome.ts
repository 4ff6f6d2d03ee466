/** What becomes of a command, and what an answer or a row says of it. */
import { ERRORS, type ErrorName } from '../../schemas/errors.ts';
import type { Ack } from './commands.ts';
import type { StoredCommand } from './outbox-storage.ts';
import type { Row } from './rows.ts';

export type Outcome =
  | {
      readonly kind: 'accepted';
      readonly clientMsgId: bigint;
      readonly serverMsgId: bigint;
      /** Version in the own space; 0 where the first answer was lost and the row is still to come. */
      readonly seq: number;
      readonly convSeq: number;
      /** ms, log time. */
      readonly serverTime: number;
      /** The receiver; for a created group its id. */
      readonly to: string;
    }
  | {
      /** Definite: this will never appear. */
      readonly kind: 'rejected';
      readonly clientMsgId: bigint;
      readonly to: string;
      readonly error: ErrorName | 'UNKNOWN';
      readonly code: number;
      readonly message: string;
    }
  | {
      /** The server no longer knows the id, and rows of that time are no longer kept: accepted or not, who knows. */
      readonly kind: 'undecided';
      readonly clientMsgId: bigint;
      readonly to: string;
      readonly error: 'STALE_ID';
    };

const RETRY_CODES_END = 200;

/** What a code means for a command: retry codes of later releases are known by their range. */
export const meaningOf = (
  ack: Pick<Ack, 'code' | 'name'>,
): 'accepted' | 'pending' | 'retry' | 'stale' | 'rejected' => {
  if (ack.name === 'OK') return 'accepted';
  if (ack.name === 'PENDING') return 'pending';
  if (ack.name === 'STALE_ID') return 'stale';
  return ack.code >= ERRORS.RETRY_LATER.code && ack.code < RETRY_CODES_END ? 'retry' : 'rejected';
};

export const outcomeOf = (command: StoredCommand, ack: Ack): Outcome => {
  const { clientMsgId } = command;
  const to = ack.to === '' ? command.to : ack.to;
  if (ack.name === 'OK') {
    const { serverMsgId, seq, convSeq, serverTime, duplicate } = ack;
    return { kind: 'accepted', clientMsgId, serverMsgId, seq: duplicate ? 0 : seq, convSeq, serverTime, to };
  }
  const message = ack.message !== '' || ack.name === 'UNKNOWN' ? ack.message : ERRORS[ack.name].sentence;
  return { kind: 'rejected', clientMsgId, to, error: ack.name, code: ack.code, message };
};

/** The own row of a command: its outcome too. */
export const outcomeOfRow = (command: StoredCommand, row: Row): Outcome => {
  const { clientMsgId } = command;
  if (row.kind === 'rejected') {
    const error = row.rejection ?? 'UNKNOWN';
    const known = error === 'UNKNOWN' ? { code: 0, sentence: '' } : ERRORS[error];
    const { code, sentence } = known;
    return { kind: 'rejected', clientMsgId, to: command.to, error, code, message: sentence };
  }
  const { serverMsgId, seq, convSeq, serverTime, to } = row;
  return { kind: 'accepted', clientMsgId, serverMsgId, seq, convSeq, serverTime, to };
};
