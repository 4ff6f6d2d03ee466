/**
 * A Confluent-compatible registry: subjects, ids and the rule of each subject. What it has said is final and kept in a
 * file, so that it may be away: a process that has once started starts again and goes on; only a schema that it has
 * never seen needs the registry.
 *
 * Invariants:
 * 1. An id is only ever taken from the registry, or from this registry's earlier word in the file.
 * 2. Ids taken from the file are verified as soon as the registry answers. A difference means that the registry has lost
 *    its data: then a start is refused, and a process that runs raises an alarm and keeps the ids that the log holds.
 */
import { setMaxListeners } from 'node:events';
import { BubbleError, isBubbleError } from '../../schemas/errors.ts';
import { compatibilityOf } from '../../schemas/events/compatibility.ts';
import type { AvroSchema, Compatibility } from '../../schemas/events/envelope.ts';
import type { Clock, Timer } from '../../schemas/ports/clock.ts';
import type { Disk } from '../disk/disk.ts';
import type { Logger } from '../logger/logger.ts';
import { type RegistryAuth, RegistryClient } from './registry-client.ts';
import { RegistryProtocol } from './registry-protocol.ts';
import { SchemaCache } from './schema-cache.ts';
import type { SchemaRegistry, SchemaVersion } from './schema-registry.ts';
import { UnknownIds } from './unknown-ids.ts';

export interface ConfluentRegistryOptions {
  /** Of the API; user and password in it are used and never shown. */
  readonly url: string;
  readonly auth?: RegistryAuth;
  readonly disk: Disk;
  /** Of this process alone: what the registry has said is kept there. */
  readonly folder: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** One request. */
  readonly timeoutMs?: number;
  /** How long a registration that must not fail lightly is tried again while the registry is away. */
  readonly giveUpMs?: number;
  /** Versions kept in memory and in the file; beyond, the ones learned first are forgotten and asked for again. */
  readonly cacheEntries?: number;
  /** An id that the registry does not have is not asked for again for so long. */
  readonly unknownMs?: number;
  /** First pause before ids taken from the file are verified; doubled up to a minute. */
  readonly verifyMs?: number;
}

/** 'unverified': ids come from an earlier start, the registry is away. 'differs': it gives other ids than it did. */
export type RegistryStatus = 'verified' | 'unverified' | 'differs';

export interface ConfluentRegistry extends SchemaRegistry {
  readonly status: RegistryStatus;
  /** Why the registry would refuse this schema as the next version; null: it would not, or the subject is new. */
  refusal(subject: string, schema: AvroSchema): Promise<string | null>;
}

const DEFAULTS = {
  timeoutMs: 5_000,
  giveUpMs: 20_000,
  cacheEntries: 10_000,
  unknownMs: 10_000,
  verifyMs: 5_000,
};
const RETRY_FIRST_MS = 100;
const RETRY_MAX_MS = 2_000;
const VERIFY_MAX_MS = 60_000;

interface Wanted {
  readonly subject: string;
  readonly schema: AvroSchema;
  readonly compatibility: Compatibility;
}

const isAway = (error: unknown): error is BubbleError => isBubbleError(error) && error.retryable;

class CachedRegistry implements ConfluentRegistry {
  readonly #options: ConfluentRegistryOptions & typeof DEFAULTS;
  readonly #protocol: RegistryProtocol;
  readonly #cache: SchemaCache;
  readonly #closing: AbortController;
  /** Registered by this process, by the id given. */
  readonly #unverified = new Map<Wanted, number>();
  readonly #unknown: UnknownIds;
  #differs = false;
  #isAway = false;
  #timer: Timer | null = null;
  #verifying: Promise<void> = Promise.resolve();

  constructor(
    options: ConfluentRegistryOptions & typeof DEFAULTS,
    protocol: RegistryProtocol,
    cache: SchemaCache,
    closing: AbortController,
  ) {
    this.#options = options;
    this.#protocol = protocol;
    this.#cache = cache;
    this.#closing = closing;
    this.#unknown = new UnknownIds(options.clock, options.unknownMs);
  }

