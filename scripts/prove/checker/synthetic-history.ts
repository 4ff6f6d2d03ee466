/**
 * Clean histories made up from a seed: a tiny server that is right by construction. For the tests of the checker and
 * for measuring it; nothing of the product is in it.
 */
import { SeededRandom } from '../../../infra/random/seeded-random.ts';
import { COMMAND } from '../../../schemas/events/inbound.ts';
import { CHANGE } from './groups.ts';
import { deviceName, type HistoryEvent, type SeenRow } from './history.ts';
import { ROW } from './model.ts';

export interface SyntheticOptions {
  readonly seed: number;
  readonly users: number;
  readonly groups: number;
  readonly sends: number;
}

const EPOCH_ONE = 2 ** 45;

interface Device {
  readonly name: string;
  readonly user: string;
  online: boolean;
  completeTo: number;
}

interface Command {
  readonly kind: number;
  readonly rowKind: number;
  readonly conversation: string;
  readonly digest: number;
  readonly change: number;
  readonly users: readonly string[];
  readonly status: number;
}

const message = (conversation: string, digest: number): Command => ({
  kind: COMMAND.MESSAGE,
  rowKind: ROW.MESSAGE,
  conversation,
  digest,
  change: 0,
  users: [],
  status: 0,
});

class SyntheticServer {
  readonly #random: SeededRandom;
  readonly #emit: (event: HistoryEvent) => void;
  readonly #users: string[] = [];
  readonly #devices: Device[] = [];
  readonly #devicesOf = new Map<string, Device[]>();
  readonly #inboxes = new Map<string, SeenRow[]>();
  readonly #members = new Map<string, Set<string>>();
  #log = EPOCH_ONE;
  #inboxLog = EPOCH_ONE;
  #id = 1000n;

  constructor(options: SyntheticOptions, emit: (event: HistoryEvent) => void) {
    this.#random = new SeededRandom(options.seed);
    this.#emit = emit;
    for (let index = 0; index < options.users; index += 1) {
      const user = `u${index}`;
      this.#users.push(user);
      this.#inboxes.set(user, []);
      const devices = ['phone', 'desk'].map((id) => ({
        name: deviceName(user, id),
        user,
        online: true,
        completeTo: 0,
      }));
      this.#devicesOf.set(user, devices);
      for (const device of devices) {
        this.#devices.push(device);
        emit({ type: 'opened', device: device.name, completeTo: 0 });
      }
    }
    for (let index = 0; index < options.groups; index += 1) this.#createGroup(index);
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#random.below(items.length)]!;
  }

  #createGroup(index: number): void {
    const creator = this.#pick(this.#devices);
    const conversation = `g/#group${index}`;
    const members = new Set([creator.user, ...this.#users.filter(() => this.#random.oneIn(2))]);
    this.#members.set(conversation, members);
    this.#command(
      creator,
      {
        ...message(conversation, 0),
        kind: COMMAND.GROUP_CREATE,
        rowKind: ROW.MEMBERSHIP,
        change: CHANGE.CREATED,
        users: [...members],
      },
      [...members],
    );
  }

