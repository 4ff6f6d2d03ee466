/** One client's connection, seen from the scripted server. */
import type { ClientChannel } from '../../../schemas/channel/client-channel.ts';
import { CLOSE_CODES, type CloseName, ERRORS, type ErrorName } from '../../../schemas/errors.ts';
import { bubble } from '../../../schemas/wire/generated/bubble.js';
import { longOf, longOfId } from '../../../schemas/wire/int64.ts';
import { OP, replyTo } from '../../../schemas/wire/operations.ts';
import type { ScriptedServer } from './scripted-server.ts';
import type { Login } from './server-handshake.ts';

const { CommandAck, DisconnectMsg, HeartbeatRep, PushMsg } = bubble.wire;

export type AckFields = Omit<bubble.wire.CommandAck.$Properties, 'clientMsgId'> & { clientMsgId: bigint };

export interface Request {
  readonly connection: ServerConnection;
  readonly operation: number;
  readonly sequence: number;
  readonly body: Uint8Array;
}

export class ServerConnection {
  readonly #server: ScriptedServer;
  readonly #deliver: (bytes: Uint8Array) => void;
  readonly close: () => void;
  channel: ClientChannel | null = null;
  login: Login | null = null;
  isOpen = true;
  #joined = false;

  constructor(server: ScriptedServer, deliver: (bytes: Uint8Array) => void, close: () => void) {
    this.#server = server;
    this.#deliver = deliver;
    this.close = close;
  }

  get user(): string {
    return this.login?.user ?? '';
  }

  plain(frame: Uint8Array): void {
    this.#deliver(frame);
  }

  sealed(operation: number, sequence: number, body: Uint8Array): void {
    if (!this.isOpen || this.channel === null) return;
    this.#deliver(this.channel.seal(operation, sequence, body) as Uint8Array);
  }

  disconnect(name: CloseName, retryAfterMs = 0): void {
    this.sealed(
      OP.DISCONNECT,
      0,
      DisconnectMsg.encode({ code: CLOSE_CODES[name].code, retryAfterMs }).finish(),
    );
    this.close();
  }

  notice(newestSeq: number, fields: { unproven?: boolean } = {}): void {
    const body = HeartbeatRep.encode({
      serverTime: longOf(this.#server.clock.now()),
      newestSeq: longOf(newestSeq),
      provenTo: longOf(newestSeq),
      ...fields,
    }).finish();
    this.sealed(replyTo(OP.HEARTBEAT), 0, body);
  }

  push(rows: readonly bubble.wire.AddMsg.$Properties[]): void {
    this.sealed(OP.SEND_MSG_REPLY, 0, PushMsg.encode({ msg: [...rows] }).finish());
  }

  ack(request: Request, fields: AckFields): void {
    const body = CommandAck.encode({ ...fields, clientMsgId: longOfId(fields.clientMsgId) }).finish();
    this.sealed(replyTo(request.operation), request.sequence, body);
  }

  refuse(request: Request, error: ErrorName): void {
    const body = CommandAck.encode({ ret: ERRORS[error].code }).finish();
    this.sealed(replyTo(request.operation), request.sequence, body);
  }

  join(): void {
    if (this.#joined) return;
    this.#joined = true;
    if (this.#server.announcesJoins) this.notice(this.#server.newestOf(this.user));
  }
}
