/**
 * What a process remembers of its memberships beyond its death: the id it had in each group, and what it held there.
 *
 * A member that was killed is counted out after the session timeout only, and whoever joins meanwhile makes all others
 * wait for it. But the process that comes after it on the same data folder, whose lock it has, knows that it is dead:
 * it leaves in its name, and wishes for the partitions whose state it has. The ids of the topics that the group has read
 * tell it whether what was stored of them, in this folder or elsewhere, is of the topics that are there now.
 */
import { join } from 'node:path';
import { isBubbleError } from '../../../schemas/errors.ts';
import type { Disk } from '../../disk/disk.ts';
import type { Logger } from '../../logger/logger.ts';
import type { TopicPartition } from '../log.ts';

export interface FormerLife {
  readonly memberId: string;
  readonly held: readonly TopicPartition[];
  /** By name, of the topics that the group reads; none in notes of older releases and of brokers that tell no ids. */
  readonly topicIds: Readonly<Record<string, string>>;
}

export interface FormerLives {
  of(group: string): Promise<FormerLife | null>;
  remember(group: string, life: FormerLife): Promise<void>;
}

export interface FormerLivesOptions {
  readonly disk: Disk;
  /** Locked by this process: that is the proof that the former ones are dead. */
  readonly folder: string;
  readonly logger: Logger;
}

const isHeld = (value: unknown): value is TopicPartition =>
  typeof value === 'object' &&
  value !== null &&
  'topic' in value &&
  typeof value.topic === 'string' &&
  'partition' in value &&
  Number.isSafeInteger(value.partition);

/** null where the text is no such record: a torn write, say. Then the session timeout decides, as without it. */
const parseLife = (text: string): FormerLife | null => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { memberId, held, topicIds } = value as Record<string, unknown>;
  if (typeof memberId !== 'string' || memberId === '' || !Array.isArray(held)) return null;
  const ids = Object.entries(topicIds ?? {}).filter(([, id]) => typeof id === 'string');
  return { memberId, held: held.filter(isHeld), topicIds: Object.fromEntries(ids) };
};

class LivesInFiles implements FormerLives {
  readonly #options: FormerLivesOptions;
  /** Writes of one group are in order. */
  readonly #writing = new Map<string, Promise<void>>();

  constructor(options: FormerLivesOptions) {
    this.#options = options;
  }

  async of(group: string): Promise<FormerLife | null> {
    const { disk, folder } = this.#options;
    const name = `${group}.member.json`;
    if (!(await disk.list(folder)).includes(name)) return null;
    const file = await disk.open(join(folder, name));
    try {
      return parseLife((await file.read(0, await file.size())).toString('utf8'));
    } finally {
      await file.close();
    }
  }

  remember(group: string, life: FormerLife): Promise<void> {
    const written = (this.#writing.get(group) ?? Promise.resolve()).then(() => this.#write(group, life));
    this.#writing.set(group, written);
    return written;
  }

  async #write(group: string, life: FormerLife): Promise<void> {
    const { disk, folder, logger } = this.#options;
    const path = join(folder, `${group}.member.json`);
    try {
      const file = await disk.open(`${path}.new`, { create: true });
      try {
        await file.truncate(0);
        await file.write(0, Buffer.from(JSON.stringify(life)));
      } finally {
        await file.close();
      }
      await disk.rename(`${path}.new`, path);
    } catch (error) {
      if (!isBubbleError(error)) throw error;
      // Without it a restart takes the session timeout longer, nothing else.
      logger.warn({ group, error }, 'the membership could not be noted for the next start');
    }
  }
}

/** @throws BubbleError FOLDER_NOT_WRITABLE */
export const openFormerLives = async (options: FormerLivesOptions): Promise<FormerLives> => {
  await options.disk.makeFolder(options.folder);
  return new LivesInFiles(options);
};