  /** One random step of load. */
  step(): void {
    const device = this.#pick(this.#devices);
    const dice = this.#random.below(100);
    if (dice < 4) this.#toggle(device);
    else if (dice < 8 && this.#members.size > 0) this.#joinOrLeave(device);
    else if (dice < 40 && this.#members.size > 0) this.#toGroup(device);
    else this.#toUser(device);
  }

  #toUser(device: Device): void {
    const peer = this.#pick(this.#users);
    const [low, high] = device.user < peer ? [device.user, peer] : [peer, device.user];
    const recipients = peer === device.user ? [peer] : [device.user, peer];
    this.#command(device, message(`d/${low}/${high}`, this.#digest()), recipients);
  }

  #toGroup(device: Device): void {
    const conversation = this.#pick([...this.#members.keys()]);
    const members = this.#members.get(conversation)!;
    const command = message(conversation, this.#digest());
    if (members.has(device.user)) this.#command(device, command, [...members]);
    else this.#command(device, { ...command, rowKind: ROW.REJECTED, status: 200 }, [device.user]);
  }

  #joinOrLeave(device: Device): void {
    const conversation = this.#pick([...this.#members.keys()]);
    const members = this.#members.get(conversation)!;
    const joins = !members.has(device.user);
    const concerned = new Set([...members, device.user]);
    if (joins) members.add(device.user);
    else members.delete(device.user);
    this.#command(
      device,
      {
        ...message(conversation, 0),
        kind: joins ? COMMAND.GROUP_JOIN : COMMAND.GROUP_LEAVE,
        rowKind: ROW.MEMBERSHIP,
        change: joins ? CHANGE.JOINED : CHANGE.LEFT,
        users: [device.user],
      },
      [...concerned],
    );
  }

  #digest(): number {
    return Number(this.#id) * 7 + 1;
  }

  #command(device: Device, command: Command, recipients: readonly string[]): void {
    const clientMsgId = this.#id++;
    const { conversation, kind, digest, users } = command;
    const name = device.name;
    this.#emit({ type: 'invoked', device: name, conversation, clientMsgId, kind, digest, users });
    const convSeq = ++this.#log;
    const seq = ++this.#inboxLog;
    const serverMsgId = clientMsgId * 3n + 1n;
    for (const user of recipients) {
      const inbox = this.#inboxes.get(user)!;
      const row: SeenRow = {
        kind: command.rowKind,
        seq,
        prevSeq: inbox.at(-1)?.seq ?? 0,
        convSeq,
        conversation,
        from: name,
        clientMsgId,
        serverMsgId,
        digest,
        own: user === device.user,
        status: command.status,
        change: command.change,
        users,
      };
      inbox.push(row);
      for (const reader of this.#devicesOf.get(user)!) if (reader !== device) this.#push(reader, row);
    }
    this.#answer(device, command, clientMsgId, { seq, convSeq, serverMsgId });
  }

  #answer(
    device: Device,
    command: Command,
    clientMsgId: bigint,
    numbers: { seq: number; convSeq: number; serverMsgId: bigint },
  ): void {
    if (!device.online) return;
    const { conversation, digest, status } = command;
    const inbox = this.#inboxes.get(device.user)!;
    this.#emit({
      type: 'answered',
      device: device.name,
      conversation,
      clientMsgId,
      ret: status,
      duplicate: false,
      prevSeq: inbox.at(-2)?.seq ?? 0,
      digest,
      ...numbers,
    });
    this.#emit({ type: 'shown', device: device.name, seq: numbers.seq });
    device.completeTo = numbers.seq;
  }

  #push(device: Device, row: SeenRow): void {
    if (!device.online) return;
    this.#emit({ type: 'pushed', device: device.name, row });
    this.#emit({ type: 'shown', device: device.name, seq: row.seq });
    device.completeTo = row.seq;
    if (this.#random.oneIn(8)) this.#emit({ type: 'claimed', device: device.name, completeTo: row.seq });
  }

  #toggle(device: Device): void {
    device.online = !device.online;
    if (device.online) this.#catchUp(device);
    else this.#emit({ type: 'closed', device: device.name });
  }

  #catchUp(device: Device): void {
    const inbox = this.#inboxes.get(device.user)!;
    const from = device.completeTo;
    let first = inbox.length;
    while (first > 0 && inbox[first - 1]!.seq > from) first -= 1;
    const rows = inbox.slice(first).map((row) => ({ ...row, prevSeq: -1 }));
    const syncedTo = this.#inboxLog;
    const name = device.name;
    this.#emit({ type: 'opened', device: name, completeTo: from });
    this.#emit({ type: 'noticed', device: name, newestSeq: syncedTo });
    this.#emit({ type: 'pulled', device: name, from, syncedTo, rows });
    for (const { seq } of rows) this.#emit({ type: 'shown', device: name, seq });
    this.#emit({ type: 'proven', device: name, provenTo: syncedTo });
    this.#emit({ type: 'claimed', device: name, completeTo: syncedTo });
    device.completeTo = syncedTo;
  }

  finish(): void {
    for (const device of this.#devices) {
      device.online = true;
      this.#catchUp(device);
      this.#emit({ type: 'finished', device: device.name, completeTo: this.#inboxLog });
    }
    for (const [user, rows] of this.#inboxes) {
      this.#emit({ type: 'final', user, rows, syncedTo: this.#inboxLog });
    }
  }
}

export const synthesize = (options: SyntheticOptions, emit: (event: HistoryEvent) => void): void => {
  const server = new SyntheticServer(options, emit);
  for (let index = 0; index < options.sends; index += 1) server.step();
  server.finish();
};

export const synthesizeList = (options: SyntheticOptions): HistoryEvent[] => {
  const events: HistoryEvent[] = [];
  synthesize(options, (event) => events.push(event));
  return events;
};
