/** The frame header: 17 bytes, big endian; the same on TCP and WebSocket. */

export const CHECK_CODE = 0xbf;
export const HEADER_BYTES = 17;
export const MAX_HEADER_BYTES = 64;
export const PROTOCOL_VERSION = 2;

export interface Header {
  readonly headerLength: number;
  readonly version: number;
  readonly operation: number;
  /** Chosen by the requester, echoed in the reply; 0 for pushes. */
  readonly sequence: number;
  /** Bytes after the header: ciphertext and tag included. */
  readonly bodyLength: number;
}

export type HeaderFault = 'check-code' | 'header-length' | 'version';
export type ParsedHeader = Header | HeaderFault | 'incomplete';

/** Reads a header at `at`; extension bytes (beyond 17) are not interpreted. */
export const parseHeader = (bytes: Uint8Array, at = 0, end = bytes.length): ParsedHeader => {
  if (end - at < 1) return 'incomplete';
  if (bytes[at] !== CHECK_CODE) return 'check-code';
  if (end - at < HEADER_BYTES) return 'incomplete';
  const headerLength = (bytes[at + 1]! << 8) | bytes[at + 2]!;
  if (headerLength < HEADER_BYTES || headerLength > MAX_HEADER_BYTES) return 'header-length';
  const version = (bytes[at + 3]! << 8) | bytes[at + 4]!;
  if (version !== PROTOCOL_VERSION) return 'version';
  return {
    headerLength,
    version,
    operation: readUint32(bytes, at + 5),
    sequence: readUint32(bytes, at + 9),
    bodyLength: readUint32(bytes, at + 13),
  };
};

/** Writes a header of 17 bytes at `at`. */
export const writeHeader = (
  out: Uint8Array,
  at: number,
  operation: number,
  sequence: number,
  bodyLength: number,
): void => {
  out[at] = CHECK_CODE;
  out[at + 1] = 0;
  out[at + 2] = HEADER_BYTES;
  out[at + 3] = 0;
  out[at + 4] = PROTOCOL_VERSION;
  writeUint32(out, at + 5, operation);
  writeUint32(out, at + 9, sequence);
  writeUint32(out, at + 13, bodyLength);
};

const readUint32 = (bytes: Uint8Array, at: number): number =>
  ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;

const writeUint32 = (out: Uint8Array, at: number, value: number): void => {
  out[at] = value >>> 24;
  out[at + 1] = value >>> 16;
  out[at + 2] = value >>> 8;
  out[at + 3] = value;
};
