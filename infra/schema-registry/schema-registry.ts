/** Ids of Avro schemas. Embedded: a file beside the log; on Kafka: a Confluent-compatible registry. */
import type { AvroSchema } from '../../schemas/events/envelope.ts';

export interface SchemaRegistry {
  /** The id of this schema under this subject; registers it where it is new. */
  register(subject: string, schema: AvroSchema): Promise<number>;
  /** Rejects with UNKNOWN_SCHEMA. */
  schema(id: number): Promise<{ subject: string; schema: AvroSchema }>;
  close(): Promise<void>;
}