  get status(): RegistryStatus {
    if (this.#differs) return 'differs';
    return this.#unverified.size > 0 ? 'unverified' : 'verified';
  }

  async register(subject: string, schema: AvroSchema, compatibility?: Compatibility): Promise<number> {
    const wanted = { subject, schema, compatibility: compatibility ?? compatibilityOf({ subject }) };
    const cached = this.#cache.find(subject, schema);
    if (cached === undefined) return (await this.#patiently(wanted)).id;
    if (this.#isAway) return this.#fromCache(wanted, cached);
    let there: SchemaVersion;
    try {
      there = await this.#ensure(wanted);
    } catch (error) {
      if (!isAway(error)) throw error;
      this.#isAway = true;
      this.#options.logger.warn(
        { error: error.message },
        'the schema registry is away: going on with the ids of an earlier start',
      );
      return this.#fromCache(wanted, cached);
    }
    if (there.id === cached.id) return cached.id;
    throw this.#difference(subject, cached.id, there.id);
  }

  async schema(id: number): Promise<{ subject: string; schema: AvroSchema }> {
    const cached = this.#cache.byId(id);
    if (cached !== undefined) return cached;
    const missing = new BubbleError(
      'UNKNOWN_SCHEMA',
      `the schema registry has no Avro record with the id ${id}`,
    );
    if (this.#unknown.has(id)) throw missing;
    const versions = (await this.#protocol.byId(id)) ?? [];
    for (const version of versions) this.#cache.add(version);
    const [first] = versions;
    if (first !== undefined) return first;
    this.#unknown.add(id);
    throw missing;
  }

  subjects(): Promise<string[]> {
    return this.#protocol.subjects();
  }

  async versions(subject: string): Promise<SchemaVersion[]> {
    if (this.#isAway) return this.#cache.of(subject);
    try {
      const versions: SchemaVersion[] = [];
      for (const number of await this.#protocol.versionNumbers(subject)) {
        const version = this.#cache.get(subject, number) ?? (await this.#protocol.version(subject, number));
        if (version === null) continue;
        this.#cache.add(version);
        versions.push(version);
      }
      return versions;
    } catch (error) {
      const known = this.#cache.of(subject);
      if (!isAway(error) || known.length === 0) throw error;
      this.#options.logger.warn(
        { subject, error: error.message },
        'the schema registry is away: versions of others may be missing until they are met',
      );
      return known;
    }
  }

  refusal(subject: string, schema: AvroSchema): Promise<string | null> {
    return this.#protocol.refusal(subject, schema);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#timer?.cancel();
    await this.#verifying;
    await this.#cache.settled();
  }

  #fromCache(wanted: Wanted, { id }: SchemaVersion): number {
    this.#unverified.set(wanted, id);
    if (this.#timer === null) this.#verifyAfter(this.#options.verifyMs);
    return id;
  }

  /** The schema is in the registry afterwards, under the rule of its subject. */
  async #ensure(wanted: Wanted): Promise<SchemaVersion> {
    const { subject, schema, compatibility } = wanted;
    let there = await this.#protocol.find(subject, schema);
    if (there === null) {
      await this.#ensureRule(wanted);
      const refusal = await this.#protocol.add(subject, schema);
      // Another process may have been faster, which some registries answer as a conflict.
      there = await this.#protocol.find(subject, schema);
      if (there === null) {
        throw new BubbleError(
          'REFUSED',
          `the schema registry refuses the schema of ${subject} (${compatibility}): ${refusal ?? 'no reason given'}`,
        );
      }
    }
    await this.#ensureRule(wanted);
    return there;
  }

  async #ensureRule({ subject, compatibility }: Wanted): Promise<void> {
    const rule = await this.#protocol.rule(subject);
    // An operator may ask for more than we do.
    if (rule === compatibility || rule === 'FULL_TRANSITIVE') return;
    try {
      await this.#protocol.setRule(subject, compatibility);
    } catch (error) {
      if (!isBubbleError(error) || error.retryable) throw error;
      this.#options.logger.warn(
        { subject, rule, wanted: compatibility, error: error.message },
        'the rule of a subject cannot be set: set it in the registry',
      );
    }
  }

  async #patiently(wanted: Wanted): Promise<SchemaVersion> {
    const { clock, logger, giveUpMs } = this.#options;
    const deadline = clock.monotonic() + giveUpMs;
    for (let pauseMs = RETRY_FIRST_MS; ; pauseMs = Math.min(2 * pauseMs, RETRY_MAX_MS)) {
      try {
        const there = await this.#ensure(wanted);
        this.#cache.add(there);
        return there;
      } catch (error) {
        if (!isAway(error)) throw error;
        if (this.#closing.signal.aborted || clock.monotonic() + pauseMs > deadline) {
          throw new BubbleError(
            error.code,
            `${error.message}. The id of ${wanted.subject} is not known from an earlier start, so records cannot be ` +
              'written: start the registry, or correct its URL (registry.url)',
            { retryable: true, cause: error },
          );
        }
        logger.warn({ error: error.message, pauseMs }, 'waiting for the schema registry');
      }
      await new Promise<void>((resolve) => {
        clock.after(pauseMs, resolve);
      });
    }
  }

