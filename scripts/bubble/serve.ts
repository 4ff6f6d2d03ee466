/** `bubble serve`: starts, says where it listens, runs until a signal or a failure, stops gracefully. */
import type { Config } from '../../infra/config/read-config.ts';
import type { Logger } from '../../infra/logger/logger.ts';
import { makeLogger } from '../../infra/logger/pino-logger.ts';
import { configFrom, type Options } from './config-flags.ts';
import { type Running, startRunning } from './serve/running.ts';
import { EXIT, note, print } from './terminal.ts';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

const sayReady = (running: Running, config: Config, startedMs: number): void => {
  const { settings } = config;
  const took = Math.round(performance.now() - startedMs);
  print(`bubble is ready (${took} ms). Data: ${settings['data-folder']}`);
  print(`  TCP        ${running.tcp}`);
  print(`  WebSocket  ${running.websocket}`);
  print(`  admin      ${running.admin}  (/healthz /readyz /metrics)`);
  if (settings['limits.profile'] !== 'default') print(`  limits     ${settings['limits.profile']}`);
  const data = process.env['npm_lifecycle_event'] === undefined ? 'bubble' : 'npx bubble';
  print();
  print(`Talk with yourself from two more terminals: ${data} chat ada bob   and   ${data} chat bob ada`);
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

export const serve = async (options: Options): Promise<number> => {
  const started = performance.now();
  const config = configFrom(options);
  const logger = makeLogger({
    level: config.settings['logging.level'],
    plain: process.stderr.isTTY === true,
  });
  dieOnBugs(logger);
  const running = await startRunning(config, logger);
  sayReady(running, config, started);
  let failure: unknown = null;
  try {
    const why = await waitForEnd(running);
    note(`bubble: stopping (${why}); a second signal ends at once`);
  } catch (error) {
    failure = error;
  }
  endAtOnceOnSignal();
  if (failure === null) {
    await running.stop();
    return EXIT.OK;
  }
  await running.stop().catch((error: unknown) => logger.error({ error }, 'stopping after a failure'));
  throw failure;
};
