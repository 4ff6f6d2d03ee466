/**
 * The outbox in a file: an append-only journal that survives kill -9 and power cuts.
 *
 * 1. `add` and `renew` settle after fdatasync: nothing is sent that would be forgotten.
 * 2. What is given while a write is under way goes out together in the next one (group commit).
 * 3. A write that failed is cut off again, its commands are refused; the next write begins at the same place.
 * 4. Beyond limits.journalBytes, and where most of it is of the past, the journal is written anew into a second
 *    file that replaces it by a rename: at every instant there is one whole journal.
 * 5. One process at a time (LOG_LOCKED).
 */
import { type FileHandle, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BubbleError } from '../../../schemas/errors.ts';
import { DEFAULT_SDK_LIMITS } from '../../../schemas/limits.ts';
import type { OutboxContent, OutboxStorage, StoredCommand } from '../outbox-storage.ts';
import { lockDevice } from './device-lock.ts';
import { decodeJournal, encodeRecord, JOURNAL_MAGIC, type JournalRecord } from './journal.ts';

interface PendingWrite {
  readonly bytes: Buffer;
  /** Null: nobody waits, and no sync is due for it (removals). */
  readonly settle: { resolve(): void; reject(error: BubbleError): void } | null;
}

export interface FileOutboxOptions {
  readonly journalBytes?: number;
  /** Damage in the middle of the journal was skipped. */
  readonly onDamage?: (file: string, bytes: number) => void;
}

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

export class FileOutbox implements OutboxStorage {
  readonly #folder: string;
  readonly #file: string;
  readonly #options: FileOutboxOptions;
  readonly #live = new Map<bigint, { readonly command: StoredCommand; readonly bytes: number }>();
  #liveBytes = 0;
  #lastId = 0n;
  #unlock: (() => void) | null = null;
  #handle: FileHandle | null = null;
  #size = 0;
  /** A failed write could not be cut off: whole records of it may stand behind #size. */
  #isUncut = false;
  #pending: PendingWrite[] = [];
  #writing: Promise<void> | null = null;
  #closed = false;

  /** @param folder made where it is missing; belongs to one device of one user */
  constructor(folder: string, options: FileOutboxOptions = {}) {
    this.#folder = folder;
    this.#file = join(folder, 'outbox.journal');
    this.#options = options;
  }

