/** `bubble chat`: talk from a terminal. Lines are messages to whom one talks with; those with '/' are commands. */
import { createInterface, type Interface } from 'node:readline';
import type { BubbleClient } from '../../clients/sdk/client.ts';
import { connectNode } from '../../clients/sdk/node/connect-node.ts';
import type { Outcome } from '../../clients/sdk/outbox.ts';
import type { Conversations } from '../../clients/sdk/queries.ts';
import type { Phase } from '../../clients/sdk/reconnect.ts';
import type { Row } from '../../clients/sdk/rows.ts';
import { BubbleError } from '../../schemas/errors.ts';
import { clientContext } from './client-context.ts';
import type { Options } from './config-flags.ts';
import { refusalText } from './send.ts';
import { EXIT, note, print, sentenceOf } from './terminal.ts';

const HELP = `  TEXT                          send TEXT to whom you talk with
  /to USER|#GROUP               talk with someone else
  /list                         conversations, unread first
  /group create TITLE [USER..]  make a group and talk in it
  /group join #GROUP            /group leave [#GROUP]
  /group invite USER..          /group kick USER..
  /group dismiss
  /recall                       take back your last message
  /quit`;

const RECEIPT_MS = 200;
const utf8 = new TextDecoder();

export const rowText = (row: Row): string => {
  const place = row.isRoom ? `${row.conversation} ` : '';
  const time = new Date(row.serverTime).toLocaleTimeString('en-GB');
  switch (row.kind) {
    case 'message':
      return `${time} ${place}${row.own ? `you -> ${row.to}` : row.from}: ${utf8.decode(row.content)}`;
    case 'read':
      return `${time} ${place}${row.own ? 'you have' : `${row.from} has`} read up to here`;
    case 'recall':
      return `${time} ${place}${row.from} took a message back`;
    case 'membership': {
      const { change, users, title, memberCount } = row.membership!;
      return `${time} ${row.conversation} "${title}": ${users.join(', ') || row.from} ${change} (${memberCount} members)`;
    }
    case 'rejected':
      return `${time} ${place}refused: ${row.rejection}`;
    default:
      return `${time} ${place}${row.kind}`;
  }
};

class Chat {
  readonly #client: BubbleClient;
  readonly #terminal: Interface;
  readonly #user: string;
  #peer: string;
  #lastOwn: Row | null = null;
  #readTo = 0;
  #receiptTimer: NodeJS.Timeout | null = null;
  #unsent = 0;

