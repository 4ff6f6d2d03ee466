/** The groups of an import: found again in the service user's inbox, or created by him. He is no member of any. */
import { type Ack, groupDraft } from '../../../clients/sdk/commands.ts';
import { syncQuery } from '../../../clients/sdk/queries.ts';
import { BubbleError } from '../../../schemas/errors.ts';
import { OP } from '../../../schemas/wire/operations.ts';
import type { ImportModel } from '../../corpus/import-model.ts';
import type { CommandRunner } from './command-runner.ts';
import {
  baseOfCreation,
  creationId,
  freshBase,
  type ImportKey,
  isImportTitle,
  markerTitle,
  SERVICE_USER,
  titleOf,
} from './import-ids.ts';
import type { UserSessions } from './user-sessions.ts';

export interface ImportGroups {
  readonly base: bigint;
  /** Whether an earlier run has begun this import. */
  readonly isResumed: boolean;
  /** Conversation index -> group id, for rooms. */
  readonly groupOf: ReadonlyMap<number, string>;
  /** Groups and bases of imports of other files: their rows are none of this one's business. */
  readonly otherGroups: ReadonlySet<string>;
  readonly otherBases: readonly bigint[];
}

interface Creation {
  readonly title: string;
  readonly group: string;
  readonly clientMsgId: bigint;
}

const creationsOf = async (sessions: UserSessions): Promise<Creation[]> => {
  const creations: Creation[] = [];
  let from = 0;
  for (;;) {
    const query = syncQuery(from, 0);
    const answer = query.read(
      await sessions.use(SERVICE_USER, (session) => session.ask(query.operation, query.body)),
    );
    if (!answer.ok)
      throw new BubbleError('REFUSED', `the service user's inbox: ${answer.error} ${answer.message}`);
    for (const { membership, to, clientMsgId } of answer.value.rows) {
      if (membership?.change !== 'created' || !isImportTitle(membership.title)) continue;
      creations.push({ title: membership.title, group: to, clientMsgId });
    }
    from = answer.value.syncedTo;
    if (!answer.value.more) return creations;
  }
};

const create = async (runner: CommandRunner, title: string, clientMsgId: bigint): Promise<Ack> => {
  const { operation, body } = groupDraft(OP.GROUP_CREATE, { title, creatorStaysOut: true });
  return runner.run({ user: SERVICE_USER, operation, body, clientMsgId, what: `the creation of "${title}"` });
};

/** @param onlyFind nothing is created; an import that was never begun is refused */
export const prepareGroups = async (
  model: ImportModel,
  key: ImportKey,
  sessions: UserSessions,
  runner: CommandRunner,
  onlyFind: boolean,
): Promise<ImportGroups> => {
  const creations = await creationsOf(sessions);
  const byTitle = new Map(creations.map((creation) => [creation.title, creation]));
  const marker = byTitle.get(markerTitle(key));
  if (marker === undefined && onlyFind) {
    throw new BubbleError('REFUSED', 'this file was not imported into this server with these options');
  }
  const base = marker === undefined ? freshBase(Date.now()) : baseOfCreation(marker.clientMsgId);
  if (marker === undefined) await create(runner, markerTitle(key), creationId(base, 0));

  const groupOf = new Map<number, string>();
  let order = 0;
  for (const [index, conversation] of model.conversations.entries()) {
    if (!conversation.isRoom) continue;
    order += 1;
    const title = titleOf(key, conversation.name);
    const known = byTitle.get(title)?.group;
    groupOf.set(index, known ?? (await create(runner, title, creationId(base, order))).to);
  }
  const own = new Set(groupOf.values());
  const others = creations.filter(({ clientMsgId }) => baseOfCreation(clientMsgId) !== base);
  return {
    base,
    isResumed: marker !== undefined,
    groupOf,
    otherGroups: new Set(others.map(({ group }) => group).filter((group) => !own.has(group))),
    otherBases: [...new Set(others.map(({ clientMsgId }) => baseOfCreation(clientMsgId)))],
  };
};
