/** The clients of a benchmark: many sessions in this process, over the SDK's session layer. */

import { setTimeout as sleep } from 'node:timers/promises';
import { nodeCryptoPort } from '../../clients/sdk/crypto/node-crypto-port.ts';
import type { StoredTicket } from '../../clients/sdk/handshake.ts';
import { Manifests } from '../../clients/sdk/manifests.ts';
import { connectTcp } from '../../clients/sdk/node/tcp-transport.ts';
import { connectWebSocket } from '../../clients/sdk/node/websocket-transport.ts';
import type { ClientSession, SessionHooks } from '../../clients/sdk/session.ts';
import { openSession, type SessionOpening } from '../../clients/sdk/session-opening.ts';
import type { Transport } from '../../clients/sdk/transport.ts';
import { systemClock } from '../../infra/clock/system-clock.ts';
import { SUITE } from '../../schemas/channel/key-schedule.ts';
import { ERRORS } from '../../schemas/errors.ts';
import { nextClientMsgId } from '../../schemas/ids.ts';
import { DEFAULT_SDK_LIMITS } from '../../schemas/limits.ts';
import { bubble } from '../../schemas/wire/generated/bubble.js';
import { longOf, longOfId, numberOf } from '../../schemas/wire/int64.ts';
import { OP } from '../../schemas/wire/operations.ts';
import { SYNC_MSG_TAG } from '../../schemas/wire/row.ts';
import type { BenchServer } from './bench-server.ts';

const { CommandAck, NewChatMsg, SyncMsgReq, GroupReq } = bubble.wire;

const CONNECTING_AT_ONCE = 32;

export class Population {
  readonly #server: BenchServer;
  readonly #manifests: Manifests;
  readonly #transport: Transport;
  readonly #crypto = nodeCryptoPort();
  readonly #tickets = new Map<string, StoredTicket>();
  #lastId = 0n;

  constructor(server: BenchServer, over: 'tcp' | 'websocket') {
    this.#server = server;
    this.#manifests = new Manifests(this.#crypto, server.trust);
    this.#transport = over === 'tcp' ? connectTcp(server.tcp) : connectWebSocket(server.websocket);
  }

  async connect(user: string, hooks: SessionHooks = {}, device = 'bench'): Promise<ClientSession> {
    const opening = await this.#open(user, device, [SUITE.STATIC_ECDH], null, hooks);
    if (opening.kind !== 'open') throw new Error(`${user} was not let in: ${JSON.stringify(opening)}`);
    return opening.session;
  }

  async #open(
    user: string,
    device: string,
    suites: readonly number[],
    ticket: StoredTicket | null,
    hooks: SessionHooks,
  ): Promise<SessionOpening> {
    return openSession({
      transport: this.#transport,
      crypto: this.#crypto,
      clock: systemClock,
      limits: DEFAULT_SDK_LIMITS,
      manifests: this.#manifests,
      device: { clientVersion: 1, deviceId: device },
      ticket,
      credentials: ticket === null ? { user, token: await this.#server.token(user) } : null,
      clockOffsetMs: 0,
      suites,
      hooks,
    });
  }

  /** Connects all of these users, some at once, in their order. */
  async connectAll(
    users: readonly string[],
    hooksOf: (user: string, index: number) => SessionHooks,
  ): Promise<ClientSession[]> {
    const sessions: ClientSession[] = new Array(users.length);
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let index = next++; index < users.length; index = next++) {
        sessions[index] = await this.connect(users[index]!, hooksOf(users[index]!, index));
      }
    };
    await Promise.all(Array.from({ length: CONNECTING_AT_ONCE }, worker));
    return sessions;
  }

  /** One page from the beginning of the inbox. */
  async pullOnePage(session: ClientSession): Promise<Page> {
    return countPage(await session.ask(OP.SYNC, SyncMsgReq.encode({ serverMsgSeq: longOf(0) }).finish()));
  }

  /** Waits until the server offers this suite: the RSA key is made after the first start. */
  async waitForSuite(suite: number): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      this.#manifests.forget();
      const session = await this.connect('waiting');
      session.close();
      if (this.#manifests.current(Date.now())?.suites.includes(suite)) return;
      await sleep(100);
    }
    throw new Error(`suite ${suite} is not offered`);
  }

  /** One whole handshake: connection, Auth, first sealed reply, close. Suite 3 uses the ticket of the one before. */
  async handshake(user: string, suite: number): Promise<void> {
    const ticket = suite === SUITE.RESUMPTION ? (this.#tickets.get(user) ?? null) : null;
    let confirmed = (): void => {};
    const firstReply = new Promise<void>((resolve) => {
      confirmed = resolve;
    });
    const full = suite === SUITE.RSA ? SUITE.RSA : SUITE.STATIC_ECDH;
    const opening = await this.#open(user, 'bench', [full], ticket, { confirmed });
    if (opening.kind !== 'open') throw new Error(`handshake: ${JSON.stringify(opening)}`);
    await firstReply;
    if (opening.ticket !== null) this.#tickets.set(user, opening.ticket);
    opening.session.close();
  }

  nextId(): bigint {
    this.#lastId = nextClientMsgId(this.#lastId, Date.now(), 0);
    return this.#lastId;
  }
}

