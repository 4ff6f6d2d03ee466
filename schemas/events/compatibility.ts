/**
 * What a change of a schema may do, decided offline: the same rules that a registry is told for the subject. Reading is
 * judged by avsc's resolvers, which are what reads the records then.
 */
import { EVENTS } from '../topics.ts';
import { type AvroSchema, type Compatibility, type EventSchema, typeOf } from './envelope.ts';

/** The public topic's value, read by strangers whose releases we do not choose. */
const PUBLIC_SUBJECT = `${EVENTS}-value`;

export const compatibilityOf = ({
  subject,
  compatibility,
}: Pick<EventSchema, 'subject' | 'compatibility'>): Compatibility =>
  compatibility ?? (subject === PUBLIC_SUBJECT ? 'FULL_TRANSITIVE' : 'BACKWARD_TRANSITIVE');

/** Attributes of a schema in the order in which people write them; others follow by name. */
const ATTRIBUTES = [
  'name',
  'type',
  'namespace',
  'doc',
  'aliases',
  'logicalType',
  'size',
  'symbols',
  'items',
  'values',
  'order',
  'default',
  'fields',
];

const rankOf = (attribute: string): number => {
  const rank = ATTRIBUTES.indexOf(attribute);
  return rank < 0 ? ATTRIBUTES.length : rank;
};

/**
 * A schema as text, equal for equal schemas whatever the order of their attributes.
 * @param indent spaces of each level; 0: one line
 */
export const schemaText = (schema: AvroSchema, indent = 0): string =>
  JSON.stringify(
    schema,
    (_, part: unknown) =>
      typeof part === 'object' && part !== null && !Array.isArray(part)
        ? Object.fromEntries(
            Object.entries(part).toSorted(([a], [b]) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1)),
          )
        : part,
    indent,
  );

export type Readability = { readonly readable: true } | { readonly readable: false; readonly reason: string };

const READABLE: Readability = { readable: true };

const resolve = (reader: ReturnType<typeof typeOf>, writer: ReturnType<typeof typeOf>): string | null => {
  try {
    reader.createResolver(writer);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

/** The first field that is in both and cannot be read, for a reason that names it. */
const fieldAtFault = (reader: AvroSchema, writer: AvroSchema): string | null => {
  for (const { name, type } of reader.fields) {
    const written = writer.fields.find((field) => field.name === name);
    if (written === undefined) continue;
    const field = (part: typeof type): AvroSchema => ({
      type: 'record',
      name: reader.name,
      fields: [{ name, type: part }],
    });
    // A type named elsewhere in the record is not known here: then the reason stays without the field.
    try {
      const reason = resolve(typeOf(field(type)), typeOf(field(written.type)));
      if (reason !== null) return `field ${name}: ${reason}`;
    } catch {}
  }
  return null;
};

/**
 * Whether a reader with one schema reads what was written with another, by Avro's rules: fields by name or alias, a
 * default for what was not written, int -> long -> float -> double, string <-> bytes, enum symbols or its default.
 * @throws Error (avsc's) where one of them is no Avro schema
 */
export const canRead = (reader: AvroSchema, writer: AvroSchema): Readability => {
  const reason = resolve(typeOf(reader), typeOf(writer));
  return reason === null ? READABLE : { readable: false, reason: fieldAtFault(reader, writer) ?? reason };
};

export interface Version {
  readonly version: number;
  readonly schema: AvroSchema;
}

/**
 * Sentences on what a schema breaks of the released versions; empty: it may be the next one.
 * @throws Error (avsc's) where one of them is no Avro schema
 */
export const incompatibilities = (
  candidate: AvroSchema,
  released: readonly Version[],
  compatibility: Compatibility,
): string[] =>
  released.flatMap(({ version, schema }) => {
    const sentences: string[] = [];
    const backward = canRead(candidate, schema);
    if (!backward.readable) {
      sentences.push(`it cannot read what version ${version} has written: ${backward.reason}`);
    }
    if (compatibility === 'FULL_TRANSITIVE') {
      const forward = canRead(schema, candidate);
      if (!forward.readable) {
        sentences.push(`readers of version ${version} cannot read what it writes: ${forward.reason}`);
      }
    }
    return sentences;
  });
