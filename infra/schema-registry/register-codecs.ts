/**
 * Binds all record types to the ids of a registry, and teaches their codecs the schemas that other releases write: at
 * the start what the registry holds by then, later each id when a record with it is met (`Codecs.learn`).
 */
import { isBubbleError } from '../../schemas/errors.ts';
import {
  type AnyCodec,
  type Codecs,
  type CodecTable,
  EVENT_SCHEMAS,
  type Learn,
  makeCodecs,
} from '../../schemas/events/codecs.ts';
import { compatibilityOf } from '../../schemas/events/compatibility.ts';
import { type AvroSchema, fullNameOf } from '../../schemas/events/envelope.ts';
import { type Logger, SILENT_LOGGER } from '../logger/logger.ts';
import type { SchemaRegistry } from './schema-registry.ts';

/** Of each subject, so many of the newest versions are made ready at the start; older ones when they are met. */
export const VERSIONS_AT_START = 100;

interface Found {
  readonly subject: string;
  readonly id: number;
  readonly schema: AvroSchema;
}

/** @returns whether a codec reads the id now */
const teach = (codecs: readonly AnyCodec[], { subject, id, schema }: Found, logger: Logger): boolean => {
  // By name and not by subject: one id may lie in several subjects, and strangers choose theirs.
  const name = fullNameOf(schema);
  const codec = codecs.find((candidate) => candidate.name === name);
  if (codec === undefined) return false;
  if (codec.reads(id)) return true;
  try {
    codec.addWriter(id, schema);
    return true;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    logger.error({ subject, id, reason }, 'this release cannot read records with this schema');
    return false;
  }
};

const learnFrom = (registry: SchemaRegistry, logger: Logger): Learn => {
  const asked = new Map<number, Promise<boolean>>();
  const learn = async (id: number, codecs: readonly AnyCodec[]): Promise<boolean> => {
    try {
      const found = await registry.schema(id);
      const learned = teach(codecs, { id, ...found }, logger);
      if (learned) logger.info({ subject: found.subject, id }, 'learned the schema of another release');
      return learned;
    } catch (error) {
      if (isBubbleError(error, 'UNKNOWN_SCHEMA')) return false;
      throw error;
    }
  };
  return (id, codecs) => {
    if (codecs.some((codec) => codec.reads(id))) return Promise.resolve(true);
    let answer = asked.get(id);
    if (answer === undefined) {
      answer = learn(id, codecs).finally(() => asked.delete(id));
      asked.set(id, answer);
    }
    return answer;
  };
};

/**
 * Rejects where a schema cannot be registered: REFUSED by the registry's rules, or a retryable error where it is away
 * and the ids are not known from an earlier start.
 */
export const registerCodecs = async (
  registry: SchemaRegistry,
  logger: Logger = SILENT_LOGGER,
): Promise<Codecs> => {
  const ids = new Map<string, number>();
  // One after the other, in the order of the table: a new registry gives the same ids every time.
  for (const event of Object.values(EVENT_SCHEMAS)) {
    ids.set(event.subject, await registry.register(event.subject, event.schema, compatibilityOf(event)));
  }
  const codecs = makeCodecs((event) => ids.get(event.subject)!, learnFrom(registry, logger));
  const all = Object.values<AnyCodec>({ ...(codecs as CodecTable) });
  for (const { subject } of all) {
    const versions = await registry.versions(subject);
    for (const version of versions.slice(-VERSIONS_AT_START)) teach(all, version, logger);
  }
  return codecs;
};
