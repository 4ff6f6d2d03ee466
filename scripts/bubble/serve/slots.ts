/** Where a gate's slot comes from, and how others hear of the gate: the settings, etcd, the log. */
import { chooseSlot } from '../../../gateways/gate/slot-choice.ts';
import type { Settings } from '../../../infra/config/settings.ts';
import { type GateDirectory, openGateDirectory } from '../../../infra/etcd/gate-directory.ts';
import type { Logger } from '../../../infra/logger/logger.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import type { Random } from '../../../schemas/ports/random.ts';
import type { Layout } from '../../../schemas/topics.ts';
import type { Server } from './server.ts';
import type { Stores } from './stores.ts';

/** A gate that says nothing for so long is no longer listed, seconds. */
const LISTED_SEC = 10;
const ANNOUNCE_MS = 5_000;

export interface SlotsOptions {
  readonly settings: Pick<Settings, 'etcd.endpoints' | 'etcd.prefix' | 'gate.slot' | 'gate.name'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

export class Slots {
  readonly #options: SlotsOptions;
  readonly #directory: GateDirectory | null;
  /** Lost to other gates: not taken again, or two gates with the same slot in their settings would never rest. */
  readonly #avoid = new Set<number>();

  constructor(options: SlotsOptions) {
    this.#options = options;
    const { settings, clock, random, logger } = options;
    const endpoints = settings['etcd.endpoints'];
    this.#directory =
      endpoints === undefined
        ? null
        : openGateDirectory({
            endpoints,
            prefix: `${settings['etcd.prefix']}/`,
            ttlSec: LISTED_SEC,
            clock,
            random,
            logger,
          });
  }

  /** The slot to claim. @param lost the one that another gate has taken; null: none */
  next({ log, codecs }: Stores, layout: Layout, lost: number | null): Promise<number> {
    const { settings, clock, logger } = this.#options;
    if (lost !== null) this.#avoid.add(lost);
    const configured = settings['gate.slot'];
    return chooseSlot(
      {
        log,
        codecs,
        layout,
        clock,
        logger,
        gateName: settings['gate.name'],
        ...(configured === undefined ? {} : { configured }),
        ...(this.#directory === null ? {} : { directory: this.#directory }),
      },
      this.#avoid,
    );
  }

  /** Lists the gate, with its slot and load as they are, until the returned function is called. */
  announce(
    server: Server,
    { tcp, websocket }: { readonly tcp: string; readonly websocket: string },
  ): () => void {
    const directory = this.#directory;
    if (directory === null) return () => {};
    const { settings } = this.#options;
    const tell = (): void => {
      const stats = server.gate?.stats();
      if (stats?.state !== 'serving') return;
      directory.announce({
        slot: stats.slot,
        gate: settings['gate.name'],
        tcp,
        websocket,
        load: stats.connections / server.limits.connections,
      });
    };
    tell();
    const timer = setInterval(tell, ANNOUNCE_MS);
    return () => clearInterval(timer);
  }

  async close(): Promise<void> {
    await this.#directory?.close();
  }
}
