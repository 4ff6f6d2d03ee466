/** A schema as this process keeps it in a file of its own. */
import type { AvroSchema } from '../../schemas/events/envelope.ts';

export interface StoredSchema {
  /** The registry's. */
  readonly id: number;
  readonly subject: string;
  readonly schema: AvroSchema;
}

/** Whether a part of such a file, parsed from JSON, has the form of one. */
export const isStoredSchema = (value: unknown): value is StoredSchema =>
  typeof value === 'object' &&
  value !== null &&
  'id' in value &&
  Number.isInteger(value.id) &&
  'subject' in value &&
  typeof value.subject === 'string' &&
  'schema' in value &&
  typeof value.schema === 'object';
