/**
 * A history: what clients did and saw, and nothing else. Recorded by the kill loop, the simulation and load tools;
 * judged by `checker.ts`.
 *
 * Order matters only within a device (and `final` may stand anywhere), so the files of several processes are simply
 * read one after the other.
 */

/** `<user>/<device id>`: user ids never hold a '/'. */
export type DeviceName = string;
export const deviceName = (user: string, device: string): DeviceName => `${user}/${device}`;
export const userOfDevice = (device: DeviceName): string => device.slice(0, device.indexOf('/'));

/** A row of an inbox as a client has seen it: pushed, pulled, or in the final reading. */
export interface SeenRow {
  /** RowKind of the wire. */
  readonly kind: number;
  readonly seq: number;
  /** -1: the row was pulled and has none. */
  readonly prevSeq: number;
  readonly convSeq: number;
  readonly conversation: string;
  /** The sender's device. */
  readonly from: DeviceName;
  readonly clientMsgId: bigint;
  readonly serverMsgId: bigint;
  /** Of the content (see `digestOf`); 0 for rows without content. */
  readonly digest: number;
  readonly own: boolean;
  /** REJECTED: the code. */
  readonly status: number;
  /** MEMBERSHIP: MembershipChange of the wire; else 0. */
  readonly change: number;
  /** MEMBERSHIP: those concerned; empty in large groups. */
  readonly users: readonly string[];
}

export type HistoryEvent =
  /** A device begins (or a connection of it does), complete up to here: rows below were not given to it here. */
  | { readonly type: 'opened'; readonly device: DeviceName; readonly completeTo: number }
  | { readonly type: 'closed'; readonly device: DeviceName }
  /** The device's process was started again, complete up to here: rows above may be shown once more. */
  | { readonly type: 'restarted'; readonly device: DeviceName; readonly completeTo: number }
  /** Recorded before the frame leaves. A retry under the same id may be recorded again. */
  | {
      readonly type: 'invoked';
      readonly device: DeviceName;
      readonly conversation: string;
      readonly clientMsgId: bigint;
      /** CommandKind of the inbound event. */
      readonly kind: number;
      readonly digest: number;
      /** The users that a group command names; of a creation the members it asks for. */
      readonly users: readonly string[];
    }
  | {
      readonly type: 'answered';
      readonly device: DeviceName;
      readonly conversation: string;
      readonly clientMsgId: bigint;
      readonly ret: number;
      readonly duplicate: boolean;
      /** 0 where the answer has none. */
      readonly serverMsgId: bigint;
      readonly seq: number;
      readonly prevSeq: number;
      readonly convSeq: number;
      /** Of the attempt that is answered; 0: not known. */
      readonly digest: number;
    }
  | { readonly type: 'pushed'; readonly device: DeviceName; readonly row: SeenRow }
  | {
      readonly type: 'pulled';
      readonly device: DeviceName;
      readonly from: number;
      readonly syncedTo: number;
      readonly rows: readonly SeenRow[];
    }
  /** The SDK has handed the row to the application: each exactly once. */
  | { readonly type: 'shown'; readonly device: DeviceName; readonly seq: number }
  /** The client now says that it has every row up to here. */
  | { readonly type: 'claimed'; readonly device: DeviceName; readonly completeTo: number }
  /** A notice (joined, notify mode) told the client to pull up to here. */
  | { readonly type: 'noticed'; readonly device: DeviceName; readonly newestSeq: number }
  /** The server said: rows up to here were pushed to you, or lie before you joined. */
  | { readonly type: 'proven'; readonly device: DeviceName; readonly provenTo: number }
  /** The run is over and quiet; the device must have everything. */
  | { readonly type: 'finished'; readonly device: DeviceName; readonly completeTo: number }
  /** The whole inbox of a user, read from version 0 when all is over. */
  | {
      readonly type: 'final';
      readonly user: string;
      readonly rows: readonly SeenRow[];
      readonly syncedTo: number;
    };

/** A number of 53 bits from bytes: two rounds of FNV-1a with different seeds. 0 for no bytes. */
export const digestOf = (bytes: Uint8Array): number => {
  if (bytes.length === 0) return 0;
  let low = 0x811c9dc5;
  let high = 0x01234567;
  for (let index = 0; index < bytes.length; index += 1) {
    low = Math.imul(low ^ bytes[index]!, 0x01000193);
    high = Math.imul(high ^ bytes[index]!, 0x85ebca6b) ^ (high >>> 15);
  }
  return ((high >>> 0) & 0x1f_ffff) * 0x1_0000_0000 + (low >>> 0) || 1;
};

