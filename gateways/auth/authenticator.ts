/**
 * The server's end of the handshake (schemas/channel has the key schedule both ends share): manifest, suites 1-3,
 * replay filter, tickets. The gate feeds it one Auth frame a connection; effects wait until `confirmed`.
 */
import type { ErrorName } from '../../schemas/errors.ts';

/** Who is asking, as the token or ticket proves it; the only source of tenant and user anywhere. */
export interface Principal {
  readonly tenant: string;
  readonly user: string;
  readonly device: string;
  readonly deviceType: string;
  readonly generation: number;
}

/** The server's end of an authenticated channel. Synchronous: Node's crypto. */
export interface ServerChannel {
  /**
   * A whole sealed frame (header, ciphertext, tag). Counters are taken in the order of the calls, which must be the
   * order of sending.
   */
  seal(operation: number, sequence: number, body: Uint8Array): Buffer;
  /** The plain body of a frame, or null: it does not open, and the connection must be closed. */
  open(header: Uint8Array, sealedBody: Uint8Array): Buffer | null;
}

export interface AuthRequest {
  /** The frame's header as on the wire, extensions included. Header and body must not change until the outcome. */
  readonly header: Uint8Array;
  readonly body: Uint8Array;
  readonly address: string;
}

export type AuthOutcome =
  | {
      readonly kind: 'accepted';
      /** The whole answer frame (op 8), ready to be sent. */
      readonly frame: Uint8Array;
      readonly channel: ServerChannel;
      readonly principal: Principal;
      /**
       * To be called when the first client frame has opened. Where a ticket was already spent by another session
       * meanwhile, that frame does not open.
       */
      readonly confirmed: () => void;
    }
  | {
      /** Send the frame, then close. */
      readonly kind: 'refused';
      readonly frame: Uint8Array;
      readonly error: ErrorName;
    };

export interface Authenticator {
  /** The body of op 1: the signed manifest. */
  manifest(): Uint8Array;
  authenticate(request: AuthRequest): Promise<AuthOutcome>;
  close(): Promise<void>;
}
