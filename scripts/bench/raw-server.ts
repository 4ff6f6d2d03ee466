/**
 * The lower bound: a WebSocket server without bubble that moves the same bytes over the same number of connections
 * with the same durability. `relay`: appends each message to a file, group commit with fdatasync, then answers the
 * sender and forwards to the receiver. `fan-out`: sends each message to every connection, all that wait in one frame.
 *
 * Run as a child process: `raw-server.ts relay|fan-out FOLDER`; prints its port as the first line.
 */
import { closeSync, fdatasync, openSync, write } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type WebSocket, WebSocketServer } from 'ws';

const writeAt = promisify(write);
const sync = promisify(fdatasync);

/** Frame of the raw protocol: u32 LE index of the receiver, u32 LE request, then the body. */
const RECEIVER = 0;

class GroupCommit {
  readonly #file: number;
  #position = 0;
  #waiting: { bytes: Buffer; done: () => void }[] = [];
  #running = false;

  constructor(path: string) {
    this.#file = openSync(path, 'w+');
  }

  append(bytes: Buffer, done: () => void): void {
    this.#waiting.push({ bytes, done });
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    // One turn later, so that what arrives together is written together.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      const bytes = Buffer.concat(batch.map((each) => each.bytes));
      await writeAt(this.#file, bytes, 0, bytes.length, this.#position);
      this.#position += bytes.length;
      await sync(this.#file);
      for (const each of batch) each.done();
    }
    this.#running = false;
  }

  close(): void {
    closeSync(this.#file);
  }
}

function relay(server: WebSocketServer, folder: string): void {
  const commits = new GroupCommit(join(folder, 'relay.log'));
  const connections: WebSocket[] = [];
  server.on('connection', (socket) => {
    connections.push(socket);
    socket.on('message', (data) => {
      const bytes = data as Buffer;
      commits.append(bytes, () => {
        socket.send(bytes);
        connections[bytes.readUInt32LE(RECEIVER)]?.send(bytes);
      });
    });
  });
}

function fanOut(server: WebSocketServer): void {
  const connections: WebSocket[] = [];
  let waiting: Buffer[] = [];
  server.on('connection', (socket) => {
    connections.push(socket);
    socket.on('message', (data) => {
      waiting.push(data as Buffer);
      if (waiting.length > 1) return;
      setImmediate(() => {
        const frame = Buffer.concat(waiting);
        waiting = [];
        for (const each of connections) each.send(frame);
      });
    });
  });
}

const [mode, folder] = process.argv.slice(2);
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('listening', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) console.log(address.port);
});
if (mode === 'relay' && folder !== undefined) relay(server, folder);
else if (mode === 'fan-out') fanOut(server);
else throw new Error('usage: raw-server.ts relay|fan-out FOLDER');
process.on('SIGTERM', () => process.exit(0));
