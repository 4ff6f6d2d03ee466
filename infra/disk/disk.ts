/** Files as a port: Node's in `node-disk.ts`, a simulated one (crashes, lost writes, a full disk) in the rig. */

export interface DiskFile {
  /** Reads up to length bytes at position; shorter at the end of the file. */
  read(position: number, length: number): Promise<Buffer>;
  /** Writes all bytes. Rejects with DISK_FULL (retryable) when there is no space. */
  write(position: number, bytes: Uint8Array): Promise<void>;
  /**
   * Writes these bytes one behind the other; resolves when they survive a power cut (whatever becomes of others). Costs
   * a third less than `write` and `sync`.
   */
  writeSynced(position: number, parts: readonly Uint8Array[]): Promise<void>;
  /** Resolves when everything written before the call survives a power cut. */
  sync(): Promise<void>;
  truncate(size: number): Promise<void>;
  size(): Promise<number>;
  close(): Promise<void>;
}

export interface Disk {
  /** Opens for reading and writing; creates the file where `create` is set. */
  open(path: string, options?: { create?: boolean }): Promise<DiskFile>;
  /** Names in a folder, sorted; empty where it does not exist. */
  list(folder: string): Promise<string[]>;
  makeFolder(folder: string): Promise<void>;
  /** Atomic, survives a power cut once resolved (the folder is synced). */
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Makes the names of a folder survive a power cut. */
  syncFolder(folder: string): Promise<void>;
  /** Refuses a second owner of the folder with LOG_LOCKED; the returned function gives the lock back. */
  lock(folder: string): Promise<() => Promise<void>>;
}
