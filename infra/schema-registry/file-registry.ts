/**
 * The registry of the embedded mode: one file beside the log, `schemas.json`. Ids are given in order of registration
 * and never change, so that what the log holds stays readable.
 */
import { join } from 'node:path';
import { BubbleError } from '../../schemas/errors.ts';
import { schemaText } from '../../schemas/events/compatibility.ts';
import type { AvroSchema } from '../../schemas/events/envelope.ts';
import type { Disk, DiskFile } from '../disk/disk.ts';
import { replaceFile } from '../disk/replace-file.ts';
import type { SchemaRegistry, SchemaVersion } from './schema-registry.ts';
import { isStoredSchema, type StoredSchema } from './stored-schema.ts';

const FILE = 'schemas.json';

export interface FileRegistryOptions {
  readonly disk: Disk;
  readonly folder: string;
}

const parseEntries = (text: string, path: string): StoredSchema[] => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new BubbleError('LOG_DAMAGED', `${path} is not JSON`, { cause });
  }
  if (!Array.isArray(parsed) || !parsed.every(isStoredSchema)) {
    throw new BubbleError('LOG_DAMAGED', `${path} is not a list of schemas`);
  }
  return parsed;
};

class FileRegistry implements SchemaRegistry {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #entries: StoredSchema[];
  #writing: Promise<void> = Promise.resolve();

  constructor(disk: Disk, folder: string, entries: StoredSchema[]) {
    this.#disk = disk;
    this.#folder = folder;
    this.#entries = entries;
  }

  async register(subject: string, schema: AvroSchema): Promise<number> {
    const text = schemaText(schema);
    const known = this.#entries.find(
      (entry) => entry.subject === subject && schemaText(entry.schema) === text,
    );
    if (known !== undefined) {
      await this.#writing;
      return known.id;
    }
    const id = this.#entries.reduce((highest, entry) => Math.max(highest, entry.id), 0) + 1;
    this.#entries.push({ id, subject, schema });
    this.#writing = this.#writing.then(() => this.#write());
    await this.#writing;
    return id;
  }

  async schema(id: number): Promise<{ subject: string; schema: AvroSchema }> {
    const entry = this.#entries.find((candidate) => candidate.id === id);
    if (entry === undefined) {
      throw new BubbleError('UNKNOWN_SCHEMA', `no schema has the id ${id} in ${join(this.#folder, FILE)}`);
    }
    return { subject: entry.subject, schema: entry.schema };
  }

  async subjects(): Promise<string[]> {
    return [...new Set(this.#entries.map(({ subject }) => subject))].toSorted();
  }

  async versions(subject: string): Promise<SchemaVersion[]> {
    return this.#entries
      .filter((entry) => entry.subject === subject)
      .map((entry, index) => ({ ...entry, version: index + 1 }));
  }

  async close(): Promise<void> {
    await this.#writing;
  }

  #write(): Promise<void> {
    const bytes = Buffer.from(`${JSON.stringify(this.#entries, null, 1)}\n`);
    return replaceFile(this.#disk, join(this.#folder, FILE), bytes);
  }
}

const readAll = async (file: DiskFile): Promise<string> => {
  try {
    return (await file.read(0, await file.size())).toString('utf8');
  } finally {
    await file.close();
  }
};

/** @throws BubbleError LOG_DAMAGED where the file is there and cannot be understood */
export const openFileRegistry = async ({ disk, folder }: FileRegistryOptions): Promise<SchemaRegistry> => {
  await disk.makeFolder(folder);
  const path = join(folder, FILE);
  const names = await disk.list(folder);
  const entries = names.includes(FILE) ? parseEntries(await readAll(await disk.open(path)), path) : [];
  return new FileRegistry(disk, folder, entries);
};
