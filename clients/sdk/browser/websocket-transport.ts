/** Frames over the standard WebSocket of browsers (and of Node from 22 on). */
import { BubbleError } from '../../../schemas/errors.ts';
import type { Connection, ConnectionHandler } from '../../../schemas/ports/connection.ts';
import type { GateTransport } from '../transport.ts';

/** The part of the standard WebSocket that is used: no library of browser types is needed for it. */
export interface StandardWebSocket {
  binaryType: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(data: Uint8Array): void;
  close(): void;
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null;
  onerror: (() => void) | null;
}

export type MakeWebSocket = (url: string) => StandardWebSocket;

const OPEN = 1;

/** @param make `(url) => new WebSocket(url)` */
export const browserWebSocket = (url: string, make: MakeWebSocket): GateTransport => ({
  address: url,
  connect: (handler, signal) =>
    new Promise((resolve, reject) => {
      const webSocket = make(url);
      webSocket.binaryType = 'arraybuffer';
      const failed = (): void => {
        webSocket.onopen = null;
        webSocket.onclose = null;
        webSocket.close();
        // A browser does not say why.
        reject(new BubbleError('CONNECTION_LOST', `cannot connect to ${url}`, { retryable: true }));
      };
      if (signal.aborted) return failed();
      signal.addEventListener('abort', failed, { once: true });
      webSocket.onclose = failed;
      webSocket.onopen = () => {
        signal.removeEventListener('abort', failed);
        resolve(browserConnection(webSocket, handler));
      };
    }),
});

const browserConnection = (webSocket: StandardWebSocket, handler: ConnectionHandler): Connection => {
  let ended = false;
  const closed = (reason: string): void => {
    if (ended) return;
    ended = true;
    handler.closed(reason);
  };
  webSocket.onmessage = ({ data }) => {
    if (ended) return;
    handler.received(data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(0));
  };
  webSocket.onclose = ({ code, reason }) => closed(reason === '' ? `WebSocket close code ${code}` : reason);
  return {
    // Not known to a page.
    remoteAddress: '',
    messageFramed: true,
    get bufferedBytes() {
      return webSocket.bufferedAmount;
    },
    send: (frames) => {
      if (webSocket.readyState !== OPEN) return;
      for (const frame of frames) webSocket.send(frame);
    },
    // The standard WebSocket has no back-pressure: what a server may send is bounded by its own queue.
    pauseReading: () => {},
    resumeReading: () => {},
    end: () => webSocket.close(),
    destroy: () => {
      webSocket.close();
      closed('destroyed');
    },
  };
};
