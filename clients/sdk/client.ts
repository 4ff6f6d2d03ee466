/**
 * The client: one device of one user. Commands go through the outbox and come back with their definite outcome; rows
 * come once each; the connection is kept, and what was missed is pulled.
 *
 *   const client = new BubbleClient({ user, device, token, transport, crypto, clock, random, manifests });
 *   client.on('row', (row) => show(row));
 *   await client.start();
 *   const outcome = await client.send('bob', 'hello');
 *
 * Rows arrive in the order of their versions where nothing was missed, else those behind a gap come first: show a
 * conversation in the order of convSeq. After a crash rows since the last save of C come again: store them by
 * (conversation, from, serverMsgId, kind); the higher version wins.
 */
import { DEFAULT_SDK_LIMITS, type SdkLimits } from '../../schemas/limits.ts';
import { OP } from '../../schemas/wire/operations.ts';
import { assert } from './assert.ts';
import type { ClientEvents, ClientOptions } from './client-options.ts';
import { CommandSender } from './command-sender.ts';
import {
  type Ack,
  type CommandDraft,
  groupDraft,
  type MessageInput,
  messageDraft,
  type Original,
  readAllDraft,
  readDraft,
  recallDraft,
} from './commands.ts';
import { ConnectionKeeper } from './connection-keeper.ts';
import { Emitter } from './emitter.ts';
import { Inbox } from './inbox.ts';
import { InboxPuller } from './inbox-puller.ts';
import type { Entry } from './outbox.ts';
import { MemoryOutbox } from './outbox-storage.ts';
import type { Outcome } from './outcome.ts';
import {
  type Conversations,
  conversationListQuery,
  type SyncPage,
  syncQuery,
  unreadQuery,
} from './queries.ts';
import { QueryRunner } from './query-runner.ts';
import type { Phase } from './reconnect.ts';
import { rowOf } from './row-of-command.ts';
import type { Row } from './rows.ts';
import type { ClientSession, Notice } from './session.ts';
import { StateSaver } from './state-saver.ts';
import { MemoryState, NEW_DEVICE, type StateStorage } from './state-storage.ts';

export class BubbleClient {
  readonly #options: ClientOptions;
  readonly #limits: SdkLimits;
  readonly #events = new Emitter<ClientEvents>();
  readonly #keeper: ConnectionKeeper;
  readonly #sender: CommandSender;
  readonly #queries: QueryRunner;
  readonly #storage: StateStorage;
  readonly #saver: StateSaver;
  #inbox: Inbox;
  #puller: InboxPuller;
  #life: 'new' | 'starting' | 'running' | 'stopped' = 'new';

  constructor(options: ClientOptions) {
    const limits = { ...DEFAULT_SDK_LIMITS, ...options.limits };
    assert(
      limits.outboxCommands <= limits.requestsOutstanding,
      'every command of the outbox may be outstanding',
    );
    this.#options = options;
    this.#limits = limits;
    this.#storage = options.state ?? new MemoryState();
    this.#inbox = new Inbox(limits, options.random, 0);
    this.#puller = this.#makePuller();
    this.#keeper = this.#makeKeeper();
    this.#sender = this.#makeSender();
    this.#queries = new QueryRunner(options.clock, limits);
    this.#saver = this.#makeSaver();
  }

