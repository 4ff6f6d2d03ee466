/**
 * Plays the model through the sockets of its users. One conversation: one step after the other, the next when the
 * outcomes of the last are known; the changes of a membership step together, for they commute. Conversations run
 * side by side.
 */
import { groupDraft, messageDraft } from '../../../clients/sdk/commands.ts';
import { timeOfClientMsgId } from '../../../schemas/ids.ts';
import { bubble } from '../../../schemas/wire/generated/bubble.js';
import { longOf } from '../../../schemas/wire/int64.ts';
import { OP } from '../../../schemas/wire/operations.ts';
import type {
  ImportModel,
  MembershipChange,
  ModelConversation,
  ModelMessage,
} from '../../corpus/import-model.ts';
import type { CommandRunner, ImportCommand } from './command-runner.ts';
import type { ImportGroups } from './groups.ts';
import { joinId, leaveId, messageId, SERVICE_USER } from './import-ids.ts';

export const EMPTY_TEXT_APP = 'bubble.import.empty';

export interface PlayOptions {
  readonly model: ImportModel;
  readonly groups: ImportGroups;
  readonly runner: CommandRunner;
  readonly isOffline: (user: string) => boolean;
  readonly conversationsAtOnce: number;
  readonly progress: (messagesDone: number) => void;
  readonly signal: AbortSignal;
}

const messageCommand = (options: PlayOptions, message: ModelMessage, to: string): ImportCommand => {
  const { base } = options.groups;
  const createTime = timeOfClientMsgId(base) + message.line;
  const common = {
    user: message.from,
    clientMsgId: messageId(base, message.line),
    what: `line ${message.line + 1}, the message of ${message.from}`,
  };
  if (message.text !== '') {
    const { operation, body } = messageDraft(to, { content: message.text }, createTime);
    return { ...common, operation, body };
  }
  // An empty text is no message to the server; an application's message may carry nothing.
  const body = bubble.wire.NewAppMsg.encode({
    toUserName: to,
    appId: EMPTY_TEXT_APP,
    createTime: longOf(createTime),
  }).finish();
  return { ...common, operation: OP.SEND_APP_MSG, body };
};

const commandsByService = (
  options: PlayOptions,
  changes: readonly MembershipChange[],
  group: string,
): ImportCommand[] => {
  const { base } = options.groups;
  const commands: ImportCommand[] = [];
  for (const joins of [false, true]) {
    const concerned = changes.filter((change) => change.joins === joins);
    const first = concerned[0];
    if (first === undefined) continue;
    const operation = joins ? OP.GROUP_INVITE : OP.GROUP_KICK;
    const { body } = groupDraft(operation, { group, users: concerned.map(({ user }) => user) });
    commands.push({
      user: SERVICE_USER,
      operation,
      body,
      clientMsgId: joins ? joinId(base, first.line) : leaveId(base, first.line),
      what: `line ${first.line + 1}, ${joins ? 'the invitation' : 'the removal'} of users who are off line`,
    });
  }
  return commands;
};

const commandByUser = (options: PlayOptions, change: MembershipChange, group: string): ImportCommand => {
  const { base } = options.groups;
  const operation = change.joins ? OP.GROUP_JOIN : OP.GROUP_LEAVE;
  return {
    user: change.user,
    operation,
    body: groupDraft(operation, { group }).body,
    clientMsgId: change.joins ? joinId(base, change.line) : leaveId(base, change.line),
    what: `line ${change.line + 1}, ${change.user} ${change.joins ? 'joining' : 'leaving'}`,
  };
};

const membershipCommands = (
  options: PlayOptions,
  changes: readonly MembershipChange[],
  group: string,
): ImportCommand[] => [
  ...changes
    .filter(({ user }) => !options.isOffline(user))
    .map((change) => commandByUser(options, change, group)),
  ...commandsByService(
    options,
    changes.filter(({ user }) => options.isOffline(user)),
    group,
  ),
];

const peerOf = (conversation: ModelConversation, from: string): string => {
  const [, lower, higher] = conversation.name.split('/');
  return from === lower ? higher! : lower!;
};

const playConversation = async (options: PlayOptions, index: number, done: () => void): Promise<void> => {
  const { runner, signal } = options;
  const conversation = options.model.conversations[index]!;
  const group = options.groups.groupOf.get(index);
  for (const step of conversation.steps) {
    if (signal.aborted) return;
    if (step.kind === 'message') {
      const to = group ?? peerOf(conversation, step.message.from);
      await runner.run(messageCommand(options, step.message, to));
      done();
    } else {
      const commands = membershipCommands(options, step.changes, group!);
      await Promise.all(commands.map((command) => runner.run(command)));
    }
  }
};

/** The longest first, so that no long one is left alone at the end. */
export const play = async (options: PlayOptions): Promise<void> => {
  const order = options.model.conversations
    .map(({ steps }, index) => ({ index, steps: steps.length }))
    .toSorted((a, b) => b.steps - a.steps)
    .map(({ index }) => index);
  let next = 0;
  let messages = 0;
  const done = (): void => {
    messages += 1;
    options.progress(messages);
  };
  const worker = async (): Promise<void> => {
    while (next < order.length) {
      next += 1;
      await playConversation(options, order[next - 1]!, done);
    }
  };
  await Promise.all(Array.from({ length: options.conversationsAtOnce }, worker));
};