export interface Answer {
  readonly ret: number;
  readonly seq: number;
  readonly duplicate: boolean;
  readonly to: string;
}

const answerOf = (body: Uint8Array): Answer => {
  const ack = CommandAck.decode(body);
  return { ret: ack.ret, seq: numberOf(ack.serverMsgSeq), duplicate: ack.duplicate, to: ack.toUserName };
};

/** Sends a text; the answer goes to the callback (null: the session ended). */
export function sendText(
  session: ClientSession,
  to: string,
  clientMsgId: bigint,
  content: Uint8Array,
  answered: (answer: Answer | null) => void,
): void {
  const body = NewChatMsg.encode({
    msgType: 1,
    toUserName: to,
    clientMsgId: longOfId(clientMsgId),
    content,
  }).finish();
  session.request(OP.SEND_MSG, body, (reply) => answered(reply === null ? null : answerOf(reply)));
}

/** Creates a group of these users, in requests below the limit of a body. @returns the group's id */
export async function createGroup(
  population: Population,
  owner: ClientSession,
  title: string,
  users: readonly string[],
): Promise<string> {
  const ask = async (
    operation: number,
    fields: { group?: string; title?: string; users?: string[] },
  ): Promise<Answer> => {
    const body = GroupReq.encode({ ...fields, clientMsgId: longOfId(population.nextId()) }).finish();
    const answer = answerOf(await owner.ask(operation, body));
    if (answer.ret !== ERRORS.OK.code) throw new Error(`group operation ${operation}: code ${answer.ret}`);
    return answer;
  };
  const { to } = await ask(OP.GROUP_CREATE, { title });
  const usersAtOnce = 1_000;
  for (let at = 0; at < users.length; at += usersAtOnce) {
    await ask(OP.GROUP_INVITE, { group: to, users: users.slice(at, at + usersAtOnce) });
  }
  return to;
}

export interface Pulled {
  readonly rows: number;
  readonly messages: number;
  readonly bytes: number;
  readonly syncedTo: number;
}

/** Pulls everything after `from`, page by page; rows are counted without decoding them unless asked. */
export async function pullAll(session: ClientSession, from = 0): Promise<Pulled> {
  let at = from;
  let rows = 0;
  let messages = 0;
  let bytes = 0;
  for (;;) {
    const body = await session.ask(OP.SYNC, SyncMsgReq.encode({ serverMsgSeq: longOf(at) }).finish());
    const page = countPage(body);
    rows += page.rows;
    messages += page.messages;
    bytes += body.length;
    at = page.syncedTo;
    if (!page.more) return { rows, messages, bytes, syncedTo: at };
  }
}

export interface Page {
  readonly rows: number;
  readonly messages: number;
  readonly syncedTo: number;
  readonly more: boolean;
}

const ROW_KIND_TAG = 0x78; // AddMsg.kind: field 15, varint; absent for a message

/** Counts the rows of a PushMsg (tag 0x0a) or a SyncMsgRep (tag 0x1a) by walking its fields. */
export function countRows(body: Uint8Array, tag = 0x0a): { rows: number; messages: number } {
  let rows = 0;
  let messages = 0;
  walk(body, (fieldTag, at, length) => {
    if (fieldTag !== tag) return;
    rows += 1;
    if (!isOtherThanMessage(body, at, at + length)) messages += 1;
  });
  return { rows, messages };
}

function countPage(body: Uint8Array): Page {
  const { rows, messages } = countRows(body, SYNC_MSG_TAG);
  let syncedTo = 0;
  let more = false;
  let ret = 0;
  walk(body, (tag, _at, value) => {
    if (tag === 0x08) ret = value;
    if (tag === 0x20) syncedTo = value;
    if (tag === 0x28) more = value === 1;
  });
  if (ret !== ERRORS.OK.code) throw new Error(`pull: code ${ret}`);
  return { rows, messages, syncedTo, more };
}

const isOtherThanMessage = (body: Uint8Array, from: number, to: number): boolean => {
  let kind = 0;
  walk(
    body,
    (tag, _at, value) => {
      if (tag === ROW_KIND_TAG) kind = value;
    },
    from,
    to,
  );
  return kind !== 0;
};

/** Calls the visitor with (tag, start, length) of length-delimited fields and (tag, start, value) of varints. */
function walk(
  body: Uint8Array,
  visit: (tag: number, at: number, lengthOrValue: number) => void,
  from = 0,
  to = body.length,
): void {
  let at = from;
  const varint = (): number => {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = body[at++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
  };
  while (at < to) {
    const tag = varint();
    switch (tag & 7) {
      case 0:
        visit(tag, at, varint());
        break;
      case 1:
        at += 8;
        break;
      case 2: {
        const length = varint();
        visit(tag, at, length);
        at += length;
        break;
      }
      case 5:
        at += 4;
        break;
      default:
        throw new Error(`wire type ${tag & 7}`);
    }
  }
}
