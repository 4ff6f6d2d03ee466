import { join } from 'node:path';
import { BubbleError, isBubbleError } from '../../../schemas/errors.ts';
import { MAX_PARTITIONS, type TopicSpec } from '../../../schemas/topics.ts';
import type { Disk } from '../../disk/disk.ts';
import { replaceFile } from '../../disk/replace-file.ts';

const FILE = 'topics.json';
const FORMAT = 1;
const TOPIC_PATTERN = /^[a-zA-Z0-9._-]{1,200}$/;

const FIELDS = ['partitions', 'cleanup', 'retentionMs', 'durability'] as const;

/** JSON has no Infinity: null stands for it. */
const toJson = (spec: TopicSpec): object => ({
  ...spec,
  retentionMs: Number.isFinite(spec.retentionMs) ? spec.retentionMs : null,
});

const fromJson = (value: unknown, path: string): TopicSpec => {
  const { name, partitions, cleanup, retentionMs, durability } = value as Record<string, unknown>;
  const valid =
    typeof name === 'string' &&
    typeof partitions === 'number' &&
    (cleanup === 'delete' || cleanup === 'compact') &&
    (retentionMs === null || typeof retentionMs === 'number') &&
    (durability === 'log' || durability === 'os');
  if (!valid) throw new BubbleError('LOG_DAMAGED', `${path} has an entry that is no topic`);
  return { name, partitions, cleanup, retentionMs: retentionMs ?? Number.POSITIVE_INFINITY, durability };
};

/** What topics there are: a small JSON file that a person can read. */
export class TopicCatalog {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #specs = new Map<string, TopicSpec>();

  constructor(disk: Disk, folder: string) {
    this.#disk = disk;
    this.#folder = folder;
  }

  get specs(): TopicSpec[] {
    return [...this.#specs.values()];
  }

  async load(): Promise<void> {
    const path = join(this.#folder, FILE);
    let text: string;
    try {
      const file = await this.#disk.open(path);
      try {
        text = (await file.read(0, await file.size())).toString('utf8');
      } finally {
        await file.close();
      }
    } catch (error) {
      if (isBubbleError(error, 'FILE_NOT_FOUND')) return;
      throw error;
    }
    let parsed: { format?: unknown; topics?: unknown };
    try {
      parsed = JSON.parse(text);
    } catch (cause) {
      throw new BubbleError('LOG_DAMAGED', `${path} is no JSON`, { cause });
    }
    if (parsed.format !== FORMAT || !Array.isArray(parsed.topics)) {
      throw new BubbleError('LOG_DAMAGED', `${path} has not the format ${FORMAT} of topic lists`);
    }
    for (const entry of parsed.topics) {
      const spec = fromJson(entry, path);
      this.#specs.set(spec.name, spec);
    }
  }

  /** Notes new topics durably. Rejects with TOPIC_MISMATCH before anything is changed. Returns those that are new. */
  async add(specs: readonly TopicSpec[]): Promise<TopicSpec[]> {
    const added = specs.filter((spec) => this.#isNew(spec));
    if (added.length === 0) return added;
    const all = [...this.#specs.values(), ...added];
    const text = JSON.stringify({ format: FORMAT, topics: all.map(toJson) }, null, 2);
    await replaceFile(this.#disk, join(this.#folder, FILE), Buffer.from(`${text}\n`));
    for (const spec of added) this.#specs.set(spec.name, spec);
    return added;
  }

  #isNew(spec: TopicSpec): boolean {
    const existing = this.#specs.get(spec.name);
    if (existing !== undefined) {
      const differing = FIELDS.filter((field) => existing[field] !== spec[field]);
      if (differing.length === 0) return false;
      const what = differing.map((field) => `${field} is ${existing[field]}, not ${spec[field]}`).join('; ');
      throw new BubbleError(
        'TOPIC_MISMATCH',
        `topic ${spec.name} exists with another layout: ${what}. Start with the settings it was made with, or ` +
          `${differing.includes('partitions') ? 'begin a new epoch' : `edit ${join(this.#folder, FILE)} while nothing runs`}`,
      );
    }
    if (!TOPIC_PATTERN.test(spec.name) || spec.partitions < 1 || spec.partitions > MAX_PARTITIONS) {
      throw new BubbleError(
        'TOPIC_MISMATCH',
        `a topic has 1 to ${MAX_PARTITIONS} partitions and a name of letters, digits, '.', '_' and '-', not ` +
          `${JSON.stringify(spec.name)} with ${spec.partitions}`,
      );
    }
    return true;
  }
}
