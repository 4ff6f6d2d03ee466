/** A connection whose other end never says anything. */
import type { Connection } from '../../../schemas/ports/connection.ts';

export const silentConnection: Connection = {
  remoteAddress: '',
  messageFramed: false,
  bufferedBytes: 0,
  send: () => {},
  pauseReading: () => {},
  resumeReading: () => {},
  end: () => {},
  destroy: () => {},
};