  /** @throws BubbleError LOG_LOCKED, LOG_DAMAGED (the file is no journal), FOLDER_NOT_WRITABLE, DISK_FULL */
  async load(): Promise<OutboxContent> {
    await mkdir(this.#folder, { recursive: true, mode: FOLDER_MODE });
    this.#unlock = lockDevice(join(this.#folder, 'outbox.lock'));
    try {
      const bytes = await readIfThere(this.#file);
      const content = decodeJournal(bytes);
      if (content === null) throw new BubbleError('LOG_DAMAGED', `${this.#file} is not an outbox journal`);
      for (const record of content.records) this.#apply(record);
      if (content.damagedBytes > 0) this.#options.onDamage?.(this.#file, content.damagedBytes);
      // Written anew at every start: a torn tail must not stand before new records.
      await this.#compact();
    } catch (error) {
      await this.#release();
      throw failureOf(error, this.#file);
    }
    return { commands: [...this.#live.values()].map(({ command }) => command), lastId: this.#lastId };
  }

  add(command: StoredCommand): Promise<void> {
    return this.#append({ kind: 'add', command });
  }

  renew(oldIds: readonly bigint[], commands: readonly StoredCommand[]): Promise<void> {
    return this.#append({ kind: 'renew', oldIds, commands });
  }

  remove(clientMsgId: bigint): void {
    if (this.#closed) return;
    const record: JournalRecord = { kind: 'remove', clientMsgId };
    this.#apply(record);
    this.#pending.push({ bytes: encodeRecord(record), settle: null });
    this.#write();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    while (this.#writing !== null) await this.#writing;
    await this.#release();
  }

  async #release(): Promise<void> {
    await this.#handle?.close();
    this.#handle = null;
    this.#unlock?.();
    this.#unlock = null;
  }

  #append(record: JournalRecord): Promise<void> {
    if (this.#closed) return Promise.reject(new BubbleError('REFUSED', 'the outbox is closed'));
    return new Promise((resolve, reject) => {
      const settle = {
        resolve: () => {
          this.#apply(record);
          resolve();
        },
        reject,
      };
      this.#pending.push({ bytes: encodeRecord(record), settle });
      this.#write();
    });
  }

  #apply(record: JournalRecord): void {
    switch (record.kind) {
      case 'add':
        this.#put(record.command);
        return;
      case 'remove':
        this.#drop(record.clientMsgId);
        return;
      case 'renew':
        for (const id of record.oldIds) this.#drop(id);
        for (const command of record.commands) this.#put(command);
        return;
      case 'last-id':
        if (record.lastId > this.#lastId) this.#lastId = record.lastId;
        return;
    }
  }

  #put(command: StoredCommand): void {
    this.#drop(command.clientMsgId);
    const bytes = command.body.length + 64;
    this.#live.set(command.clientMsgId, { command, bytes });
    this.#liveBytes += bytes;
    if (command.clientMsgId > this.#lastId) this.#lastId = command.clientMsgId;
  }

  #drop(id: bigint): void {
    const held = this.#live.get(id);
    if (held === undefined) return;
    this.#live.delete(id);
    this.#liveBytes -= held.bytes;
  }

  // ---- the file ----

  #write(): void {
    if (this.#writing !== null) return;
    this.#writing = this.#writeAll().finally(() => {
      this.#writing = null;
      if (this.#pending.length > 0) this.#write();
    });
  }

  async #writeAll(): Promise<void> {
    // One microtask later, so that everything given in this turn goes out in one write.
    await Promise.resolve();
    while (this.#pending.length > 0) {
      const batch = this.#pending;
      this.#pending = [];
      await this.#writeBatch(batch);
      if (this.#isMostlyPast()) {
        // The old journal is whole and goes on being written where the new one cannot be.
        await this.#compact().catch(() => rm(`${this.#file}.new`, { force: true }));
      }
    }
  }

  #isMostlyPast(): boolean {
    const limit = this.#options.journalBytes ?? DEFAULT_SDK_LIMITS.journalBytes;
    return this.#size > limit && this.#size > 2 * this.#liveBytes;
  }

  async #writeBatch(batch: readonly PendingWrite[]): Promise<void> {
    const bytes = Buffer.concat(batch.map((write) => write.bytes));
    try {
      if (this.#isUncut) await this.#compact();
      const handle = this.#opened();
      await writeWhole(handle, bytes, this.#size);
      if (batch.some((write) => write.settle !== null)) await handle.datasync();
    } catch (error) {
      await this.#cutOff();
      const failure = failureOf(error, this.#file);
      for (const write of batch) write.settle?.reject(failure);
      return;
    }
    this.#size += bytes.length;
    for (const write of batch) write.settle?.resolve();
  }

  #opened(): FileHandle {
    if (this.#handle === null) throw new BubbleError('REFUSED', 'the outbox is not open');
    return this.#handle;
  }

  async #cutOff(): Promise<void> {
    try {
      await this.#opened().truncate(this.#size);
    } catch {
      // The journal is written anew before anything else is added to it.
      this.#isUncut = true;
    }
  }

  async #compact(): Promise<void> {
    const records: JournalRecord[] = [{ kind: 'last-id', lastId: this.#lastId }];
    for (const { command } of this.#live.values()) records.push({ kind: 'add', command });
    const bytes = Buffer.concat([JOURNAL_MAGIC, ...records.map(encodeRecord)]);
    const next = await open(`${this.#file}.new`, 'w+', FILE_MODE);
    try {
      await writeWhole(next, bytes, 0);
      await next.datasync();
      await rename(`${this.#file}.new`, this.#file);
      await syncFolder(this.#folder);
    } catch (error) {
      await next.close();
      throw error;
    }
    await this.#handle?.close();
    this.#handle = next;
    this.#size = bytes.length;
    this.#isUncut = false;
  }
}

const readIfThere = async (file: string): Promise<Buffer> => {
  try {
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
};

const writeWhole = async (handle: FileHandle, bytes: Buffer, position: number): Promise<void> => {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
};

/** Makes a rename survive a power cut. */
export const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** What the operating system says, in the catalogue's words. */
export const failureOf = (error: unknown, file: string): BubbleError => {
  if (error instanceof BubbleError) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new BubbleError('DISK_FULL', `no space for ${file}`, { retryable: true, cause: error });
  }
  return new BubbleError('FOLDER_NOT_WRITABLE', `cannot write ${file}`, { cause: error });
};