  #makeSaver(): StateSaver {
    const { clock, manifests } = this.#options;
    return new StateSaver(this.#storage, clock, this.#limits, {
      state: () => ({
        completeTo: this.#inbox.completeTo,
        tickets: this.#keeper.tickets,
        manifestSerial: manifests.serial,
        clockOffsetMs: this.#keeper.clockOffsetMs,
      }),
      error: (error) => this.#events.emit('error', error),
    });
  }

  #makeKeeper(): ConnectionKeeper {
    return new ConnectionKeeper(
      { ...this.#options, limits: this.#limits },
      {
        session: {
          completeTo: () => this.#inbox.completeTo,
          rows: (rows) => this.#puller.pushed(rows),
          notice: (notice) => this.#noticed(notice),
          lateReply: (_operation, _sequence, body) => this.#sender.lateReply(body),
        },
        opened: (session) => this.#opened(session),
        closed: () => this.#closed(),
        phase: (phase) => this.#events.emit('state', phase),
        error: (error) => this.#events.emit('error', error),
        stateChanged: () => this.#saver.saveSoon(),
      },
    );
  }

  #makeSender(): CommandSender {
    const { user, device, clock, random } = this.#options;
    const storage = this.#options.outbox ?? new MemoryOutbox();
    return new CommandSender(
      { user, deviceId: device.deviceId, storage, clock, random, limits: this.#limits },
      {
        now: () => this.#keeper.now(),
        completeTo: () => this.#inbox.completeTo,
        row: (row) => this.#puller.pushed([row]),
        rowToPull: (seq) => this.#puller.wanted(seq),
        settled: (outcome) => this.#events.emit('outcome', outcome),
        lookFor: (entry, ack) => this.#lookFor(entry, ack),
        error: (error) => this.#events.emit('error', error),
      },
    );
  }

  #makePuller(): InboxPuller {
    return new InboxPuller(this.#inbox, this.#options.clock, this.#limits, {
      arrived: (row) => this.#arrived(row),
      show: (row) => this.#events.emit('row', row),
      snapshot: (conversations) => this.#events.emit('snapshot', conversations),
      progressed: () => {
        this.#saver.saveSoon();
        if (this.isComplete) this.#events.emit('complete', this.completeTo);
      },
      error: (error) => this.#events.emit('error', error),
    });
  }

  // ---- life ----

  /**
   * Loads what is stored and begins to connect; resolves without waiting for a session. Once only.
   * @throws what the storages throw
   */
  async start(): Promise<void> {
    assert(this.#life === 'new', 'a client is started once');
    this.#life = 'starting';
    const state = (await this.#storage.load()) ?? NEW_DEVICE;
    await this.#sender.load();
    if (this.isStopped) return;
    this.#life = 'running';
    const { random, manifests, history } = this.#options;
    this.#inbox = new Inbox(this.#limits, random, state.completeTo, history === 'snapshot');
    this.#puller = this.#makePuller();
    manifests.raiseSerial(state.manifestSerial);
    this.#keeper.start(state.tickets, state.clockOffsetMs);
  }

  /**
   * Closes the session and the storages. Promises that wait are rejected (REFUSED); commands without an outcome stay
   * in the outbox. No timer is left.
   */
  async stop(): Promise<void> {
    if (this.isStopped) return;
    this.#life = 'stopped';
    this.#keeper.stop();
    this.#queries.stop();
    this.#saver.stop();
    await this.#sender.stop();
    await this.#saver.save();
  }

  get isStopped(): boolean {
    return this.#life === 'stopped';
  }

  /** @returns takes the listener off again */
  on<Name extends keyof ClientEvents>(name: Name, listener: (value: ClientEvents[Name]) => void): () => void {
    return this.#events.on(name, listener);
  }

  get phase(): Phase {
    return this.#keeper.phase;
  }

  /** Address of the gate where the session is, or is tried next; '' where there is but one, or none is known yet. */
  get gate(): string {
    return this.#keeper.gate;
  }

  /** C: no row up to this version is missing. */
  get completeTo(): number {
    return this.#inbox.completeTo;
  }

  /** The present session was told how far the inbox goes, and every row up to there was handed over. */
  get isComplete(): boolean {
    return this.#puller.isComplete;
  }

  /** Commands without an outcome. */
  get unanswered(): number {
    return this.#sender.size;
  }

  /** Ends a wait before the next attempt to connect; begins anew after the server had ended it. */
  connectNow(): void {
    if (this.#life !== 'running') return;
    if (this.phase.kind === 'ended') this.#keeper.start(this.#keeper.tickets, this.#keeper.clockOffsetMs);
    else this.#keeper.retryNow();
  }

  // ---- commands ----

  /**
   * Sends a message; resolves with its definite outcome, however long that takes and however many connections.
   * @param to a user, or a group ('#...')
   * @throws (rejects) BubbleError OUTBOX_FULL (retryable), REFUSED (stopped: the message stays in the outbox), and
   * what the outbox's storage throws
   */
  send(to: string, message: string | MessageInput): Promise<Outcome> {
    const input = typeof message === 'string' ? { content: message } : message;
    return this.#command(messageDraft(to, input, this.#keeper.now()));
  }

  /** @param convSeq everything up to here was read */
  read(conversation: string, convSeq: number): Promise<Outcome> {
    return this.#command(readDraft(conversation, convSeq));
  }

  readAll(): Promise<Outcome> {
    return this.#command(readAllDraft(this.#options.user));
  }

  /** @param original its row */
  recall(original: Original): Promise<Outcome> {
    return this.#command(recallDraft(original));
  }

  /** The outcome's `to` is the new group's id. */
  createGroup(
    title: string,
    users: readonly string[] = [],
    { creatorStaysOut = false }: { creatorStaysOut?: boolean } = {},
  ): Promise<Outcome> {
    return this.#command(groupDraft(OP.GROUP_CREATE, { title, users, creatorStaysOut }));
  }

  joinGroup(group: string): Promise<Outcome> {
    return this.#command(groupDraft(OP.GROUP_JOIN, { group }));
  }

  leaveGroup(group: string): Promise<Outcome> {
    return this.#command(groupDraft(OP.GROUP_LEAVE, { group }));
  }

  invite(group: string, users: readonly string[]): Promise<Outcome> {
    return this.#command(groupDraft(OP.GROUP_INVITE, { group, users }));
  }

  kick(group: string, users: readonly string[]): Promise<Outcome> {
    return this.#command(groupDraft(OP.GROUP_KICK, { group, users }));
  }

  dismissGroup(group: string): Promise<Outcome> {
    return this.#command(groupDraft(OP.GROUP_DISMISS, { group }));
  }

  #command(draft: CommandDraft): Promise<Outcome> {
    assert(this.#life === 'running' || this.#life === 'stopped', 'start comes first');
    return this.#sender.submit(draft);
  }

  // ---- queries: rejects with QueryRefused, or BubbleError TIMEOUT or REFUSED ----

  /** Rows after a version, as the server keeps them; moves nothing. */
  sync(from: number, { until = 0, count = 0 }: { until?: number; count?: number } = {}): Promise<SyncPage> {
    return this.#queries.run(syncQuery(from, until, count));
  }

  /** @param conversation a peer or a group; without it all conversations */
  unread(conversation = ''): Promise<Conversations> {
    return this.#queries.run(unreadQuery(conversation));
  }

  /** @param lastRows newest rows wanted of each conversation */
  conversationList(lastRows = this.#limits.snapshotRows): Promise<Conversations> {
    return this.#queries.run(conversationListQuery(lastRows));
  }

  // ---- what happens ----

  #opened(session: ClientSession): void {
    this.#sender.sessionOpened(session);
    this.#puller.sessionOpened(session);
    this.#queries.sessionOpened(session);
  }

  #closed(): void {
    this.#sender.sessionClosed();
    this.#puller.sessionClosed();
    this.#queries.sessionClosed();
  }

  #noticed(notice: Notice): void {
    this.#keeper.serverTime(notice.serverTime);
    this.#puller.noticed(notice);
    this.#events.emit('notice', notice);
  }

  #arrived(row: Row): void {
    if (row.own && row.deviceId === this.#options.device.deviceId) this.#sender.ownRow(row);
  }

  #lookFor(entry: Entry, ack: Ack): void {
    const { user, device } = this.#options;
    const tenant = this.#keeper.session?.info.tenant ?? '';
    this.#puller.find({
      from: entry.command.sinceSeq,
      until: ack.seq,
      matches: rowOf(entry.command, { tenant, user, deviceId: device.deviceId }),
      concluded: (found) => {
        if (found === 'not-found') this.#sender.notFound(entry);
        else if (found === 'too-old') this.#sender.undecided(entry);
        else this.#sender.found(entry, found);
      },
    });
  }
}
