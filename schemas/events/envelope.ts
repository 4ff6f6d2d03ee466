/**
 * The registry's wire format: a zero byte, the schema id (4 bytes, big endian), the Avro datum. One codec for each
 * record type; ids come from a registry at start, writer schemas of other ids are looked up when met.
 */
import avro from 'avsc';
import { BubbleError } from '../errors.ts';

export const MAGIC = 0;
export const ENVELOPE_BYTES = 5;

/** 64-bit ids are bigint in memory (unsigned) and Avro longs in the log; all other longs are safe integers. */
const ID64 = avro.types.LongType.__with({
  fromBuffer: (buffer: Buffer) => buffer.readBigUInt64LE(),
  toBuffer: (value: bigint) => {
    const buffer = Buffer.allocUnsafe(8);
    buffer.writeBigUInt64LE(value);
    return buffer;
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => (a === b ? 0 : a < b ? -1 : 1),
});

/** The type of clientMsgId and serverMsgId in a schema below. */
export const ID64_SCHEMA = { type: 'long', logicalType: 'id64' } as const;

/** An Avro schema as it is registered. */
export type AvroSchema = avro.schema.RecordType;

export const typeOf = (schema: AvroSchema): avro.Type =>
  avro.Type.forSchema(schema, {
    typeHook: (part: unknown) =>
      typeof part === 'object' && part !== null && 'logicalType' in part && part.logicalType === 'id64'
        ? ID64
        : undefined,
  });

export const fullNameOf = ({ name, namespace }: AvroSchema): string =>
  name.includes('.') || namespace === undefined || namespace === '' ? name : `${namespace}.${name}`;

/**
 * What a new version of a subject owes the old ones, all of them. BACKWARD_TRANSITIVE: the new reader reads what they
 * wrote. FULL_TRANSITIVE: and they read what the new one writes.
 */
export type Compatibility = 'BACKWARD_TRANSITIVE' | 'FULL_TRANSITIVE';

/** Name of the subject in the registry: the record's full name (several record types share a topic). */
export interface EventSchema {
  readonly subject: string;
  readonly schema: AvroSchema;
  /** Default: see `compatibilityOf` (compatibility.ts). */
  readonly compatibility?: Compatibility;
}

/** @throws BubbleError UNKNOWN_SCHEMA where the value does not begin as an envelope does */
export const schemaIdOf = (value: Uint8Array): number => {
  if (value.length < ENVELOPE_BYTES || value[0] !== MAGIC) {
    throw new BubbleError('UNKNOWN_SCHEMA', 'the record does not begin with a zero byte and a schema id');
  }
  return ((value[1]! << 24) | (value[2]! << 16) | (value[3]! << 8) | value[4]!) >>> 0;
};

/** A record type bound to its id in a registry. */
export class Codec<T> {
  readonly id: number;
  readonly subject: string;
  /** The record's full name: what writers of this codec's records call them too. */
  readonly name: string;
  readonly #type: avro.Type;
  #scratch = Buffer.allocUnsafeSlow(64 * 1024);
  readonly #resolvers = new Map<number, unknown>();

  constructor(event: EventSchema, id: number) {
    this.id = id;
    this.subject = event.subject;
    this.name = fullNameOf(event.schema);
    this.#type = typeOf(event.schema);
    this.#scratch[0] = MAGIC;
    this.#scratch.writeUInt32BE(id, 1);
  }

  encode(value: T): Buffer {
    let end = this.#type.encode(value, this.#scratch, ENVELOPE_BYTES);
    if (end < 0) {
      // A negative result says how many bytes were missing.
      const grown = Buffer.allocUnsafeSlow(2 * (this.#scratch.length - end));
      this.#scratch.copy(grown, 0, 0, ENVELOPE_BYTES);
      this.#scratch = grown;
      end = this.#type.encode(value, this.#scratch, ENVELOPE_BYTES);
    }
    const out = Buffer.allocUnsafe(end);
    this.#scratch.copy(out, 0, 0, end);
    return out;
  }

  /**
   * Makes this codec read what was written under another id of the same subject.
   * @throws Error (avsc's) where this codec's schema cannot read what that one writes
   */
  addWriter(id: number, schema: AvroSchema): void {
    this.#resolvers.set(id, this.#type.createResolver(typeOf(schema)));
  }

  reads(id: number): boolean {
    return id === this.id || this.#resolvers.has(id);
  }

  /**
   * Decodes a value whose id this codec reads.
   * @returns null where the bytes do not match the schema
   * @throws BubbleError UNKNOWN_SCHEMA for an id that was not added
   */
  decode(value: Uint8Array): T | null {
    const id = schemaIdOf(value);
    const buffer = Buffer.isBuffer(value)
      ? value
      : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    const writer = this.#resolvers.get(id);
    if (id !== this.id && writer === undefined) {
      throw new BubbleError('UNKNOWN_SCHEMA', `schema id ${id} is not known for ${this.subject}`);
    }
    try {
      const { value: decoded, offset } =
        writer === undefined
          ? this.#type.decode(buffer, ENVELOPE_BYTES)
          : this.#type.decode(buffer, ENVELOPE_BYTES, writer as never);
      return offset === buffer.length ? (decoded as T) : null;
    } catch {
      // avsc throws plain errors on malformed data; what is wrong with them is of no use to the caller.
      return null;
    }
  }
}
