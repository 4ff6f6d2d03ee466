/** How a session gets its connection: TCP, WebSocket, or a simulated one. */
import type { Connection, ConnectionHandler } from '../../schemas/ports/connection.ts';

export interface Transport {
  /**
   * @param signal given up: the connection is destroyed, the promise rejects
   * @throws BubbleError CONNECTION_LOST (retryable) where no connection comes about; the handler is not called then
   */
  connect(handler: ConnectionHandler, signal: AbortSignal): Promise<Connection>;
}

/** One of several gates of a deployment. */
export interface GateTransport extends Transport {
  /** Names the gate: it decides which devices go there first. */
  readonly address: string;
}
