/** The handshake in plain text: who the client says it is, it is. */
import { HEADER_BYTES, writeHeader } from '../../../schemas/wire/header.ts';
import { OP } from '../../../schemas/wire/operations.ts';
import type { Authenticator, AuthOutcome, AuthRequest, ServerChannel } from '../../auth/authenticator.ts';
import { clearFrame } from '../replies.ts';

const TAG = 16;

/** "Seals" with a tag that holds the counter, so that wrong order, loss and spoilt bytes are noticed. */
export class PlainChannel implements ServerChannel {
  #sent = 0;
  #received = 0;
  sealed = 0;

  seal(operation: number, sequence: number, body: Uint8Array): Buffer {
    this.sealed += 1;
    return sealPlain(operation, sequence, body, this.#sent++);
  }

  open(_header: Uint8Array, sealedBody: Uint8Array): Buffer | null {
    return openPlain(sealedBody, this.#received++);
  }
}

export const sealPlain = (operation: number, sequence: number, body: Uint8Array, counter: number): Buffer => {
  const frame = Buffer.alloc(HEADER_BYTES + body.length + TAG);
  writeHeader(frame, 0, operation, sequence, body.length + TAG);
  frame.set(body, HEADER_BYTES);
  frame.writeUInt32BE(counter, HEADER_BYTES + body.length);
  return frame;
};

export const openPlain = (sealed: Uint8Array, counter: number): Buffer | null => {
  const bytes = Buffer.from(sealed);
  const at = bytes.length - TAG;
  return at >= 0 && bytes.readUInt32BE(at) === counter ? bytes.subarray(0, at) : null;
};

export class PlainAuthenticator implements Authenticator {
  mode: 'accept' | 'refuse' | 'hang' | 'throw' = 'accept';
  confirmed = 0;
  readonly channels: PlainChannel[] = [];

  manifest(): Uint8Array {
    return Buffer.from('manifest');
  }

  async authenticate(request: AuthRequest): Promise<AuthOutcome> {
    if (this.mode === 'hang') await new Promise(() => {});
    if (this.mode === 'throw') throw new Error('no answer');
    const frame = clearFrame(OP.AUTH_REPLY, 1, Buffer.from(this.mode));
    if (this.mode === 'refuse') return { kind: 'refused', frame, error: 'TOKEN' };
    const [user = '', device = ''] = Buffer.from(request.body).toString().split('/');
    const channel = new PlainChannel();
    this.channels.push(channel);
    return {
      kind: 'accepted',
      frame,
      channel,
      principal: { tenant: 't', user, device, deviceType: 'test', generation: 0 },
      confirmed: () => {
        this.confirmed += 1;
      },
    };
  }

  async close(): Promise<void> {}
}
