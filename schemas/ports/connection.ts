/** A connection as gates and clients see it: TCP, WebSocket, or a simulated one. */

export interface Connection {
  /** IP address of the peer, without port. */
  readonly remoteAddress: string;
  /** True (WebSocket): every received chunk must be exactly one frame. False (TCP): a byte stream. */
  readonly messageFramed: boolean;
  /** Bytes taken by `send` that the operating system has not taken yet. */
  readonly bufferedBytes: number;
  /** Sends whole frames, in order, with as few writes as possible. Ignored once closed. */
  send(frames: readonly Uint8Array[]): void;
  /** Stops and starts the arrival of bytes: back-pressure to the peer. */
  pauseReading(): void;
  resumeReading(): void;
  /** Closes after what was sent has left. */
  end(): void;
  /** Closes at once. */
  destroy(): void;
}

export interface ConnectionHandler {
  /** Bytes are valid during the call only: keep a copy. */
  received(bytes: Uint8Array): void;
  /** bufferedBytes has fallen to 0. */
  drained(): void;
  /** Called exactly once, last. */
  closed(reason: string): void;
}
