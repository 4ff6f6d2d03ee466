/** `client.json`, which `bubble serve` writes into its data folder: whom to trust, and where the gate listens. */
import { readFileSync } from 'node:fs';
import { BubbleError } from '../../../schemas/errors.ts';
import type { TrustAnchors } from '../manifests.ts';

export interface ClientFile {
  readonly trust: TrustAnchors;
  /** `host:port`, or '' where the gate does not listen for TCP. */
  readonly tcp: string;
  /** `ws://host:port`, or ''. */
  readonly websocket: string;
}

const POINT_BYTES = 65;
const UNCOMPRESSED = 4;

const fault = (what: string, cause?: unknown): BubbleError =>
  new BubbleError('CONFIG', `client.json: ${what}`, { cause });

const textIn = (fields: Record<string, unknown>, name: string): string => {
  const value = fields[name] ?? '';
  if (typeof value !== 'string') throw fault(`${name} is not a text`);
  return value;
};

const pointOf = (value: unknown): Uint8Array => {
  const bytes = typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'base64url')) : null;
  if (bytes === null || bytes.length !== POINT_BYTES || bytes[0] !== UNCOMPRESSED) {
    throw fault('a root key is not a P-256 point (65 bytes, base64url)');
  }
  return bytes;
};

/** @throws BubbleError CONFIG where the text is not a client.json */
export const parseTrust = (text: string): ClientFile => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw fault('not JSON', cause);
  }
  if (typeof json !== 'object' || json === null) throw fault('not an object');
  const fields = json as Record<string, unknown>;
  const deployment = textIn(fields, 'deployment');
  if (deployment === '') throw fault('deployment is missing');
  const rootKeys = fields['rootKeys'];
  if (!Array.isArray(rootKeys) || rootKeys.length !== 2) throw fault('rootKeys are not two');
  return {
    trust: { deployment, rootKeys: [pointOf(rootKeys[0]), pointOf(rootKeys[1])] },
    tcp: textIn(fields, 'tcp'),
    websocket: textIn(fields, 'websocket'),
  };
};

/** @throws BubbleError CONFIG where the file cannot be read or is no client.json */
export const readTrust = (file: string): ClientFile => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new BubbleError('CONFIG', `cannot read ${file}`, { cause });
  }
  return parseTrust(text);
};
