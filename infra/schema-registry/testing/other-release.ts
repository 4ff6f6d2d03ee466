/** Test support: a record type as another release writes it, and a registry that may know it, or be away. */
import { BubbleError } from '../../../schemas/errors.ts';
import { type Codecs, EVENT_SCHEMAS, makeCodecs } from '../../../schemas/events/codecs.ts';
import type { EventSchema } from '../../../schemas/events/envelope.ts';

/** The id of the other release's schema. */
const OTHER_ID = 4_711;

export class OtherRelease {
  readonly #event: EventSchema;
  /** Whether the registry has the other schema. */
  isRegistered = true;
  isAway = false;
  /** Questions to the registry. */
  asked = 0;

  /** @param event whose records it writes under `OTHER_ID` */
  constructor(event: EventSchema) {
    this.#event = event;
  }

  /** Ours, as they are before they have met the other id. The ids are those of the table's order, from 1. */
  codecs(): Codecs {
    const { schema, subject } = this.#event;
    return makeCodecs(
      (event) => Object.values(EVENT_SCHEMAS).indexOf(event) + 1,
      async (id, all) => {
        this.asked += 1;
        if (this.isAway) throw new BubbleError('STORE_AWAY', 'the registry is away', { retryable: true });
        if (!this.isRegistered || id !== OTHER_ID) return false;
        all.find((codec) => codec.subject === subject)!.addWriter(id, schema);
        return true;
      },
    );
  }
}

/** A value as the other release writes it. @param value as ours does; changed in place */
export const byOtherRelease = (value: Buffer): Buffer => {
  value.writeUInt32BE(OTHER_ID, 1);
  return value;
};
