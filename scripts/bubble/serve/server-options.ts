/** What a server is made of. */
import type { Authenticator } from '../../../gateways/auth/authenticator.ts';
import type { GateCounts } from '../../../gateways/gate/gate-counts.ts';
import type { Logger } from '../../../infra/logger/logger.ts';
import type { Tracing } from '../../../infra/tracing/tracing.ts';
import type { RunningProcessor } from '../../../processors/runtime/running.ts';
import type { Limits } from '../../../schemas/limits.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import type { Random } from '../../../schemas/ports/random.ts';
import type { Layout } from '../../../schemas/topics.ts';
import type { Roles } from './roles.ts';
import type { Stores } from './stores.ts';

export interface GateRole {
  readonly authenticator: Authenticator;
  readonly name: string;
  /** The slot to claim. @param lost the one that another gate has taken; null: none */
  nextSlot(stores: Stores, layout: Layout, lost: number | null): Promise<number>;
}

export interface ServerOptions {
  readonly roles: Roles;
  readonly stores: Stores;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** With the role `gate`. */
  readonly gate?: GateRole;
  /** With the role `presence`. */
  readonly startPresence?: (stores: Stores, layout: Layout) => Promise<RunningProcessor>;
  /** Whether other processes may begin an epoch. */
  readonly isShared: boolean;
  /** Whether fan-out makes public events (bubble.events). */
  readonly events: boolean;
  /** Of all gates that the process has one after the other. */
  readonly counts?: GateCounts;
  /** Default: nothing is traced. */
  readonly tracing?: Tracing | null;
}
