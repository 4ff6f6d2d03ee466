/** A process as people run it: real disk, clock and sockets, the listeners, and the files tools read. */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { hostname } from 'node:os';
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
import type { Logger } from '../../../infra/logger/logger.ts';
import { systemRandom } from '../../../infra/random/system-random.ts';
import { makeRegistryHandler } from '../../../infra/schema-registry/registry-http.ts';
import { BubbleError } from '../../../schemas/errors.ts';
import { logViewOf } from '../inspect/log-view.ts';
import { deskOn } from '../partition/desk.ts';
import { type AdminListener, listenAdmin } from './admin.ts';
import { addressText, writeClientFile } from './client-file.ts';
import { Closers } from './closers.ts';
import { dataFolder } from './data-folder.ts';
import { openEmbeddedStores } from './embedded-stores.ts';
import { channelKeysOf, ssoOf } from './identity.ts';
import { Measurements } from './measurements.ts';
import { type Observation, observe, openTracing } from './observe.ts';
import type { RedisParts } from './redis-parts.ts';
import type { Roles } from './roles.ts';
import { type Server, startServer } from './server.ts';
import type { GateRole } from './server-options.ts';
import { layoutOf, logSettingsOf } from './settings-of.ts';
import type { Slots } from './slots.ts';
import { STOP_MARGIN_MS, stopInTime } from './stop-in-time.ts';
import type { Stores } from './stores.ts';

export interface GateAddresses {
  /** Where clients find it: host:port, ws(s)://host:port. */
  readonly tcp: string;
  readonly websocket: string;
  /** Where it listens itself, in the same forms. */
  readonly listens: { readonly tcp: string; readonly websocket: string };
  readonly clientFile: string;
}

export interface Running {
  readonly roles: Roles;
  /** With the role `gate`. */
  readonly gate: GateAddresses | null;
  readonly admin: string;
  readonly ended: Promise<void>;
  stop(): Promise<void>;
  /** Names of the parts that a stop waits for now. */
  stopsAt(): readonly string[];
}

interface Opening {
  readonly config: Config;
  readonly roles: Roles;
  readonly logger: Logger;
  readonly closers: Closers;
  readonly measurements: Measurements;
}

const openStores = async (
  { config, roles, logger, measurements }: Opening,
  redis: RedisParts | null,
): Promise<Stores> => {
  const { settings, limits } = config;
  const common = { disk: nodeDisk(), clock: systemClock, logger, limits, measurements };
  if (settings['log.kind'] === 'kafka') {
    // The clients of databases and brokers are large, and the embedded mode wants none of them.
    const { openKafkaStores } = await import('./kafka-stores.ts');
    return openKafkaStores({
      ...common,
      settings,
      keepsState: roles.has('fan-out'),
      processName: `${hostname()}.${process.pid}`,
      ...(redis === null ? {} : { cached: redis.cached }),
    });
  }
  return openEmbeddedStores({
    ...common,
    folder: settings['data-folder'],
    layout: layoutOf(settings),
    log: logSettingsOf(settings),
  });
};

type SlotSource = Pick<Slots, 'next' | 'announce' | 'close'>;

/** The only gate of the embedded mode has the slot that is its own. */
const OWN_SLOT: SlotSource = {
  next: async (_stores, _layout, lost) => {
    if (lost === null) return 0;
    throw new BubbleError('SLOT_LOST', 'slot 0 was taken by another gate: two servers on one log');
  },
  announce: () => () => {},
  close: async () => {},
};

const openSlots = async ({ settings }: Config, logger: Logger): Promise<SlotSource> => {
  if (settings['log.kind'] === 'embedded') return OWN_SLOT;
  const { Slots } = await import('./slots.ts');
  return new Slots({
    settings,
    clock: systemClock,
    random: systemRandom,
    logger: logger.child({ part: 'slots' }),
  });
};

const openGateRole = async (
  { config, logger, closers }: Opening,
  redis: RedisParts | null,
): Promise<{ keys: KeyRing; slots: SlotSource; role: GateRole }> => {
  const name = config.settings['gate.name'];
  const [keys, sso] = await Promise.all([
    channelKeysOf(config, systemClock, logger.child({ part: 'keys' })),
    ssoOf(config, systemClock),
  ]);
  closers.add('keys', () => keys.close());
  closers.add('sso', () => sso.close());
  const authenticator = await openAuthenticator({
    keys,
    sso,
    limits: config.limits,
    clock: systemClock,
    logger: logger.child({ part: 'authenticator' }),
    gateName: name,
    ...(redis === null ? {} : { spentTickets: redis.spentTickets }),
  });
  closers.add('authenticator', () => authenticator.close());
  const slots = await openSlots(config, logger);
  closers.add('etcd', () => slots.close());
  return {
    keys,
    slots,
    role: { authenticator, name, nextSlot: (stores, layout, lost) => slots.next(stores, layout, lost) },
  };
};

const openRedis = async ({ config, logger, closers }: Opening): Promise<RedisParts | null> => {
  const url = config.settings['redis.url'];
  if (url === undefined) return null;
  const { openRedisParts } = await import('./redis-parts.ts');
  const redis = openRedisParts(url, systemClock, systemRandom, logger.child({ part: 'redis' }));
  closers.add('Redis', () => redis.close());
  return redis;
};

