/** client.json: what a client must know of a deployment. */
import { renameSync, writeFileSync } from 'node:fs';
import type { KeyRing } from '../../../gateways/auth/key-ring.ts';

export const addressText = (host: string, port: number): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** Deployment, root keys and the addresses of this gate. */
export const writeClientFile = (keys: KeyRing, clientFile: string, tcp: string, websocket: string): void => {
  const rootKeys = keys.rootKeys.map((key) => Buffer.from(key).toString('base64url'));
  const text = JSON.stringify({ deployment: keys.deployment, rootKeys, tcp, websocket }, null, 2);
  writeFileSync(`${clientFile}.new`, `${text}\n`);
  renameSync(`${clientFile}.new`, clientFile);
};
