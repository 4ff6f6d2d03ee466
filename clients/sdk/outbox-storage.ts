/** Where the outbox keeps commands that have no outcome yet. Files in Node: node/file-outbox.ts. */

import type { MaybePromise } from '../../schemas/channel/crypto-port.ts';
import type { CommandDraft } from './commands.ts';

export interface StoredCommand extends CommandDraft {
  readonly clientMsgId: bigint;
  /** C when the command was given: its row, if there is one, has a higher version. */
  readonly sinceSeq: number;
}

export interface OutboxContent {
  /** In the order given. */
  readonly commands: readonly StoredCommand[];
  /** The highest id ever stored, 0 for none; also of commands that are gone. */
  readonly lastId: bigint;
}

export interface OutboxStorage {
  load(): Promise<OutboxContent>;
  /** Settles when the command survives a crash of the process (and of the machine, if the storage can). */
  add(command: StoredCommand): MaybePromise<void>;
  /** May be lost in a crash: the command is then sent again and answered as a duplicate. */
  remove(clientMsgId: bigint): void;
  /** Replaces commands, all or none. `add` of the old ones may still be under way. */
  renew(oldIds: readonly bigint[], commands: readonly StoredCommand[]): MaybePromise<void>;
  close(): Promise<void>;
}

/** Forgets everything with the process. */
export class MemoryOutbox implements OutboxStorage {
  readonly #commands = new Map<bigint, StoredCommand>();
  #lastId = 0n;

  load(): Promise<OutboxContent> {
    return Promise.resolve({ commands: [...this.#commands.values()], lastId: this.#lastId });
  }

  add(command: StoredCommand): void {
    this.#commands.set(command.clientMsgId, command);
    if (command.clientMsgId > this.#lastId) this.#lastId = command.clientMsgId;
  }

  remove(clientMsgId: bigint): void {
    this.#commands.delete(clientMsgId);
  }

  renew(oldIds: readonly bigint[], commands: readonly StoredCommand[]): void {
    for (const id of oldIds) this.remove(id);
    for (const command of commands) this.add(command);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