const listen = async (
  { config, closers }: Opening,
  server: Server,
): Promise<{ tcp: Listener; websocket: Listener }> => {
  const { settings, limits } = config;
  const tcp = await listenTcp(server, { host: settings['tcp.host'], port: settings['tcp.port'], limits });
  closers.add('TCP listener', () => tcp.close());
  const websocket = await listenWebSocket(server, {
    host: settings['websocket.host'],
    port: settings['websocket.port'],
    limits,
  });
  closers.add('WebSocket listener', () => websocket.close());
  return { tcp, websocket };
};

/** Behind a proxy or in a container, clients come by another address than the listener's. */
const advertised = (
  settings: Settings,
  tcp: Listener,
  websocket: Listener,
  clientFile: string,
): GateAddresses => {
  const listens = {
    tcp: addressText(tcp.host, tcp.port),
    websocket: `ws://${addressText(websocket.host, websocket.port)}`,
  };
  return {
    tcp: settings['tcp.advertise'] ?? listens.tcp,
    websocket: settings['websocket.advertise'] ?? listens.websocket,
    listens,
    clientFile,
  };
};

const listenForTools = async (
  { config, logger }: Opening,
  server: Server,
  adminFile: string,
  observed: Observation,
): Promise<AdminListener> => {
  const { settings } = config;
  const { log, codecs } = server.stores;
  const token = randomBytes(32).toString('base64url');
  const epochs = () => ({ layouts: server.layouts, current: server.layout.epoch });
  const admin = await listenAdmin({
    host: settings['admin.host'],
    port: settings['admin.port'],
    token,
    logView: logViewOf(log, codecs, async () => {}),
    inbox: epochs,
    grow: async (inboxPartitions) => {
      await server.grow(inboxPartitions);
      return epochs();
    },
    partitions: deskOn({ log, codecs, clock: systemClock, fanOut: server.fanOut }),
    registry: makeRegistryHandler({
      registry: server.stores.registry,
      failed: (error) => logger.error({ error }, 'the registry endpoint failed'),
    }),
    ...observed,
  });
  const url = `http://${addressText(admin.host, admin.port)}`;
  await writePrivateFile(adminFile, Buffer.from(`${JSON.stringify({ url, token })}\n`));
  return admin;
};

const startParts = async (
  opening: Opening,
  isStopping: () => boolean,
): Promise<Omit<Running, 'stop' | 'stopsAt'>> => {
  const { config, roles, logger, closers } = opening;
  const folders = dataFolder(config.settings['data-folder']);
  await nodeDisk().makeFolder(folders.root);
  const redis = await openRedis(opening);
  const gate = roles.has('gate') ? await openGateRole(opening, redis) : null;
  const tracing = await openTracing(config.settings, logger);
  if (tracing !== null) closers.add('tracing', () => tracing.close());
  const server = await startServer({
    roles,
    stores: await openStores(opening, redis),
    limits: config.limits,
    clock: systemClock,
    random: systemRandom,
    logger,
    isShared: config.settings['log.kind'] === 'kafka',
    events: config.settings['events.publish'],
    counts: opening.measurements.gate,
    tracing,
    ...(gate === null ? {} : { gate: gate.role }),
    ...(redis === null ? {} : { startPresence: redis.startPresence }),
  });
  closers.add(
    'parts',
    () => server.stop(),
    () => server.stopsAt(),
  );
  let addresses: GateAddresses | null = null;
  if (gate !== null) {
    const { tcp, websocket } = await listen(opening, server);
    addresses = advertised(config.settings, tcp, websocket, folders.clientFile);
    // Before the process says that it is ready: who waits for that reads it.
    writeClientFile(gate.keys, folders.clientFile, addresses.tcp, addresses.websocket);
    closers.add('listing', gate.slots.announce(server, addresses));
  }
  const observed = await observe({ ...opening, server, tracing, isStopping });
  closers.add('metrics', () => observed.close());
  const admin = await listenForTools(opening, server, folders.adminFile, observed);
  closers.add('admin listener', () => admin.close());
  closers.add('admin.json', () => rmSync(folders.adminFile, { force: true }));
  return {
    roles,
    gate: addresses,
    admin: `http://${addressText(admin.host, admin.port)}`,
    ended: server.ended,
  };
};

/** @throws BubbleError LOG_LOCKED, LOG_DAMAGED, TOPIC_MISMATCH, ADDRESS_IN_USE, FOLDER_NOT_WRITABLE, CONFIG */
export const startRunning = async (config: Config, roles: Roles, logger: Logger): Promise<Running> => {
  const closers = new Closers();
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> => {
    stopping ??= closers.close();
    return stopping;
  };
  try {
    const opening = { config, roles, logger, closers, measurements: new Measurements() };
    const parts = await startParts(opening, () => stopping !== null);
    return { ...parts, stop, stopsAt: () => closers.waitsFor() };
  } catch (error) {
    // What was opened is given back; why the start failed is what counts.
    const parts = { stop, stopsAt: () => closers.waitsFor() };
    const outcome = await stopInTime(parts, systemClock, STOP_MARGIN_MS);
    if (outcome.kind !== 'stopped') logger.warn({ ...outcome }, 'closing after a failed start');
    throw error;
  }
};