  constructor(client: BubbleClient, terminal: Interface, user: string, peer: string) {
    this.#client = client;
    this.#terminal = terminal;
    this.#user = user;
    this.#peer = peer;
    client.on('row', (row) => this.#row(row));
    client.on('snapshot', (snapshot) => this.#snapshot(snapshot));
    client.on('state', (phase) => this.#state(phase));
    client.on('error', (error) => this.#say(`! ${error.message}`));
  }

  /** Prints above the line that is being typed. */
  #say(text: string): void {
    if (process.stdout.isTTY === true) process.stdout.write('\r\x1b[2K');
    print(text);
    this.prompt();
  }

  prompt(): void {
    this.#terminal.setPrompt(`${this.#user} -> ${this.#peer === '' ? '(nobody: /to USER)' : this.#peer}> `);
    if (process.stdin.isTTY === true) this.#terminal.prompt(true);
  }

  #row(row: Row): void {
    if (row.kind === 'message' && row.own) this.#lastOwn = row;
    // What this terminal sent stands there already as it was typed.
    if (row.own && row.kind === 'read') return;
    this.#say(rowText(row));
    if (row.kind === 'message' && !row.own && row.conversation === this.#peer) this.#receipt(row);
  }

  /** One receipt for what arrives together. */
  #receipt({ conversation, convSeq }: Row): void {
    this.#readTo = Math.max(this.#readTo, convSeq);
    this.#receiptTimer ??= setTimeout(() => {
      this.#receiptTimer = null;
      this.#client.read(conversation, this.#readTo).catch(() => {
        // Stopped meanwhile: it is unread the next time.
      });
    }, RECEIPT_MS).unref();
  }

  #snapshot({ conversations }: Conversations): void {
    // The newest rows come as rows; what is missing is that there is more elsewhere.
    for (const { conversation, unread } of conversations) {
      if (conversation === this.#peer || unread === 0) continue;
      this.#say(`${unread} unread from ${conversation} (/to ${conversation})`);
    }
  }

  #state(phase: Phase): void {
    if (phase.kind === 'online') this.#say('* connected');
    if (phase.kind === 'waiting') this.#say(`* not connected (${phase.reason}); trying again`);
    if (phase.kind === 'ended') {
      this.#say(`* the server ended the session: ${phase.reason}`);
      this.#terminal.close();
    }
  }

  #outcome(outcome: Outcome): void {
    if (outcome.kind !== 'accepted') this.#say(`! ${refusalText(outcome)}`);
  }

  async line(line: string): Promise<void> {
    const text = line.trim();
    if (text === '') return;
    if (!text.startsWith('/')) {
      if (this.#peer === '') return this.#say('! nobody to talk with: /to USER');
      this.#unsent += 1;
      const outcome = await this.#client.send(this.#peer, text);
      this.#unsent -= 1;
      return this.#outcome(outcome);
    }
    const [command = '', ...words] = text.slice(1).split(/\s+/);
    switch (command) {
      case 'to':
        this.#peer = words[0] ?? this.#peer;
        return this.#say(`* talking with ${this.#peer}`);
      case 'list':
        return this.#list();
      case 'group':
        return this.#group(words[0] ?? '', words.slice(1));
      case 'recall':
        if (this.#lastOwn === null) return this.#say('! nothing to take back');
        return this.#outcome(await this.#client.recall(this.#lastOwn));
      case 'quit':
        return this.#terminal.close();
      default:
        return this.#say(HELP);
    }
  }

  async #list(): Promise<void> {
    const { conversations } = await this.#client.conversationList(1);
    for (const { conversation, unread, lastRows } of conversations.toSorted((a, b) => b.unread - a.unread)) {
      const newest = lastRows.at(-1);
      this.#say(`  ${conversation}  ${unread} unread  ${newest === undefined ? '' : rowText(newest)}`);
    }
    if (conversations.length === 0) this.#say('  no conversations yet');
  }

  async #group(action: string, words: readonly string[]): Promise<void> {
    const group = words[0]?.startsWith('#') === true ? words[0] : this.#peer;
    switch (action) {
      case 'create': {
        const outcome = await this.#client.createGroup(words[0] ?? 'group', words.slice(1));
        if (outcome.kind === 'accepted') this.#peer = outcome.to;
        return this.#outcome(outcome);
      }
      case 'join':
        this.#outcome(await this.#client.joinGroup(group));
        this.#peer = group;
        return this.prompt();
      case 'leave':
        return this.#outcome(await this.#client.leaveGroup(group));
      case 'invite':
        return this.#outcome(await this.#client.invite(this.#peer, words));
      case 'kick':
        return this.#outcome(await this.#client.kick(this.#peer, words));
      case 'dismiss':
        return this.#outcome(await this.#client.dismissGroup(group));
      default:
        return this.#say(HELP);
    }
  }

  /** Messages without an answer. */
  get unsent(): number {
    return this.#unsent;
  }

  fail(error: unknown): void {
    this.#say(`! ${sentenceOf(error)}`);
  }
}

export const chat = async (user: string, peer: string | undefined, options: Options): Promise<number> => {
  const context = clientContext(options);
  const client = connectNode({
    trustFile: context.file,
    user,
    device: String(options['device']),
    token: () => context.tokenOf(user),
    history: 'snapshot',
  });
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const talk = new Chat(client, terminal, user, peer ?? '');
  note('bubble chat: type a message, /help for commands, /quit to end');
  await client.start();
  talk.prompt();
  terminal.on('SIGINT', () => terminal.close());
  let working: Promise<void> = Promise.resolve();
  for await (const line of terminal) {
    // One after the other, so that what was typed second is not sent first.
    working = working.then(() => talk.line(line)).catch((error: unknown) => talk.fail(error));
    if (line.trim() === '/quit') break;
  }
  await Promise.race([working, new Promise((resolve) => setTimeout(resolve, 2_000).unref())]);
  const { unsent } = talk;
  await client.stop();
  if (unsent > 0)
    throw new BubbleError('TIMEOUT', `${unsent} messages were not answered: they may have arrived or not`);
  return EXIT.OK;
};
