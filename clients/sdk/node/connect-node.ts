/** A client in Node with everything it needs: transport, cryptography, clock, and files if wanted. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MaybePromise } from '../../../schemas/channel/crypto-port.ts';
import { BubbleError } from '../../../schemas/errors.ts';
import type { SdkLimits } from '../../../schemas/limits.ts';
import { BubbleClient } from '../client.ts';
import type { ClientOptions } from '../client-options.ts';
import { nodeCryptoPort } from '../crypto/node-crypto-port.ts';
import type { GateSource } from '../gate-list.ts';
import { Manifests, type TrustAnchors } from '../manifests.ts';
import type { GateTransport, Transport } from '../transport.ts';
import { FileOutbox } from './file-outbox.ts';
import { FileState } from './file-state.ts';
import { nodeClock, nodeRandom } from './node-ports.ts';
import { connectTcp } from './tcp-transport.ts';
import { gateUrls, parseTrust, readTrust } from './trust.ts';
import { connectWebSocket } from './websocket-transport.ts';

export interface NodeClientOptions {
  /** client.json of the server; or `trust` and `url`. */
  readonly trustFile?: string;
  readonly trust?: TrustAnchors;
  /**
   * `ws://`, `wss://`, `tcp://` or `tls://` with host and port; of several gates the device uses one at a time.
   * Default: the gates that the trust file names at each attempt to connect, by WebSocket where they have it, else TCP.
   */
  readonly url?: string | readonly string[];
  readonly user: string;
  /** Names this device for as long as its outbox lives. */
  readonly device: string;
  readonly deviceType?: string;
  readonly deviceName?: string;
  /** A token, or where to get one; `fresh`: the last one was refused. */
  readonly token: string | ((fresh: boolean) => MaybePromise<string>);
  /** Where outbox and state are kept, in a folder of this device. Default: memory only. */
  readonly folder?: string;
  readonly history?: ClientOptions['history'];
  readonly limits?: Partial<SdkLimits>;
}

export const CLIENT_VERSION = 1;

const connectorOf = (url: string): Transport => {
  const { protocol, host } = new URL(url);
  switch (protocol) {
    case 'ws:':
    case 'wss:':
      return connectWebSocket(url);
    case 'tcp:':
      return connectTcp(host);
    case 'tls:':
      return connectTcp(host, { tls: true });
    default:
      throw new BubbleError('CONFIG', `no transport for ${protocol}`);
  }
};

/** @throws BubbleError CONFIG where the URL is of another protocol */
export const transportTo = (url: string): GateTransport => {
  const { connect } = connectorOf(url);
  return { address: url, connect };
};

/** @throws BubbleError CONFIG where a URL is malformed */
export const transportsTo = (urls: readonly string[]): readonly GateTransport[] => urls.map(transportTo);

/**
 * The gates that a client.json names at present: what it says of trust is left alone.
 * @param preferred kind of address, where a gate has both
 */
export const gatesInFile = (file: string, preferred: 'tcp' | 'websocket'): GateSource => {
  let text: string | null = null;
  let gates: readonly GateTransport[] = [];
  return async () => {
    const now = await readFile(file, 'utf8').catch((cause: unknown) => {
      throw new BubbleError('CONFIG', `cannot read ${file}`, { cause });
    });
    if (now === text) return gates;
    gates = transportsTo(gateUrls(parseTrust(now), preferred));
    text = now;
    return gates;
  };
};

/**
 * Makes a client; `start` it.
 * @throws BubbleError CONFIG where trust or address are missing or malformed
 */
export const connectNode = (options: NodeClientOptions): BubbleClient => {
  const file = options.trustFile === undefined ? null : readTrust(options.trustFile);
  const trust = options.trust ?? file?.trust;
  const url = options.url ?? (file === null ? [] : gateUrls(file, 'websocket'));
  const urls = typeof url === 'string' ? [url] : url;
  if (trust === undefined || urls.length === 0)
    throw new BubbleError('CONFIG', 'trustFile, or trust and url');
  const transports = transportsTo(urls);
  const crypto = nodeCryptoPort();
  const { trustFile, token, user, device, folder, history, limits, deviceType, deviceName } = options;
  // A folder of many devices is possible; one of many users' devices too.
  const deviceFolder =
    folder === undefined
      ? undefined
      : join(folder, `${encodeURIComponent(user)}@${encodeURIComponent(device)}`);
  return new BubbleClient({
    user,
    device: {
      clientVersion: CLIENT_VERSION,
      deviceId: device,
      timeZone: -new Date().getTimezoneOffset(),
      ...(deviceType === undefined ? {} : { deviceType }),
      ...(deviceName === undefined ? {} : { deviceName }),
    },
    token: typeof token === 'string' ? () => token : token,
    transport:
      options.url === undefined && trustFile !== undefined ? gatesInFile(trustFile, 'websocket') : transports,
    crypto,
    clock: nodeClock,
    random: nodeRandom,
    manifests: new Manifests(crypto, trust),
    ...(deviceFolder === undefined
      ? {}
      : { outbox: new FileOutbox(deviceFolder), state: new FileState(deviceFolder) }),
    ...(history === undefined ? {} : { history }),
    ...(limits === undefined ? {} : { limits }),
  });
};
