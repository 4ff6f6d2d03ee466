/** What operators see of a process: health, metrics and, where it is switched on, traces. */
import { hostname } from 'node:os';
import { systemClock } from '../../../infra/clock/system-clock.ts';
import type { Settings } from '../../../infra/config/settings.ts';
import type { Logger } from '../../../infra/logger/logger.ts';
import type { Tracing } from '../../../infra/tracing/tracing.ts';
import type { AdminOptions } from './admin.ts';
import { livenessOf, readinessOf } from './health.ts';
import { LagClock } from './lag-clock.ts';
import { LoopWatch } from './loop-watch.ts';
import type { Measurements } from './measurements.ts';
import type { Roles } from './roles.ts';
import type { Server } from './server.ts';
import { VERSION } from './version.ts';

export interface ObserveOptions {
  readonly server: Server;
  readonly roles: Roles;
  readonly measurements: Measurements;
  readonly tracing: Tracing | null;
  readonly logger: Logger;
  readonly isStopping: () => boolean;
}

export interface Observation extends Pick<AdminOptions, 'liveness' | 'readiness' | 'metrics'> {
  close(): void;
}

export const observe = async (options: ObserveOptions): Promise<Observation> => {
  const { server, roles, measurements, tracing, logger, isStopping } = options;
  // Metrics come with a library of some size, which nobody needs before they are asked for.
  const { metricsOf } = await import('./metrics.ts');
  const clock = systemClock;
  const loop = new LoopWatch(clock);
  const lagClock = new LagClock({
    log: server.stores.log,
    clock,
    logger: logger.child({ part: 'lag' }),
    processors: () => server.processors,
  });
  const metrics = metricsOf(server, { roles, measurements, lagClock, clock, tracing, version: VERSION });
  const { kafka } = measurements;
  return {
    liveness: () => livenessOf(loop),
    readiness: () =>
      readinessOf({
        roles,
        gate: server.gate,
        processors: server.processors,
        isStopping: isStopping(),
        // On the embedded log whoever has joined has been given its partitions.
        hasJoined: (group) => kafka === null || kafka.group(group).generations > 0,
      }),
    metrics: () => metrics.text(),
    close: () => {
      loop.close();
      lagClock.close();
    },
  };
};

/** null where no collector is configured. */
export const openTracing = async (settings: Settings, logger: Logger): Promise<Tracing | null> => {
  const url = settings['tracing.otlp-url'];
  if (url === undefined) return null;
  // OpenTelemetry's packages are large, and most processes trace nothing.
  const { openOtlpTracing } = await import('../../../infra/tracing/otlp-tracing.ts');
  return openOtlpTracing({
    url,
    share: settings['tracing.share'],
    deployment: settings.deployment,
    processName: `${hostname()}.${process.pid}`,
    version: VERSION,
    clock: systemClock,
    logger: logger.child({ part: 'tracing' }),
  });
};
