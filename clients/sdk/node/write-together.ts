/** Several frames in one write system call. */
import type { Writable } from 'node:stream';

/** Up to here copying into one buffer costs less than the vector of a gathering write. */
const COPY_BYTES_MAX = 64 * 1024;

export const writeTogether = (socket: Writable, frames: readonly Uint8Array[]): void => {
  const [first] = frames;
  if (first === undefined) return;
  if (frames.length === 1) {
    socket.write(first);
    return;
  }
  let bytes = 0;
  for (const frame of frames) bytes += frame.length;
  if (bytes <= COPY_BYTES_MAX) {
    socket.write(Buffer.concat(frames, bytes));
    return;
  }
  socket.cork();
  for (const frame of frames) socket.write(frame);
  socket.uncork();
};
