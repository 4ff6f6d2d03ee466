/**
 * `client.json`, which a server writes: whom to trust, and where its gates listen.
 *
 *   {deployment, rootKeys: [current, next], tcp, websocket, gates?: [{tcp, websocket}, ...]}
 *
 * `tcp` and `websocket` are of one gate; `gates` names all of them, that one included.
 */
import { readFileSync } from 'node:fs';
import { BubbleError } from '../../../schemas/errors.ts';
import type { TrustAnchors } from '../manifests.ts';

export interface GateAddress {
  /** `host:port`, or '' where the gate does not listen for TCP. */
  readonly tcp: string;
  /** `ws://host:port`, or ''. */
  readonly websocket: string;
}

export interface ClientFile extends GateAddress {
  readonly trust: TrustAnchors;
  /** At least one. */
  readonly gates: readonly GateAddress[];
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

const addressIn = (fields: Record<string, unknown>): GateAddress => ({
  tcp: textIn(fields, 'tcp'),
  websocket: textIn(fields, 'websocket'),
});

const gatesIn = (fields: Record<string, unknown>): readonly GateAddress[] => {
  const { gates = [] } = fields;
  if (!Array.isArray(gates)) throw fault('gates are not a list');
  if (gates.length === 0) return [addressIn(fields)];
  return gates.map((gate: unknown) => {
    if (typeof gate !== 'object' || gate === null) throw fault('a gate is not an object');
    const address = addressIn({ ...gate });
    if (address.tcp === '' && address.websocket === '') throw fault('a gate has no address');
    return address;
  });
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
    ...addressIn(fields),
    gates: gatesIn(fields),
  };
};

/**
 * Where to connect: an address of each gate, of the preferred kind where it has one.
 * @returns `ws://host:port` or `tcp://host:port`
 */
export const gateUrls = (file: ClientFile, preferred: 'tcp' | 'websocket'): readonly string[] =>
  file.gates.map(({ tcp, websocket }) => {
    const isTcp = websocket === '' || (preferred === 'tcp' && tcp !== '');
    return isTcp ? `tcp://${tcp}` : websocket;
  });

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
