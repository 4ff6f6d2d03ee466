/** The embedded mode as people run it: real disk, clock and sockets, the listeners, and the files tools read. */
import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Authenticator } from '../../../gateways/auth/authenticator.ts';
import { openAuthenticator } from '../../../gateways/auth/handshake-authenticator.ts';
import type { KeyRing } from '../../../gateways/auth/key-ring.ts';
import type { Listener } from '../../../gateways/gate/listener.ts';
import { listenTcp } from '../../../gateways/gate/tcp-listener.ts';
import { listenWebSocket } from '../../../gateways/gate/websocket-listener.ts';
import { systemClock } from '../../../infra/clock/system-clock.ts';
import type { Config } from '../../../infra/config/read-config.ts';
import type { Settings } from '../../../infra/config/settings.ts';
import { nodeDisk } from '../../../infra/disk/node-disk.ts';
import { writePrivateFile } from '../../../infra/identity/private-files.ts';
import type { Sso } from '../../../infra/identity/sso.ts';
import type { Logger } from '../../../infra/logger/logger.ts';
import { systemRandom } from '../../../infra/random/system-random.ts';
import type { Layout } from '../../../schemas/topics.ts';
import { logViewOf } from '../inspect/log-view.ts';
import { type AdminListener, listenAdmin } from './admin.ts';
import { dataFolder, FIRST_EPOCH } from './data-folder.ts';
import { type Embedded, startEmbedded } from './embedded.ts';
import { channelKeysOf, ssoOf } from './identity.ts';
import type { LogSettings } from './stores.ts';

/** Of the first epoch; what came after is in the log. */
export const layoutOf = (settings: Settings): Layout => ({
  inboundPartitions: settings['partitions.inbound'],
  inboxPartitions: settings['partitions.inbox'],
  epoch: FIRST_EPOCH,
  retentionMs: settings['log.retention'],
});

export const logSettingsOf = (settings: Settings): LogSettings => ({
  durability: settings['log.durability'],
  intervalMs: settings['log.interval'],
  segmentBytes: settings['log.segment-bytes'],
});

export interface Running {
  readonly tcp: string;
  readonly websocket: string;
  readonly admin: string;
  readonly clientFile: string;
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Closed in reverse order; the first failure is thrown after all were tried. */
class Closers {
  readonly #closers: (() => Promise<void> | void)[] = [];

  add(close: () => Promise<void> | void): void {
    this.#closers.push(close);
  }

  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const close of this.#closers.splice(0).toReversed()) {
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

const addressText = (host: string, port: number): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;

const writeClientFile = (path: string, keys: KeyRing, tcp: string, websocket: string): void => {
  const rootKeys = keys.rootKeys.map((key) => Buffer.from(key).toString('base64url'));
  const text = JSON.stringify({ deployment: keys.deployment, rootKeys, tcp, websocket }, null, 2);
  writeFileSync(`${path}.new`, `${text}\n`);
  renameSync(`${path}.new`, path);
};

const openIdentity = async (
  config: Config,
  logger: Logger,
  closers: Closers,
): Promise<{ keys: KeyRing; authenticator: Authenticator }> => {
  const opened = await Promise.all([
    channelKeysOf(config, systemClock, logger.child({ part: 'keys' })),
    ssoOf(config, systemClock),
  ]);
  const [keys, sso]: [KeyRing, Sso] = opened;
  closers.add(() => keys.close());
  closers.add(() => sso.close());
  const authenticator = await openAuthenticator({
    keys,
    sso,
    limits: config.limits,
    clock: systemClock,
    logger: logger.child({ part: 'authenticator' }),
    gateName: config.settings['gate.name'],
  });
  closers.add(() => authenticator.close());
  return { keys, authenticator };
};

const listen = async (
  config: Config,
  embedded: Embedded,
  closers: Closers,
): Promise<{ tcp: Listener; websocket: Listener }> => {
  const { settings, limits } = config;
  const tcp = await listenTcp(embedded, {
    host: settings['tcp.host'],
    port: settings['tcp.port'],
    limits,
  });
  closers.add(() => tcp.close());
  const websocket = await listenWebSocket(embedded, {
    host: settings['websocket.host'],
    port: settings['websocket.port'],
    limits,
  });
  closers.add(() => websocket.close());
  return { tcp, websocket };
};

const listenForTools = async (
  config: Config,
  embedded: Embedded,
  adminFile: string,
  isStopping: () => boolean,
): Promise<AdminListener> => {
  const { settings } = config;
  const { log, codecs } = embedded.stores;
  const token = randomBytes(32).toString('base64url');
  // Metrics come with a library of some size, which nobody needs before they are asked for.
  const { metricsOf } = await import('./metrics.ts');
  const metrics = metricsOf(embedded);
  const admin = await listenAdmin({
    host: settings['admin.host'],
    port: settings['admin.port'],
    token,
    logView: logViewOf(log, codecs, async () => {}),
    inbox: () => ({ layouts: embedded.layouts, current: embedded.layout.epoch }),
    grow: async (inboxPartitions) => {
      await embedded.grow(inboxPartitions);
      return { layouts: embedded.layouts, current: embedded.layout.epoch };
    },
    notReady: () => {
      const { state } = embedded.gate.stats();
      return isStopping() ? 'stopping' : state === 'serving' ? '' : `the gate is ${state}`;
    },
    metrics: () => metrics.text(),
  });
  const url = `http://${addressText(admin.host, admin.port)}`;
  await writePrivateFile(adminFile, Buffer.from(`${JSON.stringify({ url, token })}\n`));
  return admin;
};

/** @throws BubbleError LOG_LOCKED, LOG_DAMAGED, TOPIC_MISMATCH, ADDRESS_IN_USE, FOLDER_NOT_WRITABLE, CONFIG */
export const startRunning = async (config: Config, logger: Logger): Promise<Running> => {
  const { settings, limits } = config;
  const folders = dataFolder(settings['data-folder']);
  const disk = nodeDisk();
  const closers = new Closers();
  let stopping: Promise<void> | null = null;
  try {
    await disk.makeFolder(folders.root);
    const { keys, authenticator } = await openIdentity(config, logger, closers);
    const embedded = await startEmbedded({
      disk,
      clock: systemClock,
      random: systemRandom,
      logger,
      folder: folders.root,
      layout: layoutOf(settings),
      limits,
      log: logSettingsOf(settings),
      authenticator,
      gateName: settings['gate.name'],
    });
    closers.add(() => embedded.stop());
    const { tcp, websocket } = await listen(config, embedded, closers);
    const admin = await listenForTools(config, embedded, folders.adminFile, () => stopping !== null);
    closers.add(() => admin.close());
    closers.add(() => rmSync(folders.adminFile, { force: true }));
    const tcpText = addressText(tcp.host, tcp.port);
    const websocketText = `ws://${addressText(websocket.host, websocket.port)}`;
    writeClientFile(folders.clientFile, keys, tcpText, websocketText);
    return {
      tcp: tcpText,
      websocket: websocketText,
      admin: `http://${addressText(admin.host, admin.port)}`,
      clientFile: folders.clientFile,
      ended: embedded.ended,
      stop: () => {
        stopping ??= closers.close();
        return stopping;
      },
    };
  } catch (error) {
    // What was opened is given back; why the start failed is what counts.
    await closers
      .close()
      .catch((cause: unknown) => logger.warn({ error: cause }, 'closing after a failed start'));
    throw error;
  }
};
