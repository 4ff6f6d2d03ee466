/** Frames over WebSocket (`ws`): one frame a binary message, the messages of one turn in one write. */
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import WebSocket from 'ws';
import { BubbleError } from '../../../schemas/errors.ts';
import type { Connection, ConnectionHandler } from '../../../schemas/ports/connection.ts';
import type { Transport } from '../transport.ts';

/**
 * The mask of clients' messages protects proxies from bytes that an attacker has chosen. Ours are sealed, hence
 * unpredictable already, and a mask of zeros saves a copy of everything sent.
 */
const noMask = (mask: Buffer): void => {
  mask.fill(0);
};

/** What a whole message may have: the session checks the frame's own length. */
const MESSAGE_BYTES_MAX = 8 * 1024 * 1024;

/** @param url `ws://host:port` or `wss://host:port`, with a path where the server wants one */
export const connectWebSocket = (url: string): Transport => ({
  connect: (handler, signal) =>
    new Promise((resolve, reject) => {
      const { hostname, port, protocol } = new URL(url);
      const secure = protocol === 'wss:';
      const host = hostname.replace(/^\[|\]$/g, '');
      const target = { host, port: port === '' ? (secure ? 443 : 80) : Number(port) };
      // Made here, so that it can be corked: ws writes every message by itself.
      const socket = secure ? connectTls({ ...target, servername: host }) : connectPlain(target);
      const webSocket = new WebSocket(url, {
        perMessageDeflate: false,
        skipUTF8Validation: true,
        maxPayload: MESSAGE_BYTES_MAX,
        generateMask: noMask,
        createConnection: () => socket,
      });
      webSocket.binaryType = 'nodebuffer';
      const failed = (cause: unknown): void => {
        webSocket.terminate();
        reject(new BubbleError('CONNECTION_LOST', `cannot connect to ${url}`, { retryable: true, cause }));
      };
      const aborted = (): void => failed(signal.reason);
      // An error event follows `terminate` too: it must have a listener for good.
      webSocket.on('error', failed);
      if (signal.aborted) return aborted();
      signal.addEventListener('abort', aborted, { once: true });
      webSocket.once('open', () => {
        signal.removeEventListener('abort', aborted);
        webSocket.off('error', failed);
        resolve(webSocketConnection(webSocket, socket, handler));
      });
    }),
});

const webSocketConnection = (
  webSocket: WebSocket,
  socket: Socket,
  handler: ConnectionHandler,
): Connection => {
  let reason = 'the peer closed';
  socket.setNoDelay(true);
  webSocket.on('message', (data: Buffer, isBinary: boolean) => {
    // A text message is not a frame; an empty one makes the reader say so.
    handler.received(isBinary ? data : Buffer.alloc(0));
  });
  socket.on('drain', () => handler.drained());
  webSocket.on('error', (error) => {
    reason = error.message;
  });
  webSocket.once('close', () => handler.closed(reason));
  return {
    remoteAddress: socket.remoteAddress ?? '',
    messageFramed: true,
    get bufferedBytes() {
      return socket.writableLength;
    },
    send: (frames) => {
      if (webSocket.readyState !== WebSocket.OPEN) return;
      if (frames.length > 1) socket.cork();
      for (const frame of frames) webSocket.send(frame);
      if (frames.length > 1) socket.uncork();
    },
    pauseReading: () => webSocket.pause(),
    resumeReading: () => webSocket.resume(),
    end: () => webSocket.close(),
    destroy: () => webSocket.terminate(),
  };
};
