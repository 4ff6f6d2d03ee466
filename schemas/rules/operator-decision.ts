/**
 * What an operator decides about a record of inbound that no release here can read. It is logged in the same inbound
 * partition, behind the record, so that every replay comes to the same outcome.
 *
 * 1. An operator appends 'reject'. That alone changes nothing: by then the record may have been read after all.
 * 2. The owner that stands at the record, and it alone, answers with 'rejected'. Only this one counts.
 * 3. Whoever applies a record that may be foreign first looks for a 'rejected' behind it. Where there is one, the
 *    record counts as undecodable, also for a release that could read it.
 * 'resume' changes nothing in the log's meaning: it asks the owner to try again now.
 *
 * The key says all that counts, as text: a reader of keys needs no schema, and no release is too old for it.
 */
import { COMMAND, type InboundEvent, NO_RETURN } from '../events/inbound.ts';

export const DECISION_ACTIONS = ['reject', 'resume', 'rejected'] as const;
export type DecisionAction = (typeof DECISION_ACTIONS)[number];

export interface OperatorDecision {
  /** Of the record that it is about. */
  readonly offset: number;
  readonly action: DecisionAction;
  /** Who has decided, and why: for people. */
  readonly operator: string;
  readonly reason: string;
}

/** What counts of it. */
export type DecisionKey = Pick<OperatorDecision, 'offset' | 'action'>;

const PREFIX = Buffer.from('fact/decision/');
const REST = /^(0|[1-9][0-9]{0,15})\/(reject|resume|rejected)$/;
const LONGEST_KEY = 64;

export const decisionKey = ({ offset, action }: DecisionKey): Buffer =>
  Buffer.from(`${PREFIX.toString()}${offset}/${action}`);

/** @returns null where the key is not that of a decision */
export const decisionOfKey = (key: Uint8Array | null): DecisionKey | null => {
  if (key === null || key.length <= PREFIX.length || key.length > LONGEST_KEY) return null;
  for (let at = 0; at < PREFIX.length; at += 1) if (key[at] !== PREFIX[at]) return null;
  const rest = REST.exec(Buffer.from(key.subarray(PREFIX.length)).toString('latin1'));
  const offset = Number(rest?.[1]);
  if (rest === null || !Number.isSafeInteger(offset)) return null;
  return { offset, action: rest[2] as DecisionAction };
};

/** @param gateTime the clock of whoever writes it, ms: information only */
export const decisionEvent = (decision: OperatorDecision, gateTime: number): InboundEvent => ({
  ...NO_RETURN,
  tenant: '',
  conversation: '',
  kind: COMMAND.OPERATOR_DECISION,
  sender: '',
  device: '',
  generation: 0,
  clientMsgId: 0n,
  to: '',
  body: Buffer.from(JSON.stringify(decision)),
  bodyKey: null,
  gateTime,
});

/** Who and why, of the body of a decision; empty where it does not say. */
export const decisionNotes = (body: Uint8Array): Pick<OperatorDecision, 'operator' | 'reason'> => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    // The key counts; notes are for people.
    return { operator: '', reason: '' };
  }
  const text = (name: string): string => {
    if (typeof parsed !== 'object' || parsed === null || !(name in parsed)) return '';
    const value: unknown = (parsed as Record<string, unknown>)[name];
    return typeof value === 'string' ? value : '';
  };
  return { operator: text('operator'), reason: text('reason') };
};