type Json = unknown[];

const rowToJson = (row: SeenRow): Json => [
  row.kind,
  row.seq,
  row.prevSeq,
  row.convSeq,
  row.conversation,
  row.from,
  row.clientMsgId.toString(),
  row.serverMsgId.toString(),
  row.digest,
  row.own ? 1 : 0,
  row.status,
  row.change,
  row.users,
];

const rowFromJson = (json: Json): SeenRow => ({
  kind: json[0] as number,
  seq: json[1] as number,
  prevSeq: json[2] as number,
  convSeq: json[3] as number,
  conversation: json[4] as string,
  from: json[5] as string,
  clientMsgId: BigInt(json[6] as string),
  serverMsgId: BigInt(json[7] as string),
  digest: json[8] as number,
  own: json[9] === 1,
  status: json[10] as number,
  change: json[11] as number,
  users: json[12] as string[],
});

/** One line of a history file, without the line feed: a JSON array that begins with the type. */
export const eventToLine = (event: HistoryEvent): string => {
  switch (event.type) {
    case 'opened':
    case 'restarted':
    case 'claimed':
    case 'finished':
      return JSON.stringify([event.type, event.device, event.completeTo]);
    case 'closed':
      return JSON.stringify([event.type, event.device]);
    case 'shown':
      return JSON.stringify([event.type, event.device, event.seq]);
    case 'noticed':
      return JSON.stringify([event.type, event.device, event.newestSeq]);
    case 'proven':
      return JSON.stringify([event.type, event.device, event.provenTo]);
    case 'invoked':
      return JSON.stringify([
        event.type,
        event.device,
        event.conversation,
        event.clientMsgId.toString(),
        event.kind,
        event.digest,
        event.users,
      ]);
    case 'answered':
      return JSON.stringify([
        event.type,
        event.device,
        event.conversation,
        event.clientMsgId.toString(),
        event.ret,
        event.duplicate ? 1 : 0,
        event.serverMsgId.toString(),
        event.seq,
        event.prevSeq,
        event.convSeq,
        event.digest,
      ]);
    case 'pushed':
      return JSON.stringify([event.type, event.device, rowToJson(event.row)]);
    case 'pulled':
      return JSON.stringify([
        event.type,
        event.device,
        event.from,
        event.syncedTo,
        event.rows.map(rowToJson),
      ]);
    case 'final':
      return JSON.stringify([event.type, event.user, event.syncedTo, event.rows.map(rowToJson)]);
  }
};

/** @throws Error where the line is not one that `eventToLine` writes */
export const eventFromLine = (line: string): HistoryEvent => {
  const json = JSON.parse(line) as Json;
  const type = json[0] as HistoryEvent['type'];
  const device = json[1] as string;
  const number = json[2] as number;
  switch (type) {
    case 'opened':
    case 'restarted':
    case 'claimed':
    case 'finished':
      return { type, device, completeTo: number };
    case 'closed':
      return { type, device };
    case 'shown':
      return { type, device, seq: number };
    case 'noticed':
      return { type, device, newestSeq: number };
    case 'proven':
      return { type, device, provenTo: number };
    case 'invoked':
      return {
        type,
        device,
        conversation: json[2] as string,
        clientMsgId: BigInt(json[3] as string),
        kind: json[4] as number,
        digest: json[5] as number,
        users: json[6] as string[],
      };
    case 'answered':
      return {
        type,
        device,
        conversation: json[2] as string,
        clientMsgId: BigInt(json[3] as string),
        ret: json[4] as number,
        duplicate: json[5] === 1,
        serverMsgId: BigInt(json[6] as string),
        seq: json[7] as number,
        prevSeq: json[8] as number,
        convSeq: json[9] as number,
        digest: json[10] as number,
      };
    case 'pushed':
      return { type, device, row: rowFromJson(json[2] as Json) };
    case 'pulled':
      return {
        type,
        device,
        from: number,
        syncedTo: json[3] as number,
        rows: (json[4] as Json[]).map(rowFromJson),
      };
    case 'final':
      return { type, user: device, syncedTo: number, rows: (json[3] as Json[]).map(rowFromJson) };
    default:
      throw new Error(`not an event of a history: ${line.slice(0, 80)}`);
  }
};
