/**
 * A transport whose connections are cut at random moments: at once, or after a while in which nothing that the server
 * says arrives, so that answers are lost that the server has given.
 */
import type { Transport } from '../../../clients/sdk/transport.ts';
import type { Clock } from '../../../schemas/ports/clock.ts';
import type { Random } from '../../../schemas/ports/random.ts';

export interface UnreliableOptions {
  readonly inner: Transport;
  readonly clock: Clock;
  readonly random: Random;
  /** Mean life of a connection, ms; Infinity: not cut. */
  readonly cutAfterMs: () => number;
  /** Called just before a cut on purpose. */
  readonly onCut: () => void;
}

const DEAF_MS = 30;

export const unreliableTransport = (options: UnreliableOptions): Transport => ({
  connect: async (handler, signal) => {
    const { inner, clock, random } = options;
    let isDeaf = false;
    const connection = await inner.connect(
      {
        received: (bytes) => {
          if (!isDeaf) handler.received(bytes);
        },
        drained: () => handler.drained(),
        closed: (reason) => {
          timer?.cancel();
          handler.closed(reason);
        },
      },
      signal,
    );
    const meanMs = options.cutAfterMs();
    const timer = Number.isFinite(meanMs)
      ? clock.after(1 + random.below(2 * meanMs), () => {
          options.onCut();
          isDeaf = random.below(2) === 0;
          clock.after(isDeaf ? random.below(DEAF_MS) : 0, () => connection.destroy());
        })
      : null;
    return connection;
  },
});
