/** The schemas of the code against a registry that runs: asked, or told. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../infra/clock/system-clock.ts';
import { nodeDisk } from '../../../infra/disk/node-disk.ts';
import { SILENT_LOGGER } from '../../../infra/logger/logger.ts';
import {
  type ConfluentRegistry,
  openConfluentRegistry,
} from '../../../infra/schema-registry/confluent-registry.ts';
import { isBubbleError } from '../../../schemas/errors.ts';
import { compatibilityOf } from '../../../schemas/events/compatibility.ts';
import type { EventSchema } from '../../../schemas/events/envelope.ts';

const GIVE_UP_MS = 5_000;

const withRegistry = async <T>(url: string, use: (registry: ConfluentRegistry) => Promise<T>): Promise<T> => {
  // A command remembers nothing: what the registry says now counts.
  const folder = await mkdtemp(join(tmpdir(), 'bubble-schemas-'));
  try {
    const registry = await openConfluentRegistry({
      url,
      disk: nodeDisk(),
      folder,
      clock: systemClock,
      logger: SILENT_LOGGER,
      giveUpMs: GIVE_UP_MS,
    });
    try {
      return await use(registry);
    } finally {
      await registry.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** What the registry would refuse, a sentence each. */
export const liveProblems = (url: string, events: readonly EventSchema[]): Promise<string[]> =>
  withRegistry(url, async (registry) => {
    const problems: string[] = [];
    for (const { subject, schema } of events) {
      const refusal = await registry.refusal(subject, schema);
      if (refusal !== null) problems.push(`${subject}: the registry would refuse it: ${refusal}`);
    }
    return problems;
  });

export interface Registration {
  /** Ids by subject. */
  readonly ids: ReadonlyMap<string, number>;
  readonly problems: readonly string[];
}

/** Registers all of them; what the registry refuses is a problem. Rejects where it cannot be asked. */
export const registerLive = (url: string, events: readonly EventSchema[]): Promise<Registration> =>
  withRegistry(url, async (registry) => {
    const ids = new Map<string, number>();
    const problems: string[] = [];
    for (const event of events) {
      try {
        ids.set(event.subject, await registry.register(event.subject, event.schema, compatibilityOf(event)));
      } catch (error) {
        if (!isBubbleError(error, 'REFUSED') || error.retryable) throw error;
        problems.push(`${event.subject}: ${error.message}`);
      }
    }
    return { ids, problems };
  });
