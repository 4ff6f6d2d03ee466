/** Operations of the wire. Requests are even, their replies odd (request + 1). */

export const OP = {
  HANDSHAKE: 0,
  HEARTBEAT: 2,
  SEND_MSG: 4,
  /** With sequence id 0: a push of rows (PushMsg). */
  SEND_MSG_REPLY: 5,
  DISCONNECT: 6,
  AUTH: 7,
  AUTH_REPLY: 8,
  RAW: 9,
  CHANGE_ROOM: 12,
  SUB: 14,
  UNSUB: 16,
  SEND_APP_MSG: 100,
  SYNC: 102,
  READ: 104,
  UNREAD: 106,
  RECALL: 108,
  EDIT: 110,
  DELETE: 112,
  REACT: 114,
  TYPING: 116,
  CONVERSATION_LIST: 118,
  GROUP_CREATE: 200,
  GROUP_JOIN: 202,
  GROUP_LEAVE: 204,
  GROUP_INVITE: 206,
  GROUP_KICK: 208,
  GROUP_DISMISS: 210,
  GROUP_INFO: 216,
} as const;

export type Operation = (typeof OP)[keyof typeof OP];

/** The operation of a reply; Auth's is 8. */
export const replyTo = (operation: number): number => operation + 1;