  #verifyAfter(pauseMs: number): void {
    if (this.#closing.signal.aborted) return;
    this.#timer = this.#options.clock.after(pauseMs, () => {
      this.#verifying = this.#verify(pauseMs).catch((error: unknown) => {
        this.#differs = true;
        this.#options.logger.error({ error }, 'ALARM: the schema registry does not confirm the ids in use');
      });
    });
  }

  async #verify(pauseMs: number): Promise<void> {
    const { logger } = this.#options;
    for (const [wanted, id] of this.#unverified) {
      try {
        const there = await this.#ensure(wanted);
        if (there.id !== id) throw this.#difference(wanted.subject, id, there.id);
        this.#unverified.delete(wanted);
      } catch (error) {
        if (!isAway(error)) throw error;
        this.#verifyAfter(Math.min(2 * pauseMs, VERIFY_MAX_MS));
        return;
      }
    }
    this.#timer = null;
    this.#isAway = false;
    logger.info({}, 'the schema registry is back and confirms the ids in use');
  }

  #difference(subject: string, before: number, now: number): BubbleError {
    return new BubbleError(
      'REFUSED',
      `the schema registry gives ${subject} the id ${now}, and has given it ${before} before: it has lost its data, and ` +
        'the log holds records with ids of then. Restore the registry; or, where the log is new as well, remove ' +
        this.#options.folder,
    );
  }
}

/**
 * Asks nothing yet. The first `register` of a schema that is not in the cache rejects after `giveUpMs` with REFUSED or
 * TIMEOUT (retryable) where the registry is away, at once with REFUSED where it refuses.
 * @throws BubbleError CONFIG where the URL is none
 */
export const openConfluentRegistry = async (
  options: ConfluentRegistryOptions,
): Promise<ConfluentRegistry> => {
  const complete = { ...DEFAULTS, ...options };
  const { url, auth, timeoutMs, disk, folder, logger, cacheEntries } = complete;
  const client = new RegistryClient({ url, timeoutMs, ...(auth === undefined ? {} : { auth }) });
  const cache = new SchemaCache({ disk, folder, logger, registry: client.base, entries: cacheEntries });
  await cache.load();
  const closing = new AbortController();
  // Each request listens to it.
  setMaxListeners(0, closing.signal);
  return new CachedRegistry(complete, new RegistryProtocol(client, closing.signal), cache, closing);
};
