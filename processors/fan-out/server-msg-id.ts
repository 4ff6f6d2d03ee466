/**
 * serverMsgId as `serverMsgIdOf` computes it, in two halves and without a detour over bytes and a bigint: it is
 * computed for every row.
 */
import { hash } from 'node:crypto';

export interface ServerMsgId {
  readonly serverIdLow: number;
  readonly serverIdHigh: number;
}

export const NO_SERVER_MSG_ID: ServerMsgId = { serverIdLow: 0, serverIdHigh: 0 };

/** What all messages of a sender to a receiver or group begin with. */
export const serverMsgIdPrefix = (tenant: string, sender: string, to: string): string =>
  `msg\n${tenant}\n${sender}\n${to}\n`;

export const serverMsgIdFrom = (prefix: string, clientMsgId: bigint): ServerMsgId => {
  const hex = hash('sha256', prefix + clientMsgId.toString(), 'hex');
  const serverIdHigh = Number.parseInt(hex.slice(0, 8), 16);
  const serverIdLow = Number.parseInt(hex.slice(8, 16), 16);
  return { serverIdHigh, serverIdLow: serverIdHigh === 0 && serverIdLow === 0 ? 1 : serverIdLow };
};

/** The side of a conversation that a command comes from. */
interface Addressed {
  readonly tenant: string;
  readonly sender: string;
  readonly to: string;
  readonly kind: string;
}

/** Of the message by this author in the conversation, which a recall is about. */
export const serverMsgIdOfTarget = (route: Addressed, sender: string, clientMsgId: bigint): bigint => {
  // A message of the other side was addressed to this side.
  const to = route.kind === 'direct' && sender !== route.sender ? route.sender : route.to;
  return idFromHalves(serverMsgIdFrom(serverMsgIdPrefix(route.tenant, sender, to), clientMsgId));
};

export const idFromHalves = ({ serverIdLow, serverIdHigh }: ServerMsgId): bigint =>
  (BigInt(serverIdHigh) << 32n) | BigInt(serverIdLow);
