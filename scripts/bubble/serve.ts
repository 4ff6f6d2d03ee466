/**
 * `bubble serve`, `gate`, `processor`: starts, says where it listens, runs until a signal or a failure, stops
 * gracefully.
 */
import { systemClock } from '../../infra/clock/system-clock.ts';
import type { Config } from '../../infra/config/read-config.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import { makeLogger } from '../../infra/logger/pino-logger.ts';
import { BubbleError } from '../../schemas/errors.ts';
import { configFrom, type Options } from './config-flags.ts';
import { PROCESSOR_ROLES, processorRolesOf, ROLES, type Roles } from './serve/roles.ts';
import { type Running, startRunning } from './serve/running.ts';
import { possibleRoles } from './serve/settings-of.ts';
import { STOP_MARGIN_MS, stopInTime } from './serve/stop-in-time.ts';
import { EXIT, note, print, sentenceOf } from './terminal.ts';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** Longer than what was asked of a server last may take: SQL statements, 5 s. */
const LINGER_MS = 6_000;

const sayReady = (running: Running, config: Config, startedMs: number): void => {
  const { settings } = config;
  const took = Math.round(performance.now() - startedMs);
  const isWhole = ROLES.every((role) => role === 'presence' || running.roles.has(role));
  const what = isWhole ? 'bubble' : `bubble (${[...running.roles].join(', ')})`;
  print(`${what} is ready (${took} ms). Data: ${settings['data-folder']}`);
  if (running.gate !== null) {
    const { tcp, websocket, listens } = running.gate;
    const shown = (at: string, address: string): string =>
      at === address ? at : `${at}, for clients ${address}`;
    print(`  TCP        ${shown(listens.tcp, tcp)}`);
    print(`  WebSocket  ${shown(listens.websocket, websocket)}`);
  }
  print(`  admin      ${running.admin}  (/healthz /readyz /metrics)`);
  if (settings['log.kind'] === 'kafka') print(`  Kafka      ${settings['kafka.brokers']!.join(',')}`);
  if (settings['limits.profile'] !== 'default') print(`  limits     ${settings['limits.profile']}`);
  print();
  if (settings['log.kind'] === 'embedded') {
    const data = process.env['npm_lifecycle_event'] === undefined ? 'bubble' : 'npx bubble';
    print(`Talk with yourself from two more terminals: ${data} chat ada bob   and   ${data} chat bob ada`);
  }
  print('Stop with Ctrl-C.');
};

/** Resolves with the signal, or rejects when a part of the server cannot go on. */
const waitForEnd = (running: Running): Promise<string> => {
  const signal = new Promise<string>((resolve) => {
    for (const name of STOP_SIGNALS) process.once(name, () => resolve(name));
  });
  const failed = running.ended.then(() => 'the end of its parts');
  return Promise.race([signal, failed]);
};

const endAtOnceOnSignal = (): void => {
  for (const name of STOP_SIGNALS) {
    process.on(name, () => {
      note('bubble: stopped at once; what was answered is in the log');
      process.exit(EXIT.FAILURE);
    });
  }
};

const dieOnBugs = (logger: Logger): void => {
  const die = (kind: string) => (error: unknown) => {
    logger.error({ error }, kind);
    note(`bubble: ${kind}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    process.exit(EXIT.FAILURE);
  };
  process.on('unhandledRejection', die('unhandled rejection'));
  process.on('uncaughtException', die('uncaught exception'));
};

/** @param failure what it stops after, or null. A stop that fails is thrown only where there was none */
const stop = async (running: Running, withinMs: number, failure: unknown, logger: Logger): Promise<void> => {
  const outcome = await stopInTime(running, systemClock, withinMs);
  switch (outcome.kind) {
    case 'stopped':
      return;
    case 'failed':
      if (failure === null) throw outcome.error;
      return logger.error({ error: outcome.error }, 'stopping after a failure');
    case 'late': {
      const waitsFor = outcome.waitsFor.join(', ');
      logger.error({ waitsFor, withinMs }, 'the stop does not come to its end');
      if (failure !== null) note(`bubble: ${sentenceOf(failure)}`);
      note(
        `bubble: ended without ${waitsFor}, not stopped after ${withinMs / 1_000} s; what was answered is in the log`,
      );
      process.exit(EXIT.FAILURE);
    }
  }
};

/** A process that has stopped ends when nothing is under way any more; a library's socket shall not keep it. */
const endEvenSo = (logger: Logger): void => {
  const timer = setTimeout(() => {
    const open = process.getActiveResourcesInfo();
    logger.warn({ open }, 'stopped, but something is still open; ended even so');
    process.exit();
  }, LINGER_MS);
  timer.unref();
};

/** From the start to the end of the stop. @throws what the start, a part or the stop has failed with */
const live = async (config: Config, roles: Roles, logger: Logger): Promise<void> => {
  const started = performance.now();
  const running = await startRunning(config, roles, logger);
  sayReady(running, config, started);
  let failure: unknown = null;
  try {
    const why = await waitForEnd(running);
    note(`bubble: stopping (${why}); a second signal ends at once`);
  } catch (error) {
    failure = error;
    // At once: the stop may take its time, or not come to an end.
    logger.error({ error }, 'a part cannot go on; the process stops');
  }
  endAtOnceOnSignal();
  await stop(running, config.limits.drainMs + STOP_MARGIN_MS, failure, logger);
  if (failure !== null) throw failure;
};

const run = async (options: Options, wanted: Roles, areNamed: boolean): Promise<number> => {
  const config = configFrom(options);
  const roles = possibleRoles(config.settings, wanted, areNamed);
  if (wanted.size < ROLES.length && config.settings['log.kind'] === 'embedded') {
    throw new BubbleError(
      'CONFIG',
      'one process is the whole system on the embedded log (bubble serve); roles in processes need log.kind kafka',
    );
  }
  const logger = makeLogger({
    level: config.settings['logging.level'],
    plain: process.stderr.isTTY === true,
  });
  dieOnBugs(logger);
  try {
    await live(config, roles, logger);
    return EXIT.OK;
  } finally {
    endEvenSo(logger);
  }
};

/** All roles in one process. */
export const serve = (options: Options): Promise<number> => run(options, new Set(ROLES), false);

export const serveGate = (options: Options): Promise<number> => run(options, new Set(['gate']), true);

export const serveProcessors = (options: Options): Promise<number> => {
  const only = options['only'];
  return typeof only === 'string'
    ? run(options, processorRolesOf(only), true)
    : run(options, new Set(PROCESSOR_ROLES), false);
};
