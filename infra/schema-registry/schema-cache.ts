/**
 * What a registry has said, in memory and in a file of this process: ids are final, so that a process can start and
 * read while the registry is away. A cache: damaged or foreign, it is left out with a warning.
 */
import { join } from 'node:path';
import { schemaText } from '../../schemas/events/compatibility.ts';
import type { AvroSchema } from '../../schemas/events/envelope.ts';
import type { Disk } from '../disk/disk.ts';
import { replaceFile } from '../disk/replace-file.ts';
import type { Logger } from '../logger/logger.ts';
import type { SchemaVersion } from './schema-registry.ts';
import { isStoredSchema } from './stored-schema.ts';

const FILE = 'registry-cache.json';

export interface SchemaCacheOptions {
  readonly disk: Disk;
  readonly folder: string;
  readonly logger: Logger;
  /** The registry's URL without credentials: ids of another registry are none of ours. */
  readonly registry: string;
  /** Versions kept; beyond, the one learned first is forgotten and asked for again when it is needed. */
  readonly entries: number;
}

const keyOf = ({ subject, version }: Pick<SchemaVersion, 'subject' | 'version'>): string =>
  `${version} ${subject}`;

const isVersion = (value: unknown): value is SchemaVersion =>
  isStoredSchema(value) && 'version' in value && Number.isInteger(value.version);

export class SchemaCache {
  readonly #options: SchemaCacheOptions;
  /** By version and subject, in the order of learning. */
  readonly #versions = new Map<string, SchemaVersion>();
  #dirty = false;
  #writing: Promise<void> | null = null;

  constructor(options: SchemaCacheOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#versions.size;
  }

  find(subject: string, schema: AvroSchema): SchemaVersion | undefined {
    const text = schemaText(schema);
    return this.of(subject).find((known) => schemaText(known.schema) === text);
  }

  byId(id: number): SchemaVersion | undefined {
    for (const known of this.#versions.values()) if (known.id === id) return known;
    return undefined;
  }

  get(subject: string, version: number): SchemaVersion | undefined {
    return this.#versions.get(keyOf({ subject, version }));
  }

  /** Known versions of a subject, rising. */
  of(subject: string): SchemaVersion[] {
    return [...this.#versions.values()]
      .filter((known) => known.subject === subject)
      .toSorted((a, b) => a.version - b.version);
  }

  add(version: SchemaVersion): void {
    const key = keyOf(version);
    const known = this.#versions.get(key);
    if (known?.id === version.id && schemaText(known.schema) === schemaText(version.schema)) return;
    this.#versions.set(key, version);
    if (this.#versions.size > this.#options.entries) {
      const [oldest] = this.#versions.keys();
      this.#versions.delete(oldest!);
    }
    this.#dirty = true;
    this.#writing ??= this.#write();
  }

  /** Resolves when what is known is in the file, or could not be written. */
  async settled(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
  }

  async load(): Promise<void> {
    const { disk, folder, logger, registry } = this.#options;
    await disk.makeFolder(folder);
    if (!(await disk.list(folder)).includes(FILE)) return;
    const path = join(folder, FILE);
    const file = await disk.open(path);
    let text: string;
    try {
      text = (await file.read(0, await file.size())).toString('utf8');
    } finally {
      await file.close();
    }
    try {
      const parsed = JSON.parse(text) as { registry?: unknown; versions?: unknown };
      if (parsed.registry !== registry) {
        logger.warn(
          { path, of: parsed.registry, now: registry },
          'cached schema ids are of another registry',
        );
        return;
      }
      if (!Array.isArray(parsed.versions) || !parsed.versions.every(isVersion))
        throw new TypeError('no versions');
      for (const version of parsed.versions.slice(-this.#options.entries)) {
        this.#versions.set(keyOf(version), version);
      }
    } catch (error) {
      logger.warn({ path, error }, 'the cache of schema ids cannot be read and is left out');
    }
  }

  async #write(): Promise<void> {
    const { disk, folder, logger, registry } = this.#options;
    const path = join(folder, FILE);
    try {
      while (this.#dirty) {
        // What else comes in this turn goes with it.
        await Promise.resolve();
        this.#dirty = false;
        const bytes = Buffer.from(
          `${JSON.stringify({ registry, versions: [...this.#versions.values()] }, null, 1)}\n`,
        );
        await replaceFile(disk, path, bytes);
      }
    } catch (error) {
      logger.warn({ path, error }, 'the cache of schema ids cannot be written: a start needs the registry');
    } finally {
      this.#writing = null;
    }
  }
}
