/** Ids of Avro schemas. Embedded: a file beside the log; on Kafka: a Confluent-compatible registry. */
import type { AvroSchema, Compatibility } from '../../schemas/events/envelope.ts';

/** One schema of a subject: versions count from 1, ids are the registry's. */
export interface SchemaVersion {
  readonly subject: string;
  readonly version: number;
  readonly id: number;
  readonly schema: AvroSchema;
}

export interface SchemaRegistry {
  /**
   * The id of this schema under this subject; registers it where it is new.
   * @param compatibility what the subject's versions owe each other, where the registry guards that; default: by subject
   */
  register(subject: string, schema: AvroSchema, compatibility?: Compatibility): Promise<number>;
  /** Rejects with UNKNOWN_SCHEMA; with a retryable error where the registry cannot be asked. */
  schema(id: number): Promise<{ subject: string; schema: AvroSchema }>;
  /** Sorted. */
  subjects(): Promise<readonly string[]>;
  /** In the order of their registration; empty where the subject is not known. */
  versions(subject: string): Promise<readonly SchemaVersion[]>;
  close(): Promise<void>;
}
