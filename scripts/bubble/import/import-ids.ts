/**
 * The clientMsgIds of an import: the same every time the same file is played, so that playing it again doubles
 * nothing. They are the base (the time of the first start, found again in the service user's inbox) plus four for
 * each line of the file; at one line a user may leave, join and write, in this order.
 */
import { CLIENT_MSG_ID_RANDOM_BITS } from '../../../schemas/ids.ts';

export const SERVICE_USER = 'import-service';
export const DEVICE = 'import';
/** For reading back: playing and reading sessions do not replace each other. */
export const READER_DEVICE = 'import-reader';

const IDS_A_LINE = 4;
const SLOT = { LEAVE: 0, JOIN: 1, MESSAGE: 2 } as const;
const PREFIX = 'bubble import';
/** Title of the creation that only holds the base, for files without rooms. */
const MARKER = '';

export interface ImportKey {
  readonly digest: string;
  readonly idle: number;
  readonly usersOffline: number;
}

export const titleOf = (key: ImportKey, room: string): string =>
  `${PREFIX} ${key.digest} idle=${key.idle} offline=${key.usersOffline} room=${room}`;
export const markerTitle = (key: ImportKey): string => titleOf(key, MARKER);
export const isImportTitle = (title: string): boolean => title.startsWith(`${PREFIX} `);

/** @param order 0 for the marker, 1 and up for rooms */
export const creationId = (base: bigint, order: number): bigint => base + BigInt(order);
export const baseOfCreation = (id: bigint): bigint =>
  (id >> CLIENT_MSG_ID_RANDOM_BITS) << CLIENT_MSG_ID_RANDOM_BITS;
export const freshBase = (nowMs: number): bigint => BigInt(Math.floor(nowMs)) << CLIENT_MSG_ID_RANDOM_BITS;

const idAt = (base: bigint, line: number, slot: number): bigint => base + BigInt(line * IDS_A_LINE + slot);
export const leaveId = (base: bigint, line: number): bigint => idAt(base, line, SLOT.LEAVE);
export const joinId = (base: bigint, line: number): bigint => idAt(base, line, SLOT.JOIN);
export const messageId = (base: bigint, line: number): bigint => idAt(base, line, SLOT.MESSAGE);

/** Ids that an import of so many lines may use. */
export const idsOf = (lines: number): number => lines * IDS_A_LINE;
/** @param distance id - base. @returns the line, or -1: not the id of a message */
export const lineOfMessage = (distance: number): number =>
  distance >= 0 && distance % IDS_A_LINE === SLOT.MESSAGE ? (distance - SLOT.MESSAGE) / IDS_A_LINE : -1;
