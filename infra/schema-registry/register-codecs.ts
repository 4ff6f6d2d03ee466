/** Binds all record types to the ids of a registry. */
import { type Codecs, EVENT_SCHEMAS, makeCodecs } from '../../schemas/events/codecs.ts';
import type { SchemaRegistry } from './schema-registry.ts';

export const registerCodecs = async (registry: SchemaRegistry): Promise<Codecs> => {
  const ids = new Map<string, number>();
  // One after the other, in the order of the table: a new registry gives the same ids every time.
  for (const event of Object.values(EVENT_SCHEMAS)) {
    ids.set(event.subject, await registry.register(event.subject, event.schema));
  }
  return makeCodecs((event) => ids.get(event.subject)!);
};
