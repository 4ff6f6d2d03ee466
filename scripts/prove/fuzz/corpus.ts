/** Valid bodies to begin from: one of each operation, with every field set once. */
import { bubble } from '../../../schemas/wire/generated/bubble.js';
import { longOf, longOfId } from '../../../schemas/wire/int64.ts';
import { OP } from '../../../schemas/wire/operations.ts';

const wire = bubble.wire;
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const id = longOfId(1_853_070_350_795_101_978n);

export interface Sample {
  readonly operation: number;
  readonly body: Uint8Array;
}

/** What a client may send inside the channel. */
export const requests = (peer: string, group: string): Sample[] => [
  {
    operation: OP.SEND_MSG,
    body: wire.NewChatMsg.encode({
      msgType: 1,
      toUserName: peer,
      clientMsgId: id,
      clientSeq: 7,
      createTime: longOf(1_767_225_600_000),
      content: text('你好, hello'),
      msgSource: 'source',
      deviceId: 'device',
      osType: 'os',
      platform: 'platform',
      pushContent: 'push',
    }).finish(),
  },
  {
    operation: OP.SEND_APP_MSG,
    body: wire.NewAppMsg.encode({
      toUserName: group,
      clientMsgId: id,
      appId: 'app',
      type: 3,
      content: text('card'),
      thumb: text('thumb'),
      shareUrlOpen: 'https://example.org',
    }).finish(),
  },
  {
    operation: OP.SYNC,
    body: wire.SyncMsgReq.encode({
      serverMsgSeq: longOf(2 ** 45),
      count: 10,
      until: longOf(2 ** 45 + 9),
    }).finish(),
  },
  {
    operation: OP.READ,
    body: wire.MsgReadReq.encode({
      type: 0,
      userName: peer,
      clientMsgId: id,
      convSeq: longOf(2 ** 45),
    }).finish(),
  },
  {
    operation: OP.RECALL,
    body: wire.RevokeMsgReq.encode({
      serverMsgId: id,
      userName: peer,
      clientMsgId: id,
      sender: peer,
      originalClientMsgId: id,
    }).finish(),
  },
  ...[OP.GROUP_CREATE, OP.GROUP_JOIN, OP.GROUP_LEAVE, OP.GROUP_INVITE, OP.GROUP_KICK, OP.GROUP_DISMISS].map(
    (operation) => ({
      operation,
      body: wire.GroupReq.encode({ clientMsgId: id, group, title: 'title', users: [peer, 'other'] }).finish(),
    }),
  ),
  { operation: OP.UNREAD, body: wire.UnreadReq.encode({ userName: peer }).finish() },
  { operation: OP.CONVERSATION_LIST, body: wire.ConversationListReq.encode({ lastRows: 3 }).finish() },
  { operation: OP.GROUP_INFO, body: wire.GroupInfoReq.encode({ group }).finish() },
  { operation: OP.HEARTBEAT, body: wire.HeartbeatReq.encode({ completeTo: longOf(2 ** 45) }).finish() },
];

/** What a server may send: a client's decoders meet them mutated. */
export const pushBody = (): Uint8Array =>
  wire.PushMsg.encode({
    msg: [
      {
        msgId: longOf(2 ** 45),
        fromUserName: 'ada',
        toUserName: '#abcdefghijklmnop',
        msgType: 1,
        content: text('content'),
        serverMsgId: id,
        serverMsgSeq: longOf(2 ** 45 + 3),
        clientMsgId: id,
        convSeq: longOf(2 ** 45),
        isRoom: true,
        reference: { serverMsgId: id, sender: 'bob', clientMsgId: id, convSeq: longOf(1) },
        membership: { change: 1, users: ['ada', 'bob'], title: 't', memberCount: 2 },
        deviceId: 'device',
        own: true,
        prevSeq: longOf(2 ** 45),
      },
    ],
  }).finish();
